import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

import { quote } from "../report/escape.js";

/**
 * Makes a folder and its parents if they are missing. Throws the error of the system if it refuses. The recursive form
 * of `mkdir` is not used: some file systems, such as `/proc`, answer that an existing folder does not exist, and then
 * it tries again for ever.
 */
export async function makeFolder(path: string): Promise<void> {
  const first = await tryToMake(path);
  if (first === undefined) return;
  if (first.code === "EEXIST") throw new Error(`${quote(path)} is not a folder`);
  const parent = dirname(path);
  if (first.code !== "ENOENT" || parent === path) throw first;
  await makeFolder(parent);
  const second = await tryToMake(path);
  if (second !== undefined) throw second;
}

/** Returns why there is no such folder now; undefined if there is one. */
async function tryToMake(path: string): Promise<NodeJS.ErrnoException | undefined> {
  try {
    await mkdir(path);
    return undefined;
  } catch (error) {
    return (await isFolder(path)) ? undefined : (error as NodeJS.ErrnoException);
  }
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
