import { quote } from "../report/escape.js";
import { REPORTERS, type ReporterEntry } from "../report/reporters.js";
import { didYouMean } from "./nearest.js";
import { several, type Option } from "./option.js";
import { UsageError } from "./usage-error.js";

/** A reporter that was asked for, and where its report goes if that was said. */
export interface ReporterChoice {
  readonly entry: ReporterEntry;
  /** A file, or a folder for a reporter that writes several; `-` is standard output. */
  readonly path?: string;
}

const DESCRIPTION =
  "What to report, and where to: a file, a folder for a reporter that writes several files, or - for standard output.";

/** `--reporter NAME[=PATH]`. `fallback` describes what applies without it. */
export function reporterOption(fallback: string): Option<readonly ReporterChoice[]> {
  const names = [...REPORTERS.keys()].join(", ");
  const description = `${DESCRIPTION} There are ${names}.`;
  return { ...several("NAME[=PATH]", description, reporterChoice), fallback };
}

/** A reporter by its name. Throws a RangeError if there is none. */
export function builtIn(name: string, path?: string): ReporterChoice {
  const entry = REPORTERS.get(name);
  if (entry === undefined) throw new RangeError(`no reporter ${name}`);
  return path === undefined ? { entry } : { entry, path };
}

function reporterChoice(typed: string, flag: string): ReporterChoice {
  const equals = typed.indexOf("=");
  const name = equals < 0 ? typed : typed.slice(0, equals);
  const entry = REPORTERS.get(name);
  if (entry === undefined) {
    const names = [...REPORTERS.keys()];
    const hint = didYouMean(name, names) || `; there are ${names.join(", ")}`;
    throw new UsageError(`${flag} knows no reporter ${quote(name)}${hint}`);
  }
  if (equals < 0) return { entry };
  const path = typed.slice(equals + 1);
  if (path === "") throw new UsageError(`${flag} needs a path after ${name}=`);
  if (path === "-" && entry.files) {
    throw new UsageError(`${flag} ${name} writes several files and needs a folder, not -`);
  }
  return { entry, path };
}
