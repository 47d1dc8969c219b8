import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";

import type { FaultName } from "./faults.js";
import { CLOSE, TEXT, encodeFrame } from "./frames.js";

/** What a correct server may do in its own way. */
export interface Habits {
  /** Close frames without a code (RFC 6455 §5.5.1). */
  readonly sendsNoCode?: true;
  /** A Pong for the latest Ping of each read, behind the echoes (§5.5.3). */
  readonly answersLatestPing?: true;
  /** Everything goes out so many milliseconds later. */
  readonly delayMs?: number;
  /** Echoes in three fragments (§5.4). */
  readonly fragments?: true;
  /** Each octet of a short frame is a write of its own. */
  readonly writesOctets?: true;
  /** Longer messages are refused with 1009 (§10.4). */
  readonly messageLimit?: number;
}

/** Frames up to this size are written octet by octet. */
const SHORT_OCTETS = 1024;
/** Frames from this size on are written in halves, by a fault. */
const LARGE_OCTETS = 4 * 1024 * 1024;
const FIN = 0x80;
const RSV2 = 0x20;
const RESERVED = 3;

/** What a strict server sends: frames, in its own way or with a fault. */
export class StrictSender {
  readonly #socket: Duplex;
  readonly #fault: FaultName | undefined;
  readonly #habits: Habits;
  readonly #isClient: boolean;
  /** The second half of a frame that was begun, by a fault. */
  #half: Buffer | null = null;
  /** Writes that wait for their time. */
  #waiting: Buffer[] = [];
  #hasEnded = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(socket: Duplex, fault: FaultName | undefined, habits: Habits, isClient = false) {
    this.#socket = socket;
    this.#isClient = isClient;
    this.#fault = fault;
    this.#habits = habits;
    socket.once("close", () => clearTimeout(this.#timer ?? undefined));
  }

  send(opcode: number, payload: Buffer): void {
    if (this.#hasEnded) return;
    const isControl = opcode >= CLOSE;
    const intoFrame = opcode === CLOSE ? "close-into-frame" : "pong-into-frame";
    const isInto = isControl && this.#fault === intoFrame;
    if (!isInto) this.#finishFrame();
    for (const frame of this.#framesOf(opcode, payload)) this.#write(frame);
    if (isInto) this.#finishFrame();
  }

  end(): void {
    if (this.#hasEnded) return;
    this.#finishFrame();
    this.#hasEnded = true;
    if (this.#timer === null) this.#socket.end();
  }

  #finishFrame(): void {
    if (this.#half !== null) this.#write(this.#half);
    this.#half = null;
  }

  #framesOf(opcode: number, payload: Buffer): readonly Buffer[] {
    if (opcode === CLOSE) return [this.#closeOf(payload)];
    if (opcode > CLOSE) return [this.#form(this.#encode(opcode, payload))];
    const { fragments } = this.#habits;
    if (fragments === true && payload.length > 2) return this.#thirds(opcode, payload);
    switch (this.#fault) {
      case "sends-rsv":
        return [withFirst(this.#encode(opcode, payload), (first) => first | RSV2)];
      case "sends-reserved-opcode":
        return [this.#encode(RESERVED, payload), this.#encode(opcode, payload)];
      case "sends-bad-sequence":
        return [
          withFirst(this.#encode(opcode, payload), (first) => first & ~FIN),
          this.#encode(opcode, payload),
        ];
      case "sends-cut-text": {
        const isCut = opcode === TEXT && (payload.at(-1) ?? 0) >= 0x80;
        return [this.#encode(opcode, isCut ? payload.subarray(0, -1) : payload)];
      }
      case "pong-into-frame":
      case "close-into-frame":
        return this.#halves(this.#encode(opcode, payload));
      default:
        return [this.#form(this.#encode(opcode, payload))];
    }
  }

  #closeOf(payload: Buffer): Buffer {
    if (this.#habits.sendsNoCode === true) return this.#encode(CLOSE, Buffer.alloc(0));
    if (this.#fault === "sends-code-1005") return this.#encode(CLOSE, Buffer.from([0x03, 0xed]));
    return this.#form(this.#encode(CLOSE, payload));
  }

  /** A client masks what it sends, a server does not; by a fault it is the other way round. */
  #encode(opcode: number, payload: Uint8Array): Buffer {
    if (this.#isClient) {
      return encodeFrame(opcode, payload, this.#fault !== "sends-masked" && randomBytes(4));
    }
    return encodeFrame(opcode, payload, this.#fault === "sends-masked");
  }

  /** A message in three fragments. */
  #thirds(opcode: number, payload: Buffer): readonly Buffer[] {
    const size = Math.ceil(payload.length / 3);
    return [0, 1, 2].map((index) => {
      const part = payload.subarray(index * size, (index + 1) * size);
      const frame = this.#encode(index === 0 ? opcode : 0, part);
      return index === 2 ? frame : withFirst(frame, (first) => first & ~FIN);
    });
  }

  /** A short length in 16 bits, by a fault. */
  #form(frame: Buffer): Buffer {
    const [first = 0, second = 0] = frame;
    const length = second & 0x7f;
    if (this.#fault !== "sends-long-form" || length > 125 || length === 0) return frame;
    return Buffer.concat([Buffer.from([first, (second & 0x80) | 126, 0, length]), frame.subarray(2)]);
  }

  /** The second half of a large frame waits for the next frame. */
  #halves(frame: Buffer): readonly Buffer[] {
    if (frame.length < LARGE_OCTETS) return [frame];
    this.#half = frame.subarray(frame.length / 2);
    return [frame.subarray(0, frame.length / 2)];
  }

  #write(octets: Buffer): void {
    const { delayMs } = this.#habits;
    if (delayMs === undefined) return this.#writeNow(octets);
    this.#waiting.push(octets);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const one of waiting) this.#writeNow(one);
      if (this.#hasEnded) this.#socket.end();
    }, delayMs);
  }

  #writeNow(octets: Buffer): void {
    if (!this.#socket.writable) return;
    if (this.#habits.writesOctets !== true || octets.length > SHORT_OCTETS) {
      this.#socket.write(octets);
    } else {
      for (const octet of octets) this.#socket.write(Buffer.of(octet));
    }
  }
}

function withFirst(frame: Buffer, change: (first: number) => number): Buffer {
  frame[0] = change(frame[0] ?? 0);
  return frame;
}
