import { againstRun } from "../report/page/against.js";
import type { PageAgainst } from "../report/page/page-event.js";
import { plainText, single, type Option } from "./option.js";
import { storedRun } from "./stored-run.js";

export const againstOption: Option<string | undefined> = single(
  "FILE",
  "Run file of an earlier run. The report page shows what has changed since then.",
  plainText,
);

/** Reads the earlier run, before anything is written that might replace it. Throws a RunFileError. */
export async function earlierRun(file: string | undefined): Promise<PageAgainst | undefined> {
  if (file === undefined) return undefined;
  const { first, events } = await storedRun(file);
  return againstRun(file, first, events);
}
