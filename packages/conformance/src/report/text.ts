import { Opcode, opcodeName } from "../case/opcode.js";
import { escapeText } from "./escape.js";
import type { EventView } from "../record/record.js";
import type { FrameView, Http2FrameView, OctetsEntry, TimerEntry, WireEntry } from "../record/wire-log.js";
import { hexBytes, previewHex, previewPayload, type ShownPayload } from "./payload-text.js";
import { citeRequirement } from "./requirement-text.js";
import { count } from "./words.js";

/** How much a wire line says. */
export interface WireLineOptions {
  /** The side that the tester plays: it decides which masking is worth a word. Default `client`. */
  readonly role?: "client" | "server";
  /** Everything about a frame, for the wire log of a record. Default: what a reader needs. */
  readonly detail?: boolean;
}

const BRIEF_LIMIT = 24;
const DETAIL_LIMIT = 64;

/** One entry of the wire log as a line, such as `> TEXT "fragment1" [9 octets, more to come]`. Safe to show. */
export function wireLine(entry: WireEntry, options: WireLineOptions = {}): string {
  if ("frame" in entry) return `${entry.dir} ${frameText(entry.frame, entry.dir, options)}`;
  if ("octets" in entry) return `${entry.dir} ${octetsText(entry, options)}`;
  if ("http2" in entry) return `${entry.dir} ${http2Text(entry.http2)}`;
  if ("timer" in entry) return `= ${timerText(entry)}`;
  if ("log" in entry) return `= wire log switched ${entry.log ? "on" : "off"}`;
  if ("note" in entry) return `= ${escapeText(entry.note)}`;
  return `! ${escapeText(entry.violation)} (${escapeText(citeRequirement(entry.requirement).citation)})`;
}

/** An event of a trace, in the words of a wire line. Safe to show. */
export function eventText(event: EventView): string {
  if (event.type === "timeout") return `pause ${escapeText(event.tag)} is over, the connection is still open`;
  const opcode = event.type === "pong" ? Opcode.pong : event.binary ? Opcode.binary : Opcode.text;
  const payload = { hex: event.head, length: event.length };
  return `${opcodeName(opcode)} ${payloadText(payload, opcode, BRIEF_LIMIT)} [${count(event.length, "octet")}]`;
}

/** `1000 "going"`, `without code`, or the octets of a payload that no Close frame may have (RFC 6455 §5.5.1). */
export function closePayloadText(payload: ShownPayload, limit: number): string {
  if (payload.length === 0) return "without code";
  const bytes = hexBytes(payload.hex);
  const [high, low] = bytes;
  if (high === undefined || low === undefined) return previewHex(payload, limit);
  const reason = { hex: payload.hex.slice(4), length: Math.max(0, payload.length - 2) };
  return `${high * 256 + low} ${previewPayload(reason, { limit, text: true })}`;
}

function frameText(frame: FrameView, dir: ">" | "<", options: WireLineOptions): string {
  const limit = options.detail === true ? DETAIL_LIMIT : BRIEF_LIMIT;
  const payload = payloadText({ hex: frame.payload, length: frame.length }, frame.opcode, limit);
  const facts = [count(frame.length, "octet"), ...oddities(frame, dir, options)];
  const details = options.detail === true ? `; ${frameDetails(frame).join(", ")}` : "";
  return `${opcodeName(frame.opcode)} ${payload} [${facts.join(", ")}${details}]`;
}

/** Such as `HEADERS END_HEADERS on stream 1 (:status: 200) [9 octets]`. */
function http2Text({ type, flags, stream, length, padding, fields = [], says }: Http2FrameView): string {
  const name = [type, ...flags].join(" ");
  const where = stream === 0 ? "" : ` on stream ${stream}`;
  const meaning = fields.length > 0 ? fields.map((field) => field.join(": ")).join(", ") : (says ?? "");
  const what = meaning === "" ? "" : ` (${meaning})`;
  const padded = padding === undefined ? "" : `, ${padding} of padding`;
  return `${escapeText(`${name}${where}${what}`)} [${count(length, "octet")}${padded}]`;
}

function payloadText(payload: ShownPayload, opcode: number, limit: number): string {
  if (opcode === Opcode.close) return closePayloadText(payload, limit);
  return previewPayload(payload, { limit, text: opcode === Opcode.text });
}

/** What is not as in an ordinary frame. */
function oddities(frame: FrameView, dir: ">" | "<", options: WireLineOptions): string[] {
  const found: string[] = [];
  if (!frame.fin) found.push("more to come");
  if (frame.rsv !== 0) found.push(rsvText(frame.rsv));
  const senderIsClient = (dir === ">") === ((options.role ?? "client") === "client");
  // Clients mask every frame, servers none (RFC 6455 §5.1): only the contrary is news.
  if (frame.masked !== senderIsClient) found.push(frame.masked ? "masked" : "not masked");
  return found;
}

function rsvText(rsv: number): string {
  return ["RSV1", "RSV2", "RSV3"].filter((_, i) => (rsv & (4 >> i)) !== 0).join(" ");
}

function frameDetails(frame: FrameView): string[] {
  const details = [`opcode ${frame.opcode}`, `FIN ${frame.fin ? 1 : 0}`, `RSV ${frame.rsv}`];
  details.push(frame.masked ? `mask ${escapeText(frame.mask ?? "?")}` : "no mask");
  if (frame.pattern !== undefined) details.push(`a pattern of ${count(frame.pattern, "octet")} repeated`);
  if (frame.chop !== undefined) details.push(`chopped into writes of ${count(frame.chop, "octet")}`);
  if (frame.sync === true) details.push("in a separate write");
  return details;
}

function octetsText(entry: OctetsEntry, options: WireLineOptions): string {
  const limit = options.detail === true ? DETAIL_LIMIT : BRIEF_LIMIT;
  const queued = entry.queued === true ? ", queued" : "";
  return `octets ${previewHex({ hex: entry.hex, length: entry.octets }, limit)} [${count(entry.octets, "octet")}${queued}]`;
}

function timerText(entry: TimerEntry): string {
  const tag = entry.tag === undefined ? "" : ` (${escapeText(entry.tag)})`;
  const time = `${entry.seconds} s`;
  if (entry.timer === "wait") return waitText(entry, time) + tag;
  const name = `${entry.timer} timer`;
  if (entry.phase === "set") return `${name} set to ${time}${tag}`;
  const effect =
    entry.timer === "kill" ? "the tester fails the connection" : "the tester starts the closing handshake";
  return `${name} fired after ${time}${tag}: ${effect}`;
}

function waitText(entry: TimerEntry, time: string): string {
  if (entry.phase === "set") return `waiting, at most ${time}`;
  return entry.early === true ? "done waiting: the event came" : `waited ${time}`;
}
