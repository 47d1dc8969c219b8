import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { PeerExit, RunEvent } from "../../src/run/event.js";
import { wireproof, type Outcome, type SpawnOptions } from "../cli/spawn-wireproof.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const root = temporaryFolder();
let folders = 0;

export const CLIENT: string = fileURLToPath(new URL("./client.js", import.meta.url));

export interface Tested extends Outcome {
  readonly out: string;
  /** What is in the run file, without the wire log. */
  readonly events: readonly RunEvent[];
}

/** Runs `wireproof test-client` with a client of `client.ts`, or with any command if it is an array. */
export async function tested(
  args: readonly string[],
  client: string | readonly string[],
  options: SpawnOptions = {},
): Promise<Tested> {
  const out = join(root, String(++folders));
  const command = typeof client === "string" ? commandOf(client) : client;
  const words = command.length === 0 ? [] : ["--", ...command];
  const outcome = await wireproof(["test-client", "--out", out, ...args, ...words], options);
  return { ...outcome, out, events: eventsOf(out) };
}

function commandOf(client: string): readonly string[] {
  const [mode = "", ...rest] = client.split(" ");
  return [process.execPath, CLIENT, mode, "{url}", ...rest];
}

/** The last outcome of each case that is not `pass`. */
export function notPassed({ events }: Tested): Readonly<Record<string, string>> {
  const last = new Map<string, string>();
  for (const event of events) if (event.type === "case-end") last.set(event.case, event.verdict.outcome);
  return Object.fromEntries([...last].filter(([, outcome]) => outcome !== "pass"));
}

export function exitsOf({ events }: Tested): readonly PeerExit[] {
  return events.filter((event) => event.type === "peer-exit");
}

export function notesOf({ events }: Tested): readonly string[] {
  return events.flatMap((event) => (event.type === "note" ? [event.text] : []));
}

/** Why the client was given up; undefined if it was not. */
export function downOf({ events }: Tested): string | undefined {
  return events.find((event) => event.type === "peer-down")?.because;
}

/** Cases of the run that have no result. */
export function notRun({ events }: Tested): number | undefined {
  const last = events.at(-1);
  return last?.type === "run-end" ? last.totals.notRun : undefined;
}

function eventsOf(out: string): readonly RunEvent[] {
  let text: string;
  try {
    text = readFileSync(join(out, "run.ndjson"), "utf8");
  } catch {
    return [];
  }
  const events = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as RunEvent);
  return events.filter(({ type }) => type !== "wire");
}
