/**
 * What applications test their WebSocket code with. docs/testing.md is the guide.
 *
 * @packageDocumentation
 */
export { pair } from "./pair.js";
export type { Pair, PairOptions } from "./pair.js";
export type { Direction, Link } from "./link.js";
export { fakeTime } from "./fake-time.js";
export type { FakeTime } from "./fake-time.js";
