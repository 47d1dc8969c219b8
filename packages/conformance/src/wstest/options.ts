import { nearest } from "../cli/nearest.js";
import { UsageError } from "../cli/usage-error.js";
import { quote } from "../report/escape.js";

/** An option of `wstest`, as getopt knows it: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`. */
export interface WstestOption {
  readonly name: string;
  readonly short: string;
  /** Absent for a switch. */
  readonly placeholder?: string;
  readonly description: string;
}

/** The arguments, sorted. */
export interface WstestArguments {
  /** Values by long name. A switch has an empty value. The last value of an option counts. */
  readonly given: ReadonlyMap<string, string>;
  /** Which arguments are ignored, one sentence each without a full stop. */
  readonly warnings: readonly string[];
}

/** Every option, in the order of the help text. Those of the original keep their names and letters. */
export const WSTEST_OPTIONS: readonly WstestOption[] = [
  value("mode", "m", "MODE", "What to do; required."),
  value(
    "spec",
    "s",
    "FILE",
    "Spec file in JSON. Default: MODE.json in this folder, which is made if it does not exist.",
  ),
  value(
    "wsuri",
    "w",
    "URL",
    "WebSocket address, for modes without a spec file, and for fuzzingclient if its spec file names no server.",
  ),
  value("webport", "u", "N", "HTTP port for pages; 0: no pages. Default: 8080."),
  value("ident", "i", "NAME", "Name that testeeclient sends."),
  value("key", "k", "FILE", "Private key in PEM, for wss:// if the spec file names none."),
  value("cert", "c", "FILE", "Certificate in PEM, for wss:// if the spec file names none."),
  value("outfile", "o", "FILE", "Accepted; no mode writes to it."),
  value("testset", "t", "NAME", "Accepted; no mode reads it."),
  toggle("debug", "d", "Print every event of the run to standard error."),
  toggle("autobahnversion", "a", "Print the versions and exit."),
  toggle("version", "", "Print the version and exit."),
  toggle("help", "h", "Print this help."),
];

/**
 * Sorts the arguments as the original does. Long names may be shortened if they stay unambiguous, and short switches
 * may be joined. An unknown option is ignored with a warning, unless it looks like a typing error. Throws a UsageError.
 */
export function parseWstest(args: readonly string[]): WstestArguments {
  const given = new Map<string, string>();
  const warnings: string[] = [];
  const rest = [...args];
  while (rest[0]?.startsWith("-") === true && rest[0] !== "-") {
    const word = rest.shift() ?? "";
    if (word === "--") break;
    if (word.startsWith("--")) readLong(word, rest, given, warnings);
    else readShort(word, rest, given, warnings);
  }
  const [stray] = rest;
  if (stray !== undefined) throw new UsageError(`unexpected argument ${quote(stray)}; see wstest --help`);
  return { given, warnings };
}

type Given = Map<string, string>;

function readLong(word: string, rest: string[], given: Given, warnings: string[]): void {
  const equals = word.indexOf("=");
  const typed = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const inline = equals < 0 ? undefined : word.slice(equals + 1);
  const option = byPrefix(typed);
  if (option === undefined) {
    warnings.push(unknown(`--${typed}`, typed));
  } else if (option.placeholder === undefined) {
    if (inline !== undefined) throw new UsageError(`--${option.name} takes no value`);
    given.set(option.name, "");
  } else given.set(option.name, inline ?? next(rest, `--${option.name}`, option));
}

function readShort(word: string, rest: string[], given: Given, warnings: string[]): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const option = WSTEST_OPTIONS.find(({ short }) => short === letter);
    if (option === undefined) warnings.push(`the unknown option -${letter} is ignored`);
    else if (option.placeholder === undefined) given.set(option.name, "");
    else {
      const inline = word.slice(at + 1);
      given.set(option.name, inline === "" ? next(rest, `-${letter}`, option) : inline);
      return;
    }
  }
}

function byPrefix(typed: string): WstestOption | undefined {
  const exact = WSTEST_OPTIONS.find(({ name }) => name === typed);
  if (exact !== undefined) return exact;
  const begun = typed === "" ? [] : WSTEST_OPTIONS.filter(({ name }) => name.startsWith(typed));
  if (begun.length > 1) {
    throw new UsageError(`--${typed} is ambiguous: ${begun.map(({ name }) => `--${name}`).join(" or ")}`);
  }
  return begun[0];
}

/** A typing error must not start a run with the wrong options. */
function unknown(shown: string, typed: string): string {
  const [meant] = nearest(
    typed,
    WSTEST_OPTIONS.map(({ name }) => name),
  );
  if (meant !== undefined) throw new UsageError(`unknown option ${quote(shown)}; did you mean --${meant}?`);
  return `the unknown option ${quote(shown)} is ignored`;
}

function next(rest: string[], flag: string, { placeholder }: WstestOption): string {
  const found = rest.shift();
  if (found === undefined) throw new UsageError(`${flag} needs a value: ${flag} ${placeholder}`);
  return found;
}

function value(name: string, short: string, placeholder: string, description: string): WstestOption {
  return { name, short, placeholder, description };
}

function toggle(name: string, short: string, description: string): WstestOption {
  return { name, short, description };
}
