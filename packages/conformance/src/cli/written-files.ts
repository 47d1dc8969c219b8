import { lstatSync, unlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

import { quote } from "../report/escape.js";
import { readSmallFile } from "../read-file.js";
import { cannotWrite } from "./sink.js";

/** Keeps which files of a report folder a run has written. */
const LIST = ".wireproof-files";
const LIST_OCTETS = 8 * 1024 * 1024;

/** How a file was when the run had written it. */
interface Written {
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * The files that runs have written into a report folder, so that the next run can remove those that it will not write
 * itself: a stranger would take them for its own. A file that somebody else has made or changed since is never removed,
 * nor is one that a killed run has left.
 */
export class WrittenFiles {
  readonly #folder: string;
  readonly #names = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Removes what earlier runs have written, but for the files of these names. Throws an OutputError. */
  removeEarlier(kept: ReadonlySet<string>): void {
    for (const [name, written] of this.#earlier()) {
      if (kept.has(name) || !isUnchanged(join(this.#folder, name), written)) continue;
      try {
        unlinkSync(join(this.#folder, name));
      } catch (error) {
        throw cannotWrite(`over ${quote(join(this.#folder, name))}`, error);
      }
    }
  }

  /** This run writes a file of this name. */
  add(name: string): void {
    this.#names.add(name);
  }

  /** Remembers the files as they are now. It is called whenever a report is complete. */
  save(): void {
    const files = [...this.#names].flatMap((name): [string, Written][] => {
      const written = stateOf(join(this.#folder, name));
      return written === undefined ? [] : [[name, written]];
    });
    try {
      writeFileSync(join(this.#folder, LIST), `${JSON.stringify(Object.fromEntries(files))}\n`);
    } catch {
      // The reports are there. Only the next run will not know whose they are, and leave them.
    }
  }

  #earlier(): readonly (readonly [string, Written])[] {
    try {
      const list = JSON.parse(
        readSmallFile(join(this.#folder, LIST), LIST_OCTETS).toString("utf8"),
      ) as unknown;
      if (typeof list !== "object" || list === null) return [];
      // Whatever is in the list, no file outside the folder is touched.
      return Object.entries(list).filter(
        (entry): entry is [string, Written] => basename(entry[0]) === entry[0] && isWritten(entry[1]),
      );
    } catch {
      return [];
    }
  }
}

function isWritten(value: unknown): value is Written {
  if (typeof value !== "object" || value === null) return false;
  const { size, mtimeMs } = value as Partial<Written>;
  return typeof size === "number" && typeof mtimeMs === "number";
}

function isUnchanged(path: string, { size, mtimeMs }: Written): boolean {
  const now = stateOf(path);
  return now !== undefined && now.size === size && now.mtimeMs === mtimeMs;
}

/** Undefined where there is no regular file. */
function stateOf(path: string): Written | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? { size: stats.size, mtimeMs: stats.mtimeMs } : undefined;
}
