import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import type { FaultName } from "./faults.js";
import { BINARY, CLOSE, FrameReader, PING, PONG, TEXT } from "./frames.js";
import type { Frame } from "./frames.js";
import { onHandshake } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import { StrictSender } from "./strict-sender.js";
import type { Habits } from "./strict-sender.js";
import { isText, isValid, textEcho } from "./strict-text.js";

/** An echo server that keeps RFC 6455 §5 to §8, except for one fault; without one it is correct. */
export function strictMutant(fault?: FaultName): Mutant {
  return strictServer(fault === undefined ? "strict" : `strict-${fault}`, { fault });
}

/** What a strict server gets wrong, and what it does in its own way. */
export interface StrictTraits {
  readonly fault?: FaultName | undefined;
  readonly habits?: Habits;
  /** It is a client: it masks, takes no masked frames, and leaves the end of TCP to the server (RFC 6455 §7.1.1). */
  readonly isClient?: true;
}

/** A strict echo server under this name. */
export function strictServer(name: string, traits: StrictTraits): Mutant {
  const serve = (socket: Socket): void => {
    let isOpen = false;
    socket.on("end", () => {
      if (!isOpen) socket.end();
    });
    onHandshake(socket, { server: name }, (rest) => {
      isOpen = true;
      echoStrictly(socket, rest, traits);
    });
  };
  // It ends its own direction: what is on its way when the peer ends the other one still goes out.
  return tcpMutant(name, serve, { staysOpen: true });
}

/** Echoes on a connection that is open; `rest` came behind the request. */
export function echoStrictly(socket: Duplex, rest: Buffer, traits: StrictTraits): void {
  const echo = new StrictEcho(socket, traits);
  echo.read(rest);
  socket.on("data", (chunk: Buffer) => echo.read(chunk));
  socket.on("end", () => echo.ended());
}

class StrictEcho {
  readonly #socket: Duplex;
  readonly #fault: FaultName | undefined;
  readonly #habits: Habits;
  readonly #isClient: boolean;
  readonly #sender: StrictSender;
  readonly #reader: FrameReader;
  #opcode = 0;
  #parts: Buffer[] = [];
  #isClosed = false;
  /** It has failed the connection, and not only answered a Close frame. */
  #hasFailed = false;
  /** A Close frame has come whose answer waits, by a fault. */
  #isAfterClose = false;
  #frames = 0;
  #messages = 0;
  #fragments = 0;
  /** The frame that comes next began in an earlier read. */
  #isCut = false;
  /** A large echo that waits for a control frame, by a fault. */
  #heldEcho: Buffer | null = null;
  /** Pongs that wait, by a fault or as a habit. */
  #pongs: Buffer[] = [];
  /** Parts of a message that count as checked, by a fault. */
  #checked = 0;

  constructor(socket: Duplex, { fault, habits = {}, isClient }: StrictTraits) {
    this.#socket = socket;
    this.#isClient = isClient === true;
    this.#fault = fault;
    this.#habits = habits;
    this.#sender = new StrictSender(socket, fault, habits, this.#isClient);
    this.#reader = new FrameReader(
      (frame) => this.#receive(frame),
      () => {
        if (!this.#has("high-bit-waits")) this.#fail(1002);
      },
    );
  }

  read(chunk: Buffer): void {
    this.#isCut = this.#reader.isInsideFrame;
    this.#reader.push(chunk);
    if (this.#habits.answersLatestPing === true) this.#sendPongs(this.#pongs.slice(-1));
    if (this.#has("cut-frames-lost")) this.#reader.forget();
    if (this.#has("pong-order")) this.#sendPongs(this.#pongs.toReversed());
  }

  /** The peer has closed its direction of TCP. */
  ended(): void {
    if (this.#has("end-delivers-part") && this.#parts.length > 0)
      this.#sender.send(this.#opcode, Buffer.concat(this.#parts));
    this.#isClosed = true;
    this.#sender.end();
  }

  #has(fault: FaultName): boolean {
    return this.#fault === fault;
  }

  #receive(frame: Frame): void {
    const isCut = this.#isCut;
    this.#isCut = false;
    if (this.#isClosed) return this.#behindEnd(frame);
    if (frame.isLongForm === true) {
      if (!this.#has("long-form-skipped")) this.#fail(1002);
      return;
    }
    if (this.#has("cut-control-fails") && isCut && frame.opcode >= CLOSE) return this.#fail(1002);
    if (this.#frames++ === 0 && this.#has("first-frame-lost")) return;
    if (this.#badBits(frame) || this.#badMask(frame)) return this.#fail(1002);
    if (this.#isAfterClose && !(this.#has("ping-after-close-fails") && frame.opcode === PING)) return;
    if (this.#has("16-bit-signed") && frame.payload.length > 32_767 && frame.payload.length < 65_536)
      return this.#fail(1002);
    if (this.#has("tail-not-unmasked")) maskTail(frame);
    if (frame.opcode >= CLOSE) this.#control(frame);
    else this.#data(frame);
  }

  /** What comes behind the end of the connection is thrown away, except by a fault. */
  #behindEnd({ opcode, rsv, payload }: Frame): void {
    const isData = opcode === TEXT || opcode === BINARY;
    if (this.#hasFailed) {
      if (this.#has("goes-on-after-failing") && isData) this.#sender.send(opcode, payload);
      if (this.#has("pongs-after-failing") && opcode === PING) this.#sender.send(PONG, payload);
      if (this.#has("fails-twice") && (rsv !== 0 || opcode > PONG || (opcode > BINARY && opcode < CLOSE)))
        this.#sender.send(CLOSE, Buffer.from([0x03, 0xea]));
      if (this.#has("close-after-failing-answered") && opcode === CLOSE) this.#sender.send(CLOSE, payload);
    } else {
      if (this.#has("reads-behind-close") && isData) this.#sender.send(opcode, payload);
      if (this.#has("second-close-answered") && opcode === CLOSE) this.#sender.send(CLOSE, payload);
    }
  }

  #badBits({ rsv, opcode }: Frame): boolean {
    if (this.#has("rsv-of-control-ignored") && opcode >= CLOSE) return false;
    if (this.#has("rsv-of-continuation-ignored") && opcode === 0) return false;
    if (this.#has("rsv-of-data-ignored") && (opcode === TEXT || opcode === BINARY)) return false;
    const ignored = { "rsv1-ignored": 4, "rsv2-ignored": 2, "rsv3-ignored": 1 };
    return (rsv & ~(ignored[this.#fault as keyof typeof ignored] ?? 0)) !== 0;
  }

  #badMask({ key, opcode }: Frame): boolean {
    if (this.#isClient) return key !== null && !this.#isMaskOverlooked(opcode);
    if (key !== null) return this.#has("zero-key-refused") && key.every((octet) => octet === 0);
    return !this.#isMaskOverlooked(opcode);
  }

  /** A frame is masked, or not, and should not be so. */
  #isMaskOverlooked(opcode: number): boolean {
    if (this.#has("mask-of-first-only")) return this.#frames !== 1;
    return this.#has("unmasked-accepted") || (this.#has("unmasked-control-accepted") && opcode >= CLOSE);
  }

  #skipsReserved(frame: Frame): boolean {
    if (this.#has("reserved-inside-skipped") && this.#opcode !== 0) return true;
    if (this.#has("reserved-fragment-skipped") && !frame.fin) return true;
    if (this.#has("reserved-long-skipped") && frame.payload.length > 125) return true;
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
    const isLongTaken = this.#has("long-pong-taken") && frame.opcode === PONG;
    if ((frame.payload.length > 125 && !isLongTaken) || (!frame.fin && !isFragmentTaken))
      return this.#fail(1002);
    if (this.#has("control-resets-utf8") && this.#opcode === TEXT) this.#checked = this.#parts.length;
    if (frame.opcode === CLOSE) this.#close(frame.payload);
    else if (frame.opcode === PING) this.#ping(frame.payload);
    else if (this.#has("pong-unasked-fails")) this.#fail(1002);
  }

  #close(payload: Buffer): void {
    if (this.#has("close-unanswered")) return;
    if (this.#has("close-waits-for-message") && this.#opcode !== 0) return;
    if (this.#has("close-delivers-part") && this.#opcode !== 0)
      this.#sender.send(this.#opcode, Buffer.concat(this.#parts));
    if (this.#has("ping-after-close-fails") || this.#has("bad-frame-after-close-fails")) {
      // Answers in the next turn, unless such a frame has come until then.
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
    const code = payload.length >= 2 ? payload.readUInt16BE(0) : null;
    if (payload.length === 1) return this.#fail(1002);
    if (code !== null && !this.#isCode(code)) {
      if (!this.#has("undefined-codes-unanswered")) this.#fail(1002);
      return;
    }
    if (!this.#isReason(payload.subarray(2))) return this.#fail(1007);
    this.#sender.send(CLOSE, code === null ? this.#answerToEmpty() : payload.subarray(0, 2));
    this.#sendHeldEcho();
    this.#end();
  }

  #answerToEmpty(): Buffer {
    if (this.#has("empty-close-1005")) return Buffer.from([0x03, 0xed]);
    return this.#has("close-fragment-answered") ? Buffer.from([0x03, 0xe8]) : Buffer.alloc(0);
  }

  #isCode(code: number): boolean {
    if (this.#has("application-codes-refused") && code >= 3000) return false;
    if (this.#has("codes-but-1000-refused")) return code === 1000;
    return isCode(code) || (this.#has("code-1015-taken") && code === 1015);
  }

  #isReason(reason: Buffer): boolean {
    if (this.#has("reason-unchecked")) return true;
    if (this.#has("reason-printable-only")) return reason.every((octet) => octet >= 0x20 && octet < 0x7f);
    return isValid(reason);
  }

  /** The echo goes out behind the Close frame, by a fault. */
  #sendHeldEcho(): void {
    if (this.#heldEcho !== null) this.#sender.send(BINARY, this.#heldEcho);
    this.#heldEcho = null;
  }

  #ping(payload: Buffer): void {
    if (this.#isAfterClose && this.#has("ping-after-close-fails")) return this.#destroy();
    if (
      this.#habits.answersLatestPing === true ||
      this.#has("pong-order") ||
      (this.#has("pong-late") && this.#opcode !== 0)
    ) {
      this.#pongs.push(payload);
    } else {
      this.#sendPongs([payload]);
      this.#sendHeldEcho();
    }
  }

  #sendPongs(payloads: readonly Buffer[]): void {
    this.#pongs = [];
    for (const payload of payloads) {
      if (this.#has("pong-cut")) this.#sender.send(PONG, payload.subarray(0, 64));
      else if (this.#has("pong-as-text")) this.#sender.send(PONG, Buffer.from(payload.toString("utf8")));
      else this.#sender.send(PONG, payload);
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
    if (this.#has("text-interleaves") && frame.opcode === TEXT) this.#sender.send(TEXT, frame.payload);
    else this.#fail(1002);
    return false;
  }

  #collect(frame: Frame): void {
    const { payload } = frame;
    if (!frame.fin || frame.opcode === 0) this.#fragments++;
    if (this.#has("fragments-counted-on") && this.#fragments > 16_384) return this.#fail(1009);
    const isText = this.#opcode === TEXT || this.#has("binary-checked");
    if (!(this.#has("fragments-limited") && this.#parts.length >= 100)) this.#parts.push(payload);
    if (isText && this.#has("utf8-each-fragment") && !isValid(payload)) return this.#fail(1007);
    const endsHere = this.#has("empty-fragments-end") && frame.opcode === 0 && payload.length === 0;
    if (frame.fin || endsHere) this.#deliver(isText);
  }

  #deliver(mustBeText: boolean): void {
    let message = Buffer.concat(this.#parts);
    const checked = this.#checked === 0 ? message : Buffer.concat(this.#parts.slice(this.#checked));
    const isFragmented = this.#parts.length > 1;
    const opcode = this.#opcode;
    this.#parts = [];
    this.#checked = 0;
    this.#opcode = 0;
    if (mustBeText && !isText(checked, this.#messages, this.#fault)) return this.#fail(1007);
    if (message.length > (this.#habits.messageLimit ?? Infinity)) return this.#fail(1009);
    this.#messages++;
    if (this.#has("messages-16-bit") && this.#messages > 65_535) return this.#fail(1009);
    if (this.#has("buffer-4096")) message = message.subarray(0, 4096);
    if (this.#has("long-less-one") && message.length >= 125) message = message.subarray(0, -1);
    if (this.#has("close-overtakes") && message.length >= 1024 * 1024) {
      this.#heldEcho = message;
      return;
    }
    this.#sender.send(
      isFragmented && this.#has("binary-fragments-as-text") ? TEXT : opcode,
      opcode === TEXT ? textEcho(message, this.#fault) : message,
    );
    if (this.#habits.answersLatestPing !== true) this.#sendPongs(this.#pongs);
  }

  #fail(code: number): void {
    if (this.#isClosed) return;
    if (this.#isAfterClose && this.#has("bad-frame-after-close-fails")) return this.#destroy();
    const sent = this.#has("fails-with-1000") ? 1000 : code;
    this.#hasFailed = true;
    this.#sender.send(CLOSE, Buffer.from([sent >> 8, sent & 0xff]));
    this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    if (this.#isClient || this.#has("tcp-left-open")) return;
    // By a fault frames of the same read are still answered.
    if (this.#isDeaf) this.#sender.end();
    else setImmediate(() => this.#sender.end());
  }

  /** Nothing is answered behind the end of the connection. */
  get #isDeaf(): boolean {
    return this.#fault === undefined || !ANSWERING.has(this.#fault);
  }

  #destroy(): void {
    this.#isClosed = true;
    this.#socket.destroy();
  }
}

/** Faults with which frames behind the end of the connection are answered. */
const ANSWERING: ReadonlySet<FaultName> = new Set<FaultName>([
  "goes-on-after-failing",
  "pongs-after-failing",
  "fails-twice",
  "close-after-failing-answered",
  "reads-behind-close",
  "second-close-answered",
]);

/** Masks again what stands behind the last whole word of eight octets. */
function maskTail({ key, payload }: Frame): void {
  const start = payload.length - (payload.length % 8);
  if (key === null) return;
  for (let at = start; at < payload.length; at++) payload[at]! ^= key[at & 3]!;
}

function isCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
    (code >= 3000 && code < 5000)
  );
}
