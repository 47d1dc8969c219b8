import type { Socket } from "node:net";

import { BINARY, CLOSE, FrameReader, PING, RSV1, PONG, TEXT, encodeFrame } from "./frames.js";
import type { Frame } from "./frames.js";
import { agreedDeflate, answerDeflate } from "./deflate-offer.js";
import type { AgreedDeflate, DeflateSide } from "./deflate-offer.js";
import { onHandshake } from "./handshake.js";
import { MessageDeflate, MessageInflate, TAIL } from "./message-deflate.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";

/** How a variant differs from `deflateEcho`. */
export interface DeflateTraits {
  /** Accept no offer of permessage-deflate. */
  readonly declines?: boolean;
  /** Parameters that the answer has for the client, each with a semicolon before it. */
  readonly demands?: string;
  /** Changes how we compress from what was agreed on. */
  readonly server?: Partial<DeflateSide>;
  /** Changes how we take the client to compress from what was agreed on. */
  readonly client?: Partial<DeflateSide>;
  /** Leave 00 00 ff ff at the end of every compressed message. */
  readonly keepsTail?: boolean;
  /** What goes back for a message; an exact copy by default. */
  readonly echo?: (message: Buffer) => Buffer;
  /** Where compression was agreed on, the payload of a compressed message that goes back for every message. */
  readonly payload?: () => Buffer;
  /** Close with 1009 what is longer, compressed or not. */
  readonly limitOctets?: number;
  /** Mask what is sent, as a client does. */
  readonly masks?: boolean;
  /** Close every connection with 1011 at its first message. */
  readonly failsLate?: boolean;
  /** After so many octets of frames read no more and send no more. */
  readonly stopsAfterOctets?: number;
}

/** An echo server with permessage-deflate that trusts its clients to know the protocol, or a variant of it. */
export function deflateMutant(name: string, traits: DeflateTraits = {}): Mutant {
  const extensions = (head: string): string | undefined =>
    traits.declines === true ? undefined : answerDeflate(head, traits.demands ?? "");
  return tcpMutant(name, (socket) => {
    onHandshake(socket, { server: name, extensions }, (rest, extension) => {
      serveDeflateEcho(socket, traits, extension === undefined ? null : agreedDeflate(extension), rest);
    });
  });
}

/** Echoes on a connection that is open. `rest`: octets that came behind the request. */
export function serveDeflateEcho(
  socket: Socket,
  traits: DeflateTraits,
  agreed: AgreedDeflate | null,
  rest: Buffer,
): void {
  const echo = new DeflateEcho(socket, traits, agreed);
  echo.read(rest);
  socket.on("data", (chunk: Buffer) => echo.read(chunk));
}

class DeflateEcho {
  readonly #socket: Socket;
  readonly #traits: DeflateTraits;
  readonly #reader: FrameReader;
  /** Null where no extension was agreed on. */
  readonly #deflate: MessageDeflate | null;
  readonly #inflate: MessageInflate | null;
  #fragments: Buffer[] = [];
  #fragmentOctets = 0;
  #first: { readonly opcode: number; readonly compressed: boolean } | null = null;
  #octetsRead = 0;

  constructor(socket: Socket, traits: DeflateTraits, agreed: AgreedDeflate | null) {
    this.#socket = socket;
    this.#traits = traits;
    this.#deflate = agreed && new MessageDeflate({ ...agreed.server, ...traits.server });
    this.#inflate = agreed && new MessageInflate({ ...agreed.client, ...traits.client });
    this.#reader = new FrameReader((frame) => this.#receive(frame));
  }

  read(chunk: Buffer): void {
    this.#octetsRead += chunk.length;
    if (this.#octetsRead > (this.#traits.stopsAfterOctets ?? Infinity)) {
      this.#reader.stop();
      this.#socket.pause();
      return;
    }
    this.#reader.push(chunk);
  }

  #receive({ fin, rsv1, opcode, payload }: Frame): void {
    if (opcode === CLOSE) return this.#close(payload);
    if (opcode === PING) return this.#send(PONG, payload);
    if (opcode > BINARY) return;
    this.#first ??= { opcode: opcode === BINARY ? BINARY : TEXT, compressed: rsv1 };
    this.#fragments.push(payload);
    this.#fragmentOctets += payload.length;
    if (this.#isTooLong(this.#fragmentOctets)) return this.#close(TOO_BIG);
    if (fin) this.#message(this.#first, Buffer.concat(this.#fragments));
  }

  #message(first: { readonly opcode: number; readonly compressed: boolean }, payload: Buffer): void {
    this.#fragments = [];
    this.#fragmentOctets = 0;
    this.#first = null;
    if (this.#traits.failsLate === true) return this.#close(INTERNAL_ERROR);
    const message = first.compressed ? this.#inflated(payload) : payload;
    if (message === null) this.#close(INVALID_PAYLOAD);
    else if (this.#isTooLong(message.length)) this.#close(TOO_BIG);
    else this.#echo(first.opcode, this.#traits.echo?.(message) ?? message);
  }

  #inflated(payload: Buffer): Buffer | null {
    try {
      return this.#inflate?.decompress(payload) ?? null;
    } catch {
      return null;
    }
  }

  #echo(opcode: number, message: Buffer): void {
    if (this.#deflate === null) return this.#send(opcode, message);
    this.#send(RSV1 | opcode, this.#traits.payload?.() ?? this.#compressed(this.#deflate, message));
  }

  #compressed(deflate: MessageDeflate, message: Buffer): Buffer {
    const octets = deflate.compress(message);
    return this.#traits.keepsTail === true ? octets : octets.subarray(0, -TAIL.length);
  }

  #isTooLong(octets: number): boolean {
    return octets > (this.#traits.limitOctets ?? Infinity);
  }

  /** Nothing that comes afterwards is looked at, but it is read: TCP would be reset otherwise. */
  #close(payload: Buffer): void {
    this.#send(CLOSE, payload);
    this.#reader.stop();
    this.#socket.end();
  }

  #send(opcode: number, payload: Buffer): void {
    if (this.#socket.writable) this.#socket.write(encodeFrame(opcode, payload, this.#traits.masks === true));
  }
}

/** Payloads of Close frames: 1009, 1007 and 1011. */
const TOO_BIG: Buffer = Buffer.from([0x03, 0xf1]);
const INVALID_PAYLOAD: Buffer = Buffer.from([0x03, 0xef]);
const INTERNAL_ERROR: Buffer = Buffer.from([0x03, 0xf3]);
