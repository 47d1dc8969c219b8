/**
 * Counts the CPU time of synchronous zlib in this process, where it happens: what a compressor takes depends on what
 * else is in the caches. Loaded before anything else (`--import`); at its end the process writes the seconds into the
 * folder that the environment names.
 *
 * One call in `EVERY`, chosen by chance, is measured and counts for all: asking for the CPU time takes about as long as
 * compressing a few octets.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createDeflateRaw } from "node:zlib";

export const METER_FOLDER = "WIREPROOF_BENCH_ZLIB_METER";
const EVERY = 4;
const CALIBRATIONS = 2000;

interface Handle {
  writeSync: (this: unknown, ...work: unknown[]) => void;
}

const folder = process.env[METER_FOLDER];
if (folder !== undefined) {
  const seconds = meter();
  process.on("exit", () => writeFileSync(join(folder, `${process.pid}`), String(seconds())));
}

/** Measures from now on; returns how to ask for the seconds so far. */
export function meter(): () => number {
  const stream = createDeflateRaw() as unknown as { _handle: object; close(): void };
  const prototype = Object.getPrototypeOf(stream._handle) as Handle;
  stream.close();
  const { writeSync } = prototype;
  const empty = emptyMicros();
  let micros = 0;
  prototype.writeSync = function (this: unknown, ...work: unknown[]): void {
    if (Math.random() * EVERY >= 1) {
      Reflect.apply(writeSync, this, work);
      return;
    }
    const before = process.cpuUsage();
    Reflect.apply(writeSync, this, work);
    const { user, system } = process.cpuUsage(before);
    micros += user + system - empty;
  };
  return () => (EVERY * micros) / 1e6;
}

/** What is measured where nothing is done. */
function emptyMicros(): number {
  let all = 0;
  for (let count = 0; count < CALIBRATIONS; count++) {
    const before = process.cpuUsage();
    const { user, system } = process.cpuUsage(before);
    all += user + system;
  }
  return all / CALIBRATIONS;
}
