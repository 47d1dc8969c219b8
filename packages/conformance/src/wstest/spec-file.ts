import { writeFileSync } from "node:fs";
import { readSmallFile, SETTINGS_OCTETS } from "../read-file.js";
import { reasonOf } from "../reason-of.js";
import { targetUrl } from "../cli/target-url.js";
import { UsageError } from "../cli/usage-error.js";
import { SpecError } from "../config/spec-error.js";
import { quote } from "../report/escape.js";

/** A spec file and its content. */
export interface SpecFile {
  readonly path: string;
  readonly text: string;
  /** It did not exist and was made. */
  readonly isNew: boolean;
}

/**
 * The spec file of a mode: the file `named`, or `MODE.json` in the current folder. If the latter does not exist, it is
 * made with the content `standard`. Throws a SpecError.
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

/** Reads the text of a spec file. Error messages begin with the name of the file. */
export function readSpec<T>(file: SpecFile, reader: (text: string) => T): T {
  return inFile(file, () => reader(file.text));
}

/** Runs `work`, and adds the name of the file to its error messages. */
export function inFile<T>({ path }: Pick<SpecFile, "path">, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SpecError) throw new SpecError(`${quote(path)}: ${error.message}`);
    throw error;
  }
}

/** Checks the address of a server in a spec file. Throws a SpecError. */
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
