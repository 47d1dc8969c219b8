import { createHash } from "node:crypto";
import { constants, inflateRawSync } from "node:zlib";

import type { DeflateAgreement } from "../../../src/deflate/negotiation.js";
import { Opcode } from "../../../src/protocol/opcode.js";
import { frame, readFrames } from "../../support/frames.js";
import type { FrameShape, SeenFrame } from "../../support/frames.js";

const KEY = [0x5a, 0xc3, 0x0f, 0x96];

/** A frame of any size, masked for servers; `frame` of the tests takes its time over a hundred thousand octets. */
export function wireFrame(shape: FrameShape & { readonly payload: Uint8Array }, isMasked: boolean): Buffer {
  const { payload, ...rest } = shape;
  const key = isMasked ? KEY : undefined;
  const header = frame({ ...rest, key, length: rest.length ?? payload.length });
  const body = Buffer.from(payload);
  if (isMasked) for (let at = 0; at < body.length; at += 1) body[at] = body[at]! ^ KEY[at & 3]!;
  return Buffer.concat([header, body]);
}

/** The head of the first HTTP message in octets, and what is behind it. */
export function splitHead(octets: Buffer): { head: string; rest: Buffer } | undefined {
  const end = octets.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  return { head: octets.subarray(0, end + 4).toString("latin1"), rest: octets.subarray(end + 4) };
}

export function statusOf(head: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0);
}

/** Whole frames at the front; what was cut off behind them is left out. */
export function wholeFrames(octets: Buffer): SeenFrame[] {
  let end = 0;
  for (;;) {
    const length = frameLength(octets.subarray(end));
    if (length === undefined || end + length > octets.length) return readFrames(octets.subarray(0, end));
    end += length;
  }
}

function frameLength(octets: Buffer): number | undefined {
  if (octets.length < 2) return undefined;
  const form = octets[1]! & 0x7f;
  const head = (form < 126 ? 2 : form === 126 ? 4 : 10) + ((octets[1]! & 0x80) === 0 ? 0 : 4);
  if (octets.length < head) return undefined;
  if (form < 126) return head + form;
  return head + (form === 126 ? octets.readUInt16BE(2) : Number(octets.readBigUInt64BE(2)));
}

/** What was said in frames, but for pongs, of which some may be left out (RFC 6455 §5.5.3). */
export interface Said {
  readonly messages: readonly string[];
  /** The code of the Close frame, 1005 when it has none; undefined: no Close frame. */
  readonly closeCode: number | undefined;
}

/** `hasTakeover`: whether compressed messages refer to those before them. */
export function saidIn(frames: readonly SeenFrame[], hasTakeover: boolean): Said {
  const messages: string[] = [];
  let [parts, isText, isCompressed]: [Uint8Array[], boolean, boolean] = [[], false, false];
  let history = Buffer.alloc(0);
  for (const { opcode, fin, rsv, payload } of frames) {
    if (opcode === Opcode.Close)
      return { messages, closeCode: payload.length < 2 ? 1005 : payload[0]! * 256 + payload[1]! };
    if (opcode >= 8) continue;
    if (opcode !== 0) [parts, isText, isCompressed] = [[], opcode === Opcode.Text, rsv === 4];
    parts.push(payload);
    if (!fin) continue;
    const whole = Buffer.concat(parts);
    const message = isCompressed ? inflated(whole, history) : whole;
    if (hasTakeover) history = Buffer.concat([history, message]).subarray(-32_768);
    messages.push(digest(message, isText));
  }
  return { messages, closeCode: undefined };
}

/** RFC 7692 §7.2.2, with node:zlib alone. Throws for what is no deflate stream. */
export function inflated(octets: Uint8Array, history: Uint8Array): Buffer {
  return inflateRawSync(Buffer.concat([octets, Buffer.of(0, 0, 0xff, 0xff)]), {
    finishFlush: constants.Z_SYNC_FLUSH,
    ...(history.length === 0 ? {} : { dictionary: history }),
  });
}

/** A message in one line: short ones themselves, long ones by their length and hash. */
export function digest(message: string | Uint8Array, isText: boolean): string {
  const octets = typeof message === "string" ? Buffer.from(message) : Buffer.from(message);
  const what = octets.length <= 40 ? octets.toString("hex") : createHash("sha1").update(octets).digest("hex");
  return `${isText ? "text" : "binary"} ${octets.length} ${what}`;
}

/** `short` begins as `long` does. */
export function isPrefix(short: readonly string[], long: readonly string[]): boolean {
  return short.length <= long.length && short.every((one, index) => one === long[index]);
}

/** What the head of an answer agrees on, of what the plans offer. */
export function agreementIn(head: string): DeflateAgreement | undefined {
  const field = /^sec-websocket-extensions: *permessage-deflate(.*)$/im.exec(head)?.[1];
  if (field === undefined) return undefined;
  return {
    serverNoContextTakeover: field.includes("server_no_context_takeover"),
    clientNoContextTakeover: field.includes("client_no_context_takeover"),
    serverMaxWindowBits: 15,
    clientMaxWindowBits: 15,
  };
}

/**
 * Whether this is what was to be said. Failing a connection does not wait for the thread pool, so that messages which were to be
 * compressed there may be missing before the Close frame, and a Close frame of our own that waited behind them, too.
 */
export function isSaid(said: Said, wanted: Said, mayMiss: boolean): boolean {
  const isOvertaken = mayMiss && wanted.closeCode === 1000 && said.closeCode !== undefined;
  if (said.closeCode !== wanted.closeCode && !isOvertaken) return false;
  const isWhole = mayMiss || said.messages.length === wanted.messages.length;
  return isWhole && isPrefix(said.messages, wanted.messages);
}
