import { quote } from "../report/escape.js";
import { REPORTERS, type ReporterEntry } from "../report/reporters.js";
import type { Io } from "./io.js";
import { didYouMean } from "./nearest.js";
import { several, type Option } from "./option.js";
import { findReporterModule, type ReporterModule } from "./reporter-module.js";
import { UsageError } from "./usage-error.js";

/** A chosen reporter, and where its report goes if that was given. */
export interface ReporterChoice {
  readonly entry: ReporterEntry;
  /** A file, or a folder for a reporter that writes several; `-` is standard output. */
  readonly path?: string;
  /** The file is not emptied. */
  readonly append?: true;
  /** A reporter of somebody else: `entry` is only a name until this module is loaded. */
  readonly module?: ReporterModule;
}

const DESCRIPTION =
  "A reporter, and where it writes: a file, a folder if it writes several files, or - for standard output. A path or the name of a package is a reporter of your own.";

/** `--reporter NAME[=PATH]`. `fallback`: the default, as help texts show it. */
export function reporterOption(fallback: string): Option<readonly ReporterChoice[]> {
  const names = [...REPORTERS.keys()].join(", ");
  const description = `${DESCRIPTION} Reporters: ${names}.`;
  return {
    ...several("NAME[=PATH]", description, reporterChoice),
    fallback,
    suggests: [...REPORTERS.keys()],
  };
}

/** A reporter by its name. Throws a RangeError if there is none. */
export function builtIn(name: string, path?: string): ReporterChoice {
  const entry = REPORTERS.get(name);
  if (entry === undefined) throw new RangeError(`no reporter ${name}`);
  return path === undefined ? { entry } : { entry, path };
}

/**
 * What GitHub Actions adds: annotations where the environment says so, and with them the job summary. Nothing is added
 * that was chosen already.
 */
export function onGithub(choices: readonly ReporterChoice[], env: Io["env"]): readonly ReporterChoice[] {
  const hasAnnotations = choices.some(({ entry }) => entry.name === "github");
  if (!hasAnnotations && env["GITHUB_ACTIONS"] !== "true") return choices;
  const summary = env["GITHUB_STEP_SUMMARY"] ?? "";
  return [
    ...choices,
    ...(hasAnnotations ? [] : [builtIn("github")]),
    ...(summary === "" ? [] : [{ ...builtIn("markdown", summary), append: true as const }]),
  ];
}

/**
 * The reporters of a run: those that were chosen, or the usual ones. The run file comes first, so that it is there if
 * nothing else can be written.
 */
export function runReporters(chosen: readonly ReporterChoice[]): readonly ReporterChoice[] {
  const wanted = chosen.length > 0 ? chosen : [builtIn("terminal"), builtIn("json"), builtIn("html")];
  const hasRunFile = wanted.some(({ entry, path }) => entry.name === "ndjson" && path === undefined);
  return hasRunFile ? wanted : [builtIn("ndjson"), ...wanted];
}

function reporterChoice(typed: string, flag: string): ReporterChoice {
  const equals = typed.indexOf("=");
  const name = equals < 0 ? typed : typed.slice(0, equals);
  const known = REPORTERS.get(name);
  const module = known === undefined ? moduleNamed(name, flag) : undefined;
  const entry = known ?? notLoaded(name);
  const chosen = module === undefined ? { entry } : { entry, module };
  if (equals < 0) return chosen;
  const path = typed.slice(equals + 1);
  if (path === "") throw new UsageError(`${flag} needs a path after ${name}=`);
  if (path === "-" && entry.files) {
    throw new UsageError(`${flag} ${name} writes several files and needs a folder, not -`);
  }
  return { ...chosen, path };
}

function moduleNamed(name: string, flag: string): ReporterModule {
  const module = findReporterModule(name, process.cwd());
  if (module !== undefined) return module;
  const names = [...REPORTERS.keys()];
  const hint = didYouMean(name, names) || `; there are ${names.join(", ")}, and no package has this name`;
  throw new UsageError(`${flag}: unknown reporter ${quote(name)}${hint}`);
}

/** Stands for a reporter until its module is loaded. */
function notLoaded(name: string): ReporterEntry {
  const reporter = (): never => {
    throw new TypeError(`the reporter ${name} was not loaded`);
  };
  return { name, description: "", reporter, files: false, defaultPath: null };
}
