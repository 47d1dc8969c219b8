import type { Http2Frame, Http2Setting } from "./http2-script.js";
import { octets, type Payload } from "./payload.js";

/** Frames of HTTP/2 for scripts (RFC 9113 §6). Codes and settings are numbers, as cases send any. */

/** Error codes that cases send (RFC 9113 §7). */
export const NO_ERROR = 0x0;
export const CANCEL = 0x8;

/** SETTINGS_INITIAL_WINDOW_SIZE (RFC 9113 §6.5.2). */
export const INITIAL_WINDOW_SIZE = 0x4;

export function resetStream(code: number): Http2Frame {
  return { type: 0x3, on: "stream", payload: numbers(code) };
}

/** SETTINGS in the middle of a connection. */
export function settingsFrame(...settings: readonly Http2Setting[]): Http2Frame {
  const payload = settings.flatMap(([id, value]) => [id >>> 8, id & 0xff, ...octetsOf(value)]);
  return { type: 0x4, on: "connection", payload: octets(Uint8Array.from(payload)) };
}

/** A PING of HTTP/2, with eight octets. */
export function http2Ping(text: string): Http2Frame {
  return { type: 0x6, on: "connection", payload: octets(text) };
}

/** The tester opens no stream of the peer's, so that the last one is 0. */
export function goaway(code: number): Http2Frame {
  return { type: 0x7, on: "connection", payload: numbers(0, code) };
}

export function windowUpdate(on: Http2Frame["on"], room: number): Http2Frame {
  return { type: 0x8, on, payload: numbers(room) };
}

/** PRIORITY: depends on the whole connection, with the usual weight (RFC 9113 §6.3). */
export function priority(on: Http2Frame["on"]): Http2Frame {
  return { type: 0x2, on, payload: octets(Uint8Array.of(0, 0, 0, 0, 15)) };
}

/** A frame of a type that RFC 9113 does not have, with flags that mean nothing. */
export function unknownFrame(on: Http2Frame["on"]): Http2Frame {
  return { type: 0xbb, flags: 0xff, on, payload: octets("unknown") };
}

function numbers(...values: readonly number[]): Payload {
  return octets(Uint8Array.from(values.flatMap(octetsOf)));
}

function octetsOf(value: number): readonly number[] {
  return [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
}
