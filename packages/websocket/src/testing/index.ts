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
export { scriptedServer } from "./scripted-server.js";
export type { Script, ScriptedServer, ScriptedServerOptions } from "./scripted-server.js";
export type { ScriptedPeer } from "./scripted-peer.js";
export type { ReceivedClose } from "./inbox.js";
export { ScriptError } from "./script-error.js";
export type { AcceptOptions, AnswerHeaders, RefuseOptions } from "./opening-answer.js";
export { VIOLATIONS } from "./raw-frames.js";
export type { RawFrame, Violation } from "./raw-frames.js";
