import { builtIn, type ReporterChoice } from "./reporter-option.js";

/**
 * The reporters of a run: those that were chosen, or the usual ones. The run file comes first: if nothing else can be
 * written, it is there.
 */
export function runReporters(chosen: readonly ReporterChoice[]): readonly ReporterChoice[] {
  const wanted = chosen.length > 0 ? chosen : [builtIn("terminal"), builtIn("json"), builtIn("autobahn")];
  const hasRunFile = wanted.some(({ entry, path }) => entry.name === "ndjson" && path === undefined);
  return hasRunFile ? wanted : [builtIn("ndjson"), ...wanted];
}
