import type { EventView, FrameView, Http2FrameView, WireEntry } from "wireproof/page";
import { count, visible } from "../model/text.js";
import { octetsOf, utf8Text } from "./octets.js";

/** Characters of a payload, or octets in hexadecimal, that a line shows. */
export type Limit = number;

/** A payload as it is recorded: the first octets, and how many there were. */
interface Payload {
  readonly hex: string;
  readonly length: number;
}

/** `“text”` where a payload is text, else `0x…`; an ellipsis says that there was more. */
export function payloadText(payload: Payload, limit: Limit): string {
  if (payload.length === 0) return "“”";
  const octets = octetsOf(payload.hex);
  const isCut = octets.length < payload.length;
  const text = utf8Text(octets, isCut);
  if (text === null) return hexText(payload, limit);
  const characters = Array.from(visible(text));
  const shown = characters.slice(0, limit).join("");
  return `“${shown}”${isCut || characters.length > limit ? "…" : ""}`;
}

/** What a Close frame says: code and reason (RFC 6455 §5.5.1). */
export function closeText(payload: Payload, limit: Limit): string {
  if (payload.length === 0) return "without code";
  const octets = octetsOf(payload.hex);
  const [high, low] = octets;
  if (high === undefined || low === undefined) return hexText(payload, limit);
  const code = high * 256 + low;
  if (payload.length === 2) return String(code);
  return `${code} ${payloadText({ hex: payload.hex.slice(4), length: payload.length - 2 }, limit)}`;
}

export function frameText(frame: FrameView, limit: Limit): string {
  const payload = { hex: frame.payload, length: frame.length };
  return frame.opcode === 8 ? closeText(payload, limit) : payloadText(payload, limit);
}

/** What is not as in an ordinary frame, in words of a few letters. */
export function frameMarks(frame: FrameView): readonly string[] {
  const rsv = ["RSV1", "RSV2", "RSV3"].filter((_, i) => (frame.rsv & (4 >> i)) !== 0);
  return [...(frame.fin ? [] : ["FIN 0"]), ...rsv];
}

/** How a frame went out, where that is the point of a case. */
export function frameManner(frame: FrameView): readonly string[] {
  return [
    ...(frame.pattern === undefined ? [] : [`a pattern of ${count(frame.pattern, "octet")} repeated`]),
    ...(frame.chop === undefined ? [] : [`in writes of ${count(frame.chop, "octet")}`]),
    ...(frame.sync === true ? ["in a separate write"] : []),
  ];
}

/** An event of a trace. */
export function eventText(event: EventView): { readonly name: string; readonly text: string } {
  if (event.type === "timeout")
    return { name: "PAUSE", text: `${visible(event.tag)} is over, the connection is still open` };
  const name = event.type === "pong" ? "PONG" : event.binary ? "BINARY" : "TEXT";
  const text = payloadText({ hex: event.head, length: event.length }, 60);
  return { name, text: `${text} ${count(event.length, "octet")}` };
}

/** What is to be said of a frame of HTTP/2 beside its type and flags: the stream, and what it says. */
export function http2Text({ stream, fields = [], says }: Http2FrameView, limit: Limit): string {
  const said = fields.length > 0 ? fields.map((field) => field.join(": ")).join(", ") : (says ?? "");
  const characters = Array.from(visible(said));
  const shown = `${characters.slice(0, limit).join("")}${characters.length > limit ? "…" : ""}`;
  const where = stream === 0 ? "" : `stream ${stream}`;
  return [where, shown].filter((part) => part !== "").join(", ");
}

/** A timer, state or note of the tester in one line. */
export function remarkText(entry: WireEntry): string {
  if ("timer" in entry) {
    const tag = entry.tag === undefined ? "" : ` (${visible(entry.tag)})`;
    return timerText(entry) + tag;
  }
  if ("log" in entry) return entry.log ? "wire log on again" : "wire log off while the load runs";
  if ("note" in entry) return visible(entry.note);
  if ("violation" in entry) return visible(entry.violation);
  return "";
}

function timerText({ timer, phase, early, ...entry }: Extract<WireEntry, { timer: string }>): string {
  // A limit that was scaled may be 2.4000000000000004.
  const seconds = Number(entry.seconds.toFixed(3));
  if (timer === "wait") {
    if (phase === "set") return `the tester waits, ${seconds} s at most`;
    return early === true ? "the event came, the tester goes on" : `waited ${seconds} s`;
  }
  const deed = timer === "kill" ? "fails the connection" : "starts the closing handshake";
  return phase === "set"
    ? `timer set: in ${seconds} s the tester ${deed}`
    : `timer fired: the tester ${deed}`;
}

/** The first line of an HTTP head. */
export function firstLine(hex: string): string {
  const text = utf8Text(octetsOf(hex), true) ?? "";
  return visible((text.split("\r\n")[0] ?? "").slice(0, 80));
}

export function hexText({ hex, length }: Payload, limit: Limit): string {
  const shown = hex.slice(0, 2 * Math.max(4, Math.floor(limit / 2)));
  return `0x${shown}${shown.length < 2 * length ? "…" : ""}`;
}
