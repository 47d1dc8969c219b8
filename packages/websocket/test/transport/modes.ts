import { settleReadMode } from "../../src/transport/static-read.js";
import type { ReadMode } from "../../src/transport/static-read.js";
import type { End, Kind } from "./pairs.js";

// These tests choose the mode themselves; a run of all tests without internals must not take the static one from them.
delete process.env["WIREPROOF_NO_INTERNALS"];

/** One way in which a socket can reach the transport. */
export interface Way {
  readonly kind: Kind;
  readonly mode: ReadMode;
  readonly end: End;
  readonly name: string;
}

/** All of them. */
export const WAYS: readonly Way[] = (["tcp", "tls"] as const).flatMap((kind) =>
  (["static", "data"] as const).flatMap((mode) =>
    (["accepted", "dialled"] as const).map((end) => ({ kind, mode, end, name: `${kind}, ${mode}, ${end}` })),
  ),
);

/** Those that differ in how they are read and written. */
export const KINDS: readonly Way[] = WAYS.filter(({ end }) => end === "accepted");

/** Has lent memory made unusable as soon as it is taken back, in this process and before the first read. */
export function scribbleLentMemory(): void {
  process.env["WIREPROOF_SCRIBBLE"] = "1";
}

/** The self-test keeps no process alive; a test that waits for it has to. */
export async function settled(): Promise<void> {
  const alive = setInterval(() => {}, 60_000);
  await settleReadMode();
  clearInterval(alive);
}
