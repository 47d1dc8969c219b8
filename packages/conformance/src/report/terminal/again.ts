import { escapeText } from "../escape.js";
import type { RunStart } from "../event.js";

/** The command that plays cases of a run again, quoted for a POSIX shell. `cases` is a pattern, such as an id. */
export function againCommand(command: string, run: RunStart, url: string, cases: string): string {
  const { config } = run;
  const words = [command, "test", url, "--cases", cases];
  if (run.profile === "autobahn") words.push("--profile", "autobahn");
  const usual = run.profile === "autobahn" ? "full" : "enough";
  if (run.messages !== undefined && run.messages !== usual) words.push("--messages", run.messages);
  if (config.insecure) words.push("--insecure");
  pushOption(words, "--ca", config.ca);
  pushOption(words, "--servername", config.servername);
  pushOption(words, "--origin", config.origin);
  for (const header of config.headers) words.push("--header", header);
  for (const subprotocol of config.subprotocols) words.push("--subprotocol", subprotocol);
  if (config.timeoutScale !== 1) words.push("--timeout-scale", String(config.timeoutScale));
  const [program = "", ...rest] = words;
  // The program may be several words itself ("npm start --"), and is ours.
  return escapeText([program, ...rest.map(shellQuote)].join(" "));
}

/** A word as a POSIX shell reads it back; left alone where nothing in it is special. */
export function shellQuote(word: string): string {
  return /^[A-Za-z0-9_/:=.,@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function pushOption(words: string[], flag: string, value: string | undefined): void {
  if (value !== undefined) words.push(flag, value);
}
