import { Opcode } from "../case/opcode.js";
import { encodeFrame } from "../wire/frame.js";

/** A command that a client gives to the tester, on a connection that plays no case. */
export type Command =
  | { readonly do: "send"; readonly frames: readonly CommandedFrame[] }
  | { readonly do: "close"; readonly code: number | undefined; readonly reason: string };

/** A frame that is ready to go out. */
export interface CommandedFrame {
  readonly octets: Uint8Array;
  /** Octets in each write. */
  readonly chop?: number;
  readonly sync: boolean;
}

/** Limits for what one command may make us send, over all its frames. */
const MAX_FRAMES = 1000;
const MAX_OCTETS = 16 * 1024 * 1024;
const MAX_PIECES = 65_536;

/**
 * Reads a command, the JSON of `[name, arguments]`: `sendframe`, `sendframes`, `close` and `echo`. If it is not a
 * command, returns a sentence without a full stop that says what is wrong.
 */
export function readCommand(text: string): Command | string {
  const parsed = parseJson(text);
  if (!Array.isArray(parsed) || parsed.length !== 2) return "a command must be the JSON of [name, arguments]";
  const [name, given] = parsed as readonly unknown[];
  try {
    if (name === "sendframe") return send([fieldsOf(given)]);
    if (name === "sendframes") return send(listOf(given).map(fieldsOf));
    if (name === "echo") return send([{ ...payloadFields(fieldsOf(given)), opcode: Opcode.text }]);
    if (name === "close") return closeOf(fieldsOf(given));
  } catch (error) {
    if (error instanceof CommandError) return error.message;
    throw error;
  }
  return "the commands are sendframe, sendframes, close and echo";
}

class CommandError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

function send(given: readonly Fields[]): Command {
  let octetsLeft = MAX_OCTETS;
  let piecesLeft = MAX_PIECES;
  const frames: CommandedFrame[] = [];
  for (const fields of given) {
    const frame = frameOf(fields, octetsLeft);
    octetsLeft -= frame.octets.length;
    piecesLeft -= Math.ceil(frame.octets.length / (frame.chop ?? Infinity));
    if (piecesLeft < 0) throw new CommandError(`a command may make at most ${MAX_PIECES} pieces`);
    frames.push(frame);
  }
  return { do: "send", frames };
}

function frameOf(fields: Fields, maxOctets: number): CommandedFrame {
  const payload = payloadOf(fields, maxOctets);
  const octets = encodeFrame(
    {
      opcode: number(fields, "opcode", 15),
      fin: flag(fields, "fin", true),
      rsv: number(fields, "rsv", 7, 0),
      length: payload.length,
      maskingKey: maskOf(fields["mask"]),
    },
    payload,
  );
  const chop = number(fields, "chopsize", MAX_OCTETS, 0);
  return { octets, sync: flag(fields, "sync", false), ...(chop === 0 ? {} : { chop }) };
}

/** With `payload_len`, the payload is a pattern that is repeated to that length. */
function payloadOf(fields: Fields, maxOctets: number): Uint8Array {
  const { payload = "" } = fields;
  if (typeof payload !== "string") throw new CommandError("payload must be a string");
  const pattern = Buffer.from(payload, "utf8");
  const length = number(fields, "payload_len", MAX_OCTETS, pattern.length);
  if (length > maxOctets) throw new CommandError(`a command may send at most ${MAX_OCTETS} octets`);
  if (length > 0 && pattern.length === 0) throw new CommandError("payload_len needs a payload to repeat");
  return length === pattern.length ? pattern : Buffer.alloc(length, pattern);
}

function payloadFields({ payload, payload_len: length }: Fields): Fields {
  return { payload, payload_len: length };
}

function closeOf(fields: Fields): Command {
  const { code, reason = "" } = fields;
  if (reason !== null && typeof reason !== "string") throw new CommandError("reason must be a string");
  const hasCode = code !== undefined && code !== null;
  return { do: "close", code: hasCode ? number(fields, "code", 65_535) : undefined, reason: reason ?? "" };
}

/** Four octets, one character each. */
function maskOf(mask: unknown): Uint8Array | null {
  if (mask === undefined || mask === null) return null;
  const key = typeof mask === "string" ? Buffer.from(mask, "latin1") : Buffer.alloc(0);
  if (key.length !== 4) throw new CommandError("mask must be a string of four characters");
  return key;
}

function number(fields: Fields, name: string, max: number, fallback?: number): number {
  const value = fields[name] ?? fallback;
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max) return value;
  throw new CommandError(`${name} must be a whole number from 0 to ${max}`);
}

function flag(fields: Fields, name: string, fallback: boolean): boolean {
  const value = fields[name] ?? fallback;
  if (typeof value === "boolean") return value;
  throw new CommandError(`${name} must be true or false`);
}

function fieldsOf(given: unknown): Fields {
  if (typeof given === "object" && given !== null && !Array.isArray(given)) return given as Fields;
  throw new CommandError("the arguments of a command must be an object");
}

function listOf(given: unknown): readonly unknown[] {
  if (!Array.isArray(given)) throw new CommandError("sendframes takes a list of frames");
  if (given.length > MAX_FRAMES) throw new CommandError(`sendframes takes at most ${MAX_FRAMES} frames`);
  return given;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
