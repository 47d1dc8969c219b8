import { readFileSync } from "node:fs";
import { join } from "node:path";

import { CRASHING_SERVER, freePort } from "@wireproof/peers";
import type { RunEvent } from "../../src/run/event.js";
import { wireproofHere } from "./run-here.js";
import { wireproof, type Outcome, type SpawnOptions } from "./spawn-wireproof.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();
let folders = 0;

export interface Tested extends Outcome {
  readonly out: string;
  readonly port: number;
}

/** Runs `wireproof test` with a command in which PORT stands for the free port of the URL. */
export function tested(start: string, args: readonly string[], options: SpawnOptions = {}): Promise<Tested> {
  return testedBy((all) => wireproof(all, options), start, args);
}

/** The same in this process. */
export function testedHere(start: string, args: readonly string[]): Promise<Tested> {
  return testedBy(wireproofHere, start, args);
}

async function testedBy(
  run: (args: readonly string[]) => Promise<Outcome>,
  start: string,
  args: readonly string[],
): Promise<Tested> {
  const out = join(root, String(++folders));
  const port = await freePort();
  const command = start.replaceAll("PORT", String(port));
  const url = `ws://127.0.0.1:${port}`;
  const outcome = await run(["test", url, "--start", command, "--out", out, ...args]);
  return { ...outcome, out, port };
}

/** What is waited for while the command runs; that it ends meanwhile is an error. */
export function unlessOver<T>(command: Promise<Outcome>, event: Promise<T>): Promise<T> {
  const over = command.then(({ code, stdout, stderr }): never => {
    throw new Error(`it has ended with exit code ${code}: ${stderr}${stdout.slice(-2000)}`);
  });
  return Promise.race([event, over]);
}

export function eventsOf(out: string): RunEvent[] {
  const lines = readFileSync(join(out, "run.ndjson"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as RunEvent);
}

/** A server that a message of 126 octets ends, as cases 1.1.3 and 1.2.3 send one. */
export const CRASHING: string = `'${process.execPath}' '${CRASHING_SERVER}' PORT 126`;
/** The same, and it ends for want of memory. */
export const GREEDY: string = `${CRASHING} greedy`;
export const SOUND: string = `'${process.execPath}' '${CRASHING_SERVER}' PORT -1`;
