import { readFileSync } from "node:fs";

/** What the blocks of a README, or of a page of docs/, have to say to a computer. */
export interface Readme {
  /** The lines of its `sh` blocks. */
  readonly commands: readonly string[];
  /** Its `js` blocks. */
  readonly programs: readonly string[];
}

export function readReadme(file: string): Readme {
  const blocks = [...readFileSync(file, "utf8").matchAll(/^```(\w+)\n(.*?)^```$/gms)];
  const written = (language: string): string[] =>
    blocks.filter(([, found]) => found === language).map(([, , text = ""]) => text);
  return {
    commands: written("sh").flatMap((text) => text.trim().split("\n")),
    programs: written("js"),
  };
}

/**
 * A line or a program of a README with the ports of other servers than its example's, one of them over TLS, and with a few
 * cases in the place of all.
 */
export function abridge(text: string, port: number, tlsPort: number): string {
  if (text.startsWith("npx wireproof serve"))
    return `${text.replace(" --port 9001", "")} --port 0 --web-port 0`;
  // The run of the lines before it has a few cases only, and this is one.
  if (text.startsWith("npx wireproof show")) return text.replace(/\d+(?:\.\d+)+/, "1.1.1");
  const here = text
    .replaceAll("9001", String(port))
    .replaceAll("8443", String(tlsPort))
    .replace(", cases }", ", cases: cases.slice(0, 3) }");
  if (!here.startsWith("npx wireproof test") || here.includes("--cases")) return here;
  return here.replace(/(?= -- |$)/, " --cases '1.1.*'");
}
