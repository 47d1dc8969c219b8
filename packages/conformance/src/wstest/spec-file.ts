import { writeFileSync } from "node:fs";
import { readSmallFile, SETTINGS_OCTETS } from "../read-file.js";
import { reasonOf } from "../reason-of.js";
import { targetUrl } from "../cli/target-url.js";
import { UsageError } from "../cli/usage-error.js";
import { SpecError } from "../config/spec-error.js";
import { quote } from "../report/escape.js";

/** A spec file and what stands in it. */
export interface SpecFile {
  readonly path: string;
  readonly text: string;
  /** It was not there and has been made. */
  readonly isNew: boolean;
}

/**
 * The spec file of a mode: the one that was named, or `MODE.json` in the current folder, which is made with
 * `standard` in it if it is not there. Throws a SpecError.
 */
export function openSpec(named: string | undefined, mode: string, standard: object): SpecFile {
  if (named !== undefined) return { path: named, text: readText(named), isNew: false };
  const path = `${mode}.json`;
  const text = `${JSON.stringify(standard, null, 3)}\n`;
  try {
    writeFileSync(path, text, { flag: "wx" });
    return { path, text, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") {
      return { path, text: readText(path), isNew: false };
    }
    throw new SpecError(`cannot make ${quote(path)}: ${reasonOf(error)}`);
  }
}

/** Reads the text of a spec file, and says of what is wrong with it in which file it stands. */
export function readSpec<T>(file: SpecFile, reader: (text: string) => T): T {
  return inFile(file, () => reader(file.text));
}

/** Names the file in what `work` complains about. */
export function inFile<T>({ path }: Pick<SpecFile, "path">, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SpecError) throw new SpecError(`${quote(path)}: ${error.message}`);
    throw error;
  }
}

/** The address of a server as it stands in a spec file. Throws a SpecError. */
export function specUrl(url: string): string {
  try {
    return targetUrl(url.trim());
  } catch (error) {
    if (error instanceof UsageError) throw new SpecError(error.message);
    throw error;
  }
}

function readText(path: string): string {
  try {
    return readSmallFile(path, SETTINGS_OCTETS).toString("utf8");
  } catch (error) {
    throw new SpecError(`cannot read ${quote(path)}: ${reasonOf(error)}`);
  }
}
