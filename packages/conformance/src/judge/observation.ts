/**
 * What kind of thing a peer did wrong. Together with a requirement it names a fault, whichever case shows it.
 *
 * @example
 * ```ts
 * import { OBSERVATIONS, type Observation } from "wireproof";
 *
 * const observation: Observation = "no-close-frame";
 * console.assert(OBSERVATIONS.has(observation));
 * ```
 */
export type Observation =
  | "crash"
  | "exhausted"
  | "hang"
  | "unreachable"
  | "violation"
  | "handshake-refused"
  | "handshake-faulty"
  | "handshake-accepted"
  | "illegal-accepted"
  | "frames-lost"
  | "lengths-lost"
  | "type-lost"
  | "no-answer"
  | "wrong-answer"
  | "wrong-close-code"
  | "no-close-frame"
  | "no-close-answer"
  | "tcp-left-open"
  | "tcp-reset"
  | "closed-early"
  | "wrong-side"
  | "delayed"
  | "other";

/**
 * Every kind of thing that a peer can do wrong, with what it means, to follow `the peer …`.
 *
 * @example
 * ```ts
 * import { OBSERVATIONS } from "wireproof";
 *
 * console.assert(OBSERVATIONS.get("crash") === "ended, or stopped taking connections");
 * ```
 */
export const OBSERVATIONS: ReadonlyMap<Observation, string> = new Map([
  ["crash", "ended, or stopped taking connections"],
  ["exhausted", "ended because it ran out of memory or of file descriptors"],
  ["hang", "stopped working during the run"],
  ["unreachable", "opened no connection, so that no case was played"],
  ["violation", "sent what no peer may send"],
  ["handshake-refused", "refused an opening handshake that is legal"],
  ["handshake-faulty", "sent a faulty opening handshake"],
  ["handshake-accepted", "accepted an opening handshake that it has to refuse"],
  ["illegal-accepted", "did not fail the connection, although it got something illegal"],
  ["frames-lost", "lost frames that came together with others"],
  ["lengths-lost", "lost messages because of their length"],
  ["type-lost", "echoed no message of one of the two types"],
  ["no-answer", "did not answer the opening handshake"],
  ["wrong-answer", "answered something else, or nothing"],
  ["wrong-close-code", "sent a close code that does not fit"],
  ["no-close-frame", "ended the connection without a Close frame"],
  ["no-close-answer", "did not answer the Close frame"],
  ["tcp-left-open", "did not close TCP"],
  ["tcp-reset", "reset TCP, so that its Close frame may be lost"],
  ["closed-early", "closed although nothing was wrong"],
  ["wrong-side", "ended the connection, although it was the tester's turn"],
  ["delayed", "answered every message late"],
  ["other", "did something else"],
]);
