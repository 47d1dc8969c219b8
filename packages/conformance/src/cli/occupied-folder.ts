import { unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { quote } from "../report/escape.js";
import { readSmallFile } from "../read-file.js";
import { makeFolder } from "./make-folder.js";
import { cannotWrite } from "./sink.js";
import { UsageError } from "./usage-error.js";

const MARK = ".wireproof-run";

/**
 * Marks a report folder as written by this process, so that a second run does not write into the same files. Returns a
 * function that removes the mark. `option` is the one that chooses another folder. Throws a UsageError if another running
 * process has marked it, an OutputError if the folder cannot be written.
 */
export async function occupyFolder(path: string, option = "--out"): Promise<() => void> {
  const mark = join(path, MARK);
  try {
    await makeFolder(path);
    if (!claim(mark)) {
      const owner = ownerOf(mark);
      if (owner !== null) {
        const where = quote(path);
        throw new UsageError(
          `another run (process ${owner}) is writing into ${where}; choose another folder with ${option} DIR`,
        );
      }
      // The process that left this mark is gone.
      writeFileSync(mark, String(process.pid));
    }
  } catch (error) {
    throw error instanceof UsageError ? error : cannotWrite(`into the folder ${quote(path)}`, error);
  }
  const release = (): void => {
    process.off("exit", release);
    try {
      unlinkSync(mark);
    } catch {
      // The folder was cleared, and the mark with it.
    }
  };
  process.on("exit", release);
  return release;
}

/** False if there is a mark already. */
function claim(mark: string): boolean {
  try {
    writeFileSync(mark, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

/** The process that wrote the mark, if it still runs. */
function ownerOf(mark: string): number | null {
  const owner = Number(readSmallFile(mark, 1024).toString("latin1"));
  if (!Number.isInteger(owner) || owner <= 0 || owner === process.pid) return null;
  try {
    process.kill(owner, 0);
    return owner;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM" ? owner : null;
  }
}
