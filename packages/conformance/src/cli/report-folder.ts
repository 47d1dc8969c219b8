import { access, constants, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";

import { quote } from "../report/escape.js";
import { makeFolder } from "./make-folder.js";
import { cannotWrite } from "./sink.js";

/** A folder for reports that exists and can be written. */
export interface ReportFolder {
  readonly path: string;
  /** Writes a whole file and replaces an earlier one. Throws an OutputError. */
  write(name: string, data: string | Uint8Array): Promise<void>;
}

/** Makes the folder if needed. Throws an OutputError if nothing can be written there. */
export async function openFolder(path: string): Promise<ReportFolder> {
  try {
    await makeFolder(path);
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw cannotWrite(`into the folder ${quote(path)}`, error);
  }
  return { path, write: (name, data) => writeInto(path, name, data) };
}

async function writeInto(folder: string, name: string, data: string | Uint8Array): Promise<void> {
  // Names are made from names of peers. Even if a reporter does not check them, no file is written outside the folder.
  if (basename(name) !== name || name === "." || name === ".." || name === "") {
    throw new RangeError(`a report must not be named ${quote(name)}`);
  }
  const path = join(folder, name);
  try {
    await writeFile(path, data);
  } catch (error) {
    throw cannotWrite(quote(path), error);
  }
}
