import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from "node:fs";

import { reasonOf } from "./reason-of.js";

/** The most octets that a file of settings may have: a spec file, a certificate, a key. */
export const SETTINGS_OCTETS: number = 16 * 1024 * 1024;

/** A file cannot be read. The message says why: a clause without the name of the file and without a full stop. */
export class FileProblem extends Error {
  override readonly name = "FileProblem";
}

/** A regular file that is open for reading. */
export interface OpenFile {
  readonly fd: number;
  /** Octets it had when it was opened. */
  readonly size: number;
}

/**
 * Opens a regular file, and nothing else. A pipe (such as `<(…)` of a shell), a terminal, another device or a socket
 * may never end, or may block the process so that it does not react to signals. Throws a FileProblem.
 */
export function openRegular(path: string): OpenFile {
  try {
    // Checked before it is opened, since opening a device can have effects, and again afterwards: the name may lead to
    // another file by then.
    checkKind(statSync(path));
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(fd);
      checkKind(stats);
      return { fd, size: stats.size };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  } catch (error) {
    throw asProblem(error);
  }
}

/** Reads a whole regular file of at most `maxOctets` octets. Throws a FileProblem. */
export function readSmallFile(path: string, maxOctets: number): Buffer {
  const { fd, size } = openRegular(path);
  try {
    if (size > maxOctets) throw tooLarge(maxOctets);
    const chunks: Buffer[] = [];
    // Reads to the end, not up to the size: a file may grow, and some files of the system have size 0.
    for (let left = maxOctets; ;) {
      const chunk = Buffer.allocUnsafe(Math.max(4096, Math.min(left + 1, size + 1, 1 << 20)));
      const octets = readSync(fd, chunk);
      if (octets === 0) return Buffer.concat(chunks);
      left -= octets;
      if (left < 0) throw tooLarge(maxOctets);
      chunks.push(chunk.subarray(0, octets));
    }
  } catch (error) {
    throw asProblem(error);
  } finally {
    closeSync(fd);
  }
}

function checkKind(stats: Stats): void {
  if (stats.isFile()) return;
  if (stats.isDirectory()) throw new FileProblem("it is a folder");
  throw new FileProblem(`it is ${kindOf(stats)}, not a regular file`);
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return "a pipe";
  if (stats.isSocket()) return "a socket";
  return "a device";
}

function tooLarge(maxOctets: number): FileProblem {
  const mebi = 1024 * 1024;
  const limit = maxOctets >= mebi ? `${maxOctets / mebi} MiB` : `${maxOctets / 1024} KiB`;
  return new FileProblem(`it is larger than ${limit}`);
}

function asProblem(error: unknown): FileProblem {
  if (error instanceof FileProblem) return error;
  return new FileProblem(reasonOf(error), { cause: error });
}
