import type { Socket } from "node:net";

import { BINARY, CLOSE, PING, PONG } from "../mutants/frames.js";
import { Deflater } from "./deflater.js";
import { HEADROOM, withHeader } from "./frame-header.js";
import { FrameReader } from "./frame-reader.js";
import type { FrameHeader } from "./frame-reader.js";
import { MessageBuffer } from "./message-buffer.js";

/** A message, compressed or not, may have so many octets. */
const LIMIT_OCTETS = 64 * 1024 * 1024;

const FIN = 0x80;
const RSV1 = 0x40;
const CONTROL = 8;
const CONTROL_LIMIT_OCTETS = 125;

const PROTOCOL_ERROR = 1002;
const INVALID_PAYLOAD = 1007;
const TOO_BIG = 1009;

/** One connection after its opening handshake. */
export class LeanEcho {
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #message: MessageBuffer = new MessageBuffer();
  readonly #deflater: Deflater | null;
  /** Payload of the control frame that is being read, with room for the header of its answer. */
  #control: Buffer = Buffer.alloc(0);
  #controlLength = 0;
  /** FIN, RSV1 and opcode of the message that is being read, as its echo has them; 0 between messages. */
  #first = 0;
  #header: FrameHeader | null = null;
  /** What has been read from TCP and not looked at, because the peer does not read its echoes. */
  #rest: Uint8Array | null = null;
  #isBlocked = false;
  #isOver = false;

  /** `extension`: what the handshake has agreed on. */
  constructor(socket: Socket, extension: string | undefined) {
    this.#socket = socket;
    this.#deflater = extension === undefined ? null : new Deflater(extension, LIMIT_OCTETS);
    this.#reader = new FrameReader({
      onHeader: (header) => this.#begin(header),
      place: (length) => this.#place(length),
      onEnd: () => this.#end(),
    });
  }

  /** `rest`: octets that came with the handshake. */
  start(rest: Uint8Array): void {
    const socket = this.#socket;
    socket.once("close", () => this.#deflater?.close());
    socket.on("drain", () => this.#unblock());
    socket.on("data", (chunk: Buffer) => this.#read(chunk));
    this.#read(rest);
  }

  #read(chunk: Uint8Array): void {
    // Read even when it is over: ending a socket with octets left unread resets TCP.
    if (this.#isOver) return;
    const taken = this.#reader.push(chunk);
    if (!this.#isBlocked || this.#isOver) return;
    this.#rest = chunk.subarray(taken);
    this.#socket.pause();
  }

  /** The peer has read its echoes. */
  #unblock(): void {
    const rest = this.#rest;
    this.#isBlocked = false;
    this.#rest = null;
    if (rest === null) return;
    this.#read(rest);
    if (!this.#isBlocked) this.#socket.resume();
  }

  #begin(header: FrameHeader): boolean {
    const { opcode, length } = header;
    this.#header = header;
    if (!header.isMasked) return this.#fail(PROTOCOL_ERROR);
    return opcode >= CONTROL ? this.#beginControl(header) : this.#beginData(header, length);
  }

  #beginControl({ fin, rsv, opcode, length }: FrameHeader): boolean {
    const isKnown = opcode === CLOSE || opcode === PING || opcode === PONG;
    const isCloseWithHalfACode = opcode === CLOSE && length === 1;
    if (!isKnown || !fin || rsv !== 0 || length > CONTROL_LIMIT_OCTETS || isCloseWithHalfACode) {
      return this.#fail(PROTOCOL_ERROR);
    }
    this.#control = Buffer.allocUnsafe(HEADROOM + length);
    this.#controlLength = 0;
    return true;
  }

  #beginData({ opcode, rsv }: FrameHeader, length: number): boolean {
    const isFirst = this.#first === 0;
    const mayBeCompressed = isFirst && this.#deflater !== null;
    if (opcode > BINARY || isFirst !== opcode > 0 || (rsv !== 0 && !(rsv === 4 && mayBeCompressed))) {
      return this.#fail(PROTOCOL_ERROR);
    }
    if (this.#message.length + length > LIMIT_OCTETS) return this.#fail(TOO_BIG);
    if (isFirst) this.#first = FIN | (rsv << 4) | opcode;
    this.#message.expect(length);
    return true;
  }

  #place(length: number): { octets: Buffer; at: number } {
    if (this.#header !== null && this.#header.opcode < CONTROL) return this.#message.place(length);
    const at = HEADROOM + this.#controlLength;
    this.#controlLength += length;
    return { octets: this.#control, at };
  }

  #end(): boolean {
    const { opcode = 0, fin = false } = this.#header ?? {};
    if (opcode === CLOSE) return this.#close(this.#control);
    if (opcode === PING) return this.#send(withHeader(this.#control, FIN | PONG, this.#controlLength));
    if (opcode === PONG || !fin) return true;
    return this.#echo();
  }

  #echo(): boolean {
    const first = this.#first;
    this.#first = 0;
    if (this.#deflater === null || (first & RSV1) === 0) return this.#send(this.#message.takeFrame(first));
    const frame = this.#deflater.echo(this.#message.takeCompressed(), first);
    if (frame === "corrupt") return this.#fail(INVALID_PAYLOAD);
    return frame === "too-long" ? this.#fail(TOO_BIG) : this.#send(frame);
  }

  #fail(code: number): false {
    const payload = Buffer.alloc(HEADROOM + 2);
    payload.writeUInt16BE(code, HEADROOM);
    return this.#close(payload);
  }

  /** `payload` stands behind room for a header. */
  #close(payload: Buffer): false {
    this.#isOver = true;
    this.#send(withHeader(payload, FIN | CLOSE, payload.length - HEADROOM));
    this.#socket.end();
    // It may have been waiting for the peer to read.
    this.#socket.resume();
    return false;
  }

  /** False if the peer has to read before more is sent. */
  #send(frame: Buffer): boolean {
    if (!this.#socket.writable) return true;
    this.#isBlocked = !this.#socket.write(frame);
    return !this.#isBlocked;
  }
}
