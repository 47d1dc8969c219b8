import type { Reader } from "../cli/fan-out.js";
import type { Io } from "../cli/io.js";
import { occupyFolder } from "../cli/occupied-folder.js";
import { openOutputs } from "../cli/outputs.js";
import { builtIn } from "../cli/reporter-option.js";
import { UsageError } from "../cli/usage-error.js";
import { SETS } from "../case/select.js";
import type { Case } from "../case/case.js";
import type { RunEvent } from "../run/event.js";
import { consoleReader, debugReader } from "./console.js";

/** The outputs of a run: its reports, standard output, and with `-d` standard error. */
export interface RunOutputs {
  readonly readers: readonly Reader<RunEvent>[];
  /** Removes the mark from the folder. */
  readonly release: () => void;
}

/**
 * Opens the reports of the original in its folder, and the run file beside them. If another run writes there at the
 * same time, there is no run file of this run, because two runs cannot share it. Throws an OutputError.
 */
export async function openRun(outdir: string, io: Io, isDebug: boolean): Promise<RunOutputs> {
  const release = await occupyFolder(outdir).catch((error: unknown) => {
    if (!(error instanceof UsageError)) throw error;
    io.complain("another run writes into the same folder: there will be no run file of this run");
    return null;
  });
  const choices = [...(release === null ? [] : [builtIn("ndjson")]), builtIn("autobahn")];
  try {
    const reports = await openOutputs(choices, { path: outdir, mayWrite: true }, io);
    const readers = [...reports, consoleReader(io), ...(isDebug ? [debugReader(io)] : [])];
    return { readers, release: release ?? (() => undefined) };
  } catch (error) {
    release?.();
    throw error;
  }
}

/** The name of the set for the record. */
export function setOf(cases: readonly Case[]): string {
  const isOriginal = SETS.get("autobahn") ?? (() => false);
  return cases.every(({ id }) => isOriginal(id)) ? "autobahn" : "all";
}
