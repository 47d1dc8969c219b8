import type { Socket } from "node:net";

import type { FaultName } from "./faults.js";
import { BINARY, CLOSE, FrameReader, PING, PONG, TEXT, encodeFrame } from "./frames.js";
import type { Frame } from "./frames.js";
import { onHandshake } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";

/** An echo server that keeps RFC 6455 §5 to §8, except for one fault; without one it is correct. */
export function strictMutant(fault?: FaultName): Mutant {
  const name = fault === undefined ? "strict" : `strict-${fault}`;
  const serve = (socket: Socket): void => {
    onHandshake(socket, { server: name }, (rest) => echoStrictly(socket, rest, fault));
  };
  return tcpMutant(name, serve);
}

/** Echoes on a connection that is open; `rest` came behind the request. */
export function echoStrictly(socket: Socket, rest: Buffer, fault?: FaultName): void {
  const echo = new StrictEcho(socket, fault);
  echo.read(rest);
  socket.on("data", (chunk: Buffer) => echo.read(chunk));
}

class StrictEcho {
  readonly #socket: Socket;
  readonly #fault: FaultName | undefined;
  readonly #reader: FrameReader;
  #opcode = 0;
  #parts: Buffer[] = [];
  #isClosed = false;
  /** A Close frame has come whose answer waits, by a fault. */
  #isAfterClose = false;
  #frames = 0;
  #messages = 0;
  /** Pongs that wait, by a fault. */
  #pongs: Buffer[] = [];

  constructor(socket: Socket, fault: FaultName | undefined) {
    this.#socket = socket;
    this.#fault = fault;
    this.#reader = new FrameReader(
      (frame) => this.#receive(frame),
      () => {
        if (!this.#has("high-bit-waits")) this.#fail(1002);
      },
    );
  }

  read(chunk: Buffer): void {
    this.#reader.push(chunk);
    if (this.#has("cut-frames-lost")) this.#reader.forget();
    if (this.#has("pong-order")) this.#sendPongs(this.#pongs.toReversed());
  }

  #has(fault: FaultName): boolean {
    return this.#fault === fault;
  }

  #receive(frame: Frame): void {
    if (this.#isClosed) return;
    if (this.#frames++ === 0 && this.#has("first-frame-lost")) return;
    if (this.#badBits(frame) || this.#badMask(frame)) return this.#fail(1002);
    if (this.#has("16-bit-signed") && frame.payload.length > 32_767 && frame.payload.length < 65_536)
      return this.#fail(1002);
    if (this.#has("tail-not-unmasked")) maskTail(frame);
    if (frame.opcode >= CLOSE) this.#control(frame);
    else this.#data(frame);
  }

  #badBits({ rsv, opcode }: Frame): boolean {
    if (this.#has("rsv-of-control-ignored") && opcode >= CLOSE) return false;
    if (this.#has("rsv-of-continuation-ignored") && opcode === 0) return false;
    if (this.#has("rsv-of-data-ignored") && (opcode === TEXT || opcode === BINARY)) return false;
    const ignored = { "rsv1-ignored": 4, "rsv2-ignored": 2, "rsv3-ignored": 1 };
    return (rsv & ~(ignored[this.#fault as keyof typeof ignored] ?? 0)) !== 0;
  }

  #badMask({ key, opcode }: Frame): boolean {
    if (key !== null) return this.#has("zero-key-refused") && key.every((octet) => octet === 0);
    if (this.#has("mask-of-first-only")) return this.#frames === 1;
    return !(this.#has("unmasked-accepted") || (this.#has("unmasked-control-accepted") && opcode >= CLOSE));
  }

  #skipsReserved(frame: Frame): boolean {
    if (this.#has("reserved-inside-skipped") && this.#opcode !== 0) return true;
    if (this.#has("reserved-fragment-skipped") && !frame.fin) return true;
    return this.#has(frame.opcode > 7 ? "reserved-control-skipped" : "reserved-data-skipped");
  }

  #control(frame: Frame): void {
    if (frame.opcode > PONG) {
      if (!this.#skipsReserved(frame)) this.#fail(1002);
      return;
    }
    const isFragmentTaken =
      (this.#has("close-fragment-answered") && frame.opcode === CLOSE) ||
      (this.#has("empty-ping-fragment-answered") && frame.opcode === PING && frame.payload.length === 0);
    if (frame.payload.length > 125 || (!frame.fin && !isFragmentTaken)) return this.#fail(1002);
    if (frame.opcode === CLOSE) this.#close(frame.payload);
    else if (frame.opcode === PING) this.#ping(frame.payload);
    else if (this.#has("pong-unasked-fails")) this.#fail(1002);
  }

  #close(payload: Buffer): void {
    if (this.#has("close-waits-for-message") && this.#opcode !== 0) return;
    if (this.#has("close-delivers-part") && this.#opcode !== 0)
      this.#send(this.#opcode, Buffer.concat(this.#parts));
    if (this.#has("ping-after-close-fails")) {
      // Answers in the next turn, unless a Ping has come until then.
      setImmediate(() => {
        if (this.#isClosed) return;
        this.#finish(payload);
      });
      this.#isAfterClose = true;
      return;
    }
    this.#finish(payload);
  }

  #finish(payload: Buffer): void {
    if (payload.length === 1 || (payload.length >= 2 && !isCode(payload.readUInt16BE(0))))
      return this.#fail(1002);
    if (!isValid(payload.subarray(2))) return this.#fail(1007);
    this.#send(CLOSE, payload.subarray(0, 2));
    this.#end();
  }

  #ping(payload: Buffer): void {
    if (this.#isAfterClose) {
      this.#isClosed = true;
      this.#socket.destroy();
      return;
    }
    if (this.#has("pong-order") || (this.#has("pong-late") && this.#opcode !== 0)) {
      this.#pongs.push(payload);
    } else this.#sendPongs([payload]);
  }

  #sendPongs(payloads: readonly Buffer[]): void {
    this.#pongs = [];
    for (const payload of payloads) {
      if (this.#has("pong-cut")) this.#send(PONG, payload.subarray(0, 64));
      else if (this.#has("pong-as-text")) this.#send(PONG, Buffer.from(payload.toString("utf8")));
      else this.#send(PONG, payload);
    }
  }

  #data(frame: Frame): void {
    if (frame.opcode > BINARY) {
      if (!this.#skipsReserved(frame)) this.#fail(1002);
      return;
    }
    if (frame.opcode === 0 && this.#opcode === 0) {
      const isSkipped = this.#has(frame.fin ? "stray-continuation-skipped" : "stray-fragment-skipped");
      if (!isSkipped) this.#fail(1002);
      return;
    }
    if (frame.opcode !== 0 && this.#opcode !== 0 && !this.#interleaves(frame)) return;
    if (frame.opcode !== 0) this.#opcode = frame.opcode;
    this.#collect(frame);
  }

  /** A message inside another one: false if that was the end of it. */
  #interleaves(frame: Frame): boolean {
    if (this.#has("binary-interleaves") && frame.opcode === BINARY) {
      this.#parts = [];
      return true;
    }
    if (this.#has("text-interleaves") && frame.opcode === TEXT) this.#send(TEXT, frame.payload);
    else this.#fail(1002);
    return false;
  }

  #collect(frame: Frame): void {
    const { payload } = frame;
    const isText = this.#opcode === TEXT || this.#has("binary-checked");
    if (!(this.#has("fragments-limited") && this.#parts.length >= 100)) this.#parts.push(payload);
    if (isText && this.#has("utf8-each-fragment") && !isValid(payload)) return this.#fail(1007);
    const endsHere = this.#has("empty-fragments-end") && frame.opcode === 0 && payload.length === 0;
    if (!frame.fin && !endsHere) return;
    let message = Buffer.concat(this.#parts);
    const isFragmented = this.#parts.length > 1;
    const opcode = this.#opcode;
    this.#parts = [];
    this.#opcode = 0;
    if (isText && !this.#isText(message)) return this.#fail(1007);
    this.#messages++;
    if (this.#has("buffer-4096")) message = message.subarray(0, 4096);
    if (this.#has("long-less-one") && message.length >= 125) message = message.subarray(0, -1);
    this.#send(
      isFragmented && this.#has("binary-fragments-as-text") ? TEXT : opcode,
      this.#echoOf(opcode, message),
    );
    this.#sendPongs(this.#pongs);
  }

  #echoOf(opcode: number, message: Buffer): Buffer {
    if (opcode !== TEXT) return message;
    if (this.#has("text-as-latin1")) return Buffer.from(message.toString("latin1"), "utf8");
    if (this.#has("controls-removed")) return message.filter((octet) => octet !== 0x7f) as Buffer;
    if (this.#has("bom-removed") && message[0] === 0xef) return message.subarray(3);
    const nul = this.#has("nul-ends-text") ? message.indexOf(0) : -1;
    return nul < 0 ? message : message.subarray(0, nul);
  }

  #isText(message: Buffer): boolean {
    switch (this.#fault) {
      case "utf8-first-64":
        return isValid(withoutCutEnd(message.subarray(0, 64)));
      case "utf8-last-64":
        return isValid(withoutCutStart(message.subarray(-64)));
      case "utf8-whole-blocks":
        return isValid(withoutCutEnd(message.subarray(0, message.length - (message.length % 128))));
      case "utf8-open-end":
        return isValid(withoutCutEnd(message));
      case "utf8-first-message":
        return this.#messages > 0 || isValid(message);
      case "utf8-noncharacters":
        return isValid(message) && !/[\ufffe\uffff]/.test(message.toString("utf8"));
      default:
        return isValid(message, SPARED[this.#fault as keyof typeof SPARED]);
    }
  }

  #fail(code: number): void {
    if (this.#isClosed) return;
    this.#send(CLOSE, Buffer.from([code >> 8, code & 0xff]));
    this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    this.#socket.end();
  }

  #send(opcode: number, payload: Buffer): void {
    if (this.#socket.writable) this.#socket.write(encodeFrame(opcode, payload));
  }
}

/** What a fault takes for valid, as octets of latin1. */
const SPARED = {
  "utf8-surrogates": /\xed[\xa0-\xbf][\x80-\xbf]/g,
  "utf8-overlong": /[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]/g,
  "utf8-above": /\xf4[\x90-\xbf][\x80-\xbf]{2}/g,
  "utf8-continuations": /(?<![\x80-\xff])[\x80-\xbf]/g,
} as const;

const decoder = new TextDecoder("utf-8", { fatal: true });

function isValid(octets: Buffer, spared?: RegExp): boolean {
  const checked =
    spared === undefined ? octets : Buffer.from(octets.toString("latin1").replace(spared, ""), "latin1");
  try {
    decoder.decode(checked);
    return true;
  } catch {
    return false;
  }
}

/** Masks again what stands behind the last whole word of eight octets. */
function maskTail({ key, payload }: Frame): void {
  const start = payload.length - (payload.length % 8);
  if (key === null) return;
  for (let at = start; at < payload.length; at++) payload[at]! ^= key[at & 3]!;
}

/** Less a sequence at its end that is not complete. */
function withoutCutEnd(octets: Buffer): Buffer {
  const text = octets.toString("latin1");
  return octets.subarray(
    0,
    octets.length -
      (/(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})$/.exec(text)?.[0].length ?? 0),
  );
}

/** Less continuation octets at its beginning, whose first octet is not there. */
function withoutCutStart(octets: Buffer): Buffer {
  const start = octets.findIndex((octet) => (octet & 0xc0) !== 0x80);
  return octets.length < 64 ? octets : octets.subarray(Math.max(start, 0));
}

function isCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
    (code >= 3000 && code < 5000)
  );
}
