/** What a package exports, and the examples in the comments of it, as its published declarations have them. */
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { manifestIn } from "./packed.js";

/** An export of a package. */
export interface PublicExport {
  /** What is imported from, such as `wireproof/page`. */
  readonly entry: string;
  readonly name: string;
  /** Its comment, without the asterisks; empty if it has none. */
  readonly comment: string;
}

/** Where an exported name is declared. */
interface Declared {
  readonly file: string;
  /** Its name there, which can differ from the exported one. */
  readonly name: string;
}

type Conditions = string | { readonly [condition: string]: Conditions };

const RE_EXPORT = /^export (?:type )?(?:\{([^}]*)\}|\*)(?: from "([^"]+)")?;/gm;
const IMPORT = /^import (?:type )?\{([^}]*)\} from "([^"]+)";/gm;
const DECLARATION =
  /^export declare (?:abstract )?(?:function|class|const) (\w+)|^export (?:declare )?(?:interface|type) (\w+)/gm;

/** Every export of every entry of a package, in the order in which they are written. */
export function publicExports(name: string, folder: string): PublicExport[] {
  const exported = manifestIn(folder)["exports"] as Readonly<Record<string, Conditions>>;
  return Object.entries(exported)
    .filter(([subpath]) => !subpath.endsWith(".json"))
    .flatMap(([subpath, conditions]) => {
      const entry = join(name, subpath);
      const names = exportsOf(join(folder, typesOf(conditions)));
      return [...names].map(([exportedName, declared]) => ({
        entry,
        name: exportedName,
        comment: commentOf(declared),
      }));
    });
}

/** The TypeScript of the examples in a comment. */
export function examplesOf(comment: string): string[] {
  return comment
    .split(/^@/m)
    .filter((tag) => tag.startsWith("example"))
    .flatMap((tag) => [...tag.matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code = ""]) => code));
}

function typesOf(conditions: Conditions): string {
  if (typeof conditions === "string") return conditions;
  const next = conditions["import"] ?? conditions["types"];
  if (next === undefined) throw new Error(`no types among ${Object.keys(conditions).join(", ")}`);
  return typesOf(next);
}

function exportsOf(file: string): Map<string, Declared> {
  const text = readFileSync(file, "utf8");
  const names = new Map<string, Declared>();
  for (const [, ofFunction, ofType] of text.matchAll(DECLARATION)) {
    const name = ofFunction ?? ofType ?? "";
    names.set(name, { file, name });
  }
  for (const [, list, from] of text.matchAll(RE_EXPORT)) {
    const origin = from === undefined ? undefined : exportsOf(declarations(file, from));
    if (list === undefined) for (const [name, declared] of origin ?? []) names.set(name, declared);
    else
      for (const [name, as] of specifiers(list)) {
        const declared = origin?.get(name) ?? imported(file, text, name);
        if (declared === undefined) throw new Error(`${file} exports ${name}, which is declared nowhere`);
        names.set(as, declared);
      }
  }
  return names;
}

function imported(file: string, text: string, name: string): Declared | undefined {
  for (const [, list = "", from = ""] of text.matchAll(IMPORT)) {
    const found = specifiers(list).find(([, as]) => as === name);
    if (found !== undefined) return exportsOf(declarations(file, from)).get(found[0]);
  }
  return undefined;
}

/** Of `a, b as c`: `a` twice, `b` and `c`. */
function specifiers(list: string): (readonly [string, string])[] {
  return list
    .split(",")
    .map((item) => item.trim().replace(/^type /, ""))
    .filter((item) => item !== "")
    .map((item) => {
      const [name = "", as = name] = item.split(" as ");
      return [name, as] as const;
    });
}

function declarations(file: string, from: string): string {
  return join(dirname(file), from.replace(/\.(c?)js$/, ".d.$1ts"));
}

/** The comment that stands before a declaration, or before the first of several of one name. */
function commentOf({ file, name }: Declared): string {
  const lines = readFileSync(file, "utf8").split("\n");
  const at = lines.findIndex((line) => [...line.matchAll(DECLARATION)].some(([, a, b]) => (a ?? b) === name));
  if (lines[at - 1]?.trimEnd().endsWith("*/") !== true) return "";
  const from = lines.findLastIndex((line, index) => index < at && line.startsWith("/**"));
  return lines
    .slice(from, at)
    .map((line) => line.replace(/^\/?\*\*?\/? ?|^ \*\/?(?: |$)/, "").replace(/ ?\*\/$/, ""))
    .join("\n");
}
