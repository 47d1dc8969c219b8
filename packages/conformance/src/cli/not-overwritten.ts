import { realpathSync } from "node:fs";
import { join } from "node:path";

import { quote } from "../report/escape.js";
import type { OutDir } from "./outputs.js";
import type { ReporterChoice } from "./reporter-option.js";
import { UsageError } from "./usage-error.js";

/** Opening a report empties its file, so no report may have the run file that is being read. Throws a UsageError. */
export function checkNotOverwritten(file: string, choices: readonly ReporterChoice[], outDir: OutDir): void {
  const source = realPath(file);
  const hit = choices.find(({ entry, path }) => {
    if (path === "-" || entry.files) return false;
    if (path !== undefined) return realPath(path) === source;
    return (
      outDir.mayWrite &&
      entry.defaultPath !== null &&
      realPath(join(outDir.path, entry.defaultPath)) === source
    );
  });
  if (hit !== undefined) {
    throw new UsageError(
      `the reporter ${hit.entry.name} would overwrite ${quote(file)}, which is being read`,
    );
  }
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}
