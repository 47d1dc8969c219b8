import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";

import type { DeflateFaultName } from "./deflate-faults.js";
import { agreedDeflate, answerDeflate } from "./deflate-offer.js";
import type { AgreedDeflate } from "./deflate-offer.js";
import { BINARY, CLOSE, FrameReader, PING, PONG, RSV1, TEXT, encodeFrame } from "./frames.js";
import type { Frame } from "./frames.js";
import { onHandshake } from "./handshake.js";
import { MessageDeflate, TAIL } from "./message-deflate.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import { InvalidData, StrictInflate } from "./strict-inflate.js";

/**
 * An echo server that keeps RFC 7692, and of RFC 6455 what has to do with it, except for one fault; without one it is
 * correct. It compresses every echo, and where a message came in fragments, the echo has two. One that inflates late
 * reads on meanwhile, and answers Pings: so do those that inflate on another thread.
 */
export function deflateStrictMutant(
  fault?: DeflateFaultName,
  { inflatesLate = false }: { readonly inflatesLate?: boolean } = {},
): Mutant {
  const name = fault === undefined ? "deflate-strict" : `deflate-strict-${fault}`;
  const extensions = (head: string): string | undefined => {
    const follows = fault === "stream-not-begun-anew" && /client_no_context_takeover/i.test(head);
    return answerDeflate(head, follows ? "; client_no_context_takeover" : "");
  };
  return tcpMutant(name, (socket) => {
    onHandshake(socket, { server: name, extensions }, (rest, extension) => {
      deflateStrictly(socket, rest, { fault, extension, inflatesLate });
    });
  });
}

export interface DeflateStrictTraits {
  readonly fault: DeflateFaultName | undefined;
  /** As it was answered; undefined for none. */
  readonly extension: string | undefined;
  /** It is a client: it masks, and leaves the end of TCP to the server (RFC 6455 §7.1.1). */
  readonly isClient?: true;
  /** It reads on while it inflates. */
  readonly inflatesLate?: boolean;
}

/** Echoes on a connection that is open; `rest` came behind the opening handshake. */
export function deflateStrictly(socket: Socket, rest: Buffer, traits: DeflateStrictTraits): void {
  const echo = new DeflateStrictEcho(socket, traits);
  echo.read(rest);
  socket.on("data", (chunk: Buffer) => echo.read(chunk));
}

class DeflateStrictEcho {
  readonly #socket: Socket;
  readonly #fault: DeflateFaultName | undefined;
  readonly #isAgreed: boolean;
  readonly #isClient: boolean;
  readonly #reader: FrameReader;
  readonly #inflate: StrictInflate;
  readonly #deflate: MessageDeflate;
  #first: { readonly opcode: number; readonly isCompressed: boolean } | null = null;
  #fragments: Buffer[] = [];
  /** Payload of control frames inside a message. */
  #controls: Buffer[] = [];
  #isClosed = false;
  readonly #inflatesLate: boolean;
  /** Frames that wait until those before them are inflated. */
  readonly #late: Frame[] = [];

  constructor(socket: Socket, { fault, extension, isClient, inflatesLate = false }: DeflateStrictTraits) {
    this.#socket = socket;
    this.#inflatesLate = inflatesLate;
    this.#fault = fault;
    this.#isAgreed = extension !== undefined;
    this.#isClient = isClient === true;
    const { client, server }: AgreedDeflate = agreedDeflate(extension ?? "");
    const [own, other] = this.#isClient ? [client, server] : [server, client];
    this.#reader = new FrameReader((frame) => this.#receive(frame));
    this.#inflate = new StrictInflate(other, fault);
    this.#deflate = new MessageDeflate({
      windowBits: fault === "window-ignored" ? 15 : own.windowBits,
      keepsContext: fault === "context-taken-over" || own.keepsContext,
    });
  }

  read(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  #has(fault: DeflateFaultName): boolean {
    return this.#fault === fault;
  }

  #receive(frame: Frame): void {
    if (this.#isClosed) return;
    if (this.#badBits(frame)) return this.#fail(1002);
    if (this.#inflatesLate && frame.opcode <= CLOSE) this.#later(frame);
    else if (frame.opcode >= CLOSE) this.#control(frame);
    else this.#data(frame);
  }

  #later(frame: Frame): void {
    this.#late.push(frame);
    setImmediate(() => {
      const next = this.#late.shift();
      if (next === undefined || this.#isClosed) return;
      if (next.opcode === CLOSE) this.#control(next);
      else this.#data(next);
    });
  }

  #badBits({ rsv, opcode }: Frame): boolean {
    if (opcode >= CLOSE) return rsv !== 0 && !this.#has("bits-of-control-overlooked");
    if (opcode === 0) return rsv !== 0 && !this.#has("bits-of-continuation-overlooked");
    if (this.#has("rsv2-and-3-overlooked")) return false;
    return (rsv & (this.#isAgreed ? 3 : 7)) !== 0;
  }

  #control({ opcode, payload }: Frame): void {
    const isInside = this.#first?.isCompressed === true;
    if (isInside) this.#controls.push(payload);
    if (opcode === CLOSE) {
      if (isInside && this.#has("close-inside-waits")) return;
      this.#send(CLOSE, payload.subarray(0, 2));
      this.#end();
    } else if (opcode === PING && !(isInside && this.#has("ping-inside-lost"))) {
      this.#send(this.#has("pong-with-rsv1") ? RSV1 | PONG : PONG, payload);
    }
  }

  #data({ opcode, rsv1, fin, payload }: Frame): void {
    const isLostBit = payload.length === 0 && !fin && this.#has("rsv1-of-empty-frame-lost");
    this.#first ??= { opcode: opcode === BINARY ? BINARY : TEXT, isCompressed: rsv1 && !isLostBit };
    this.#fragments.push(this.#taken(payload));
    if (!fin || (payload.length === 0 && opcode === 0 && this.#has("empty-last-fragment-lost"))) return;
    const [first, fragments] = [this.#first, this.#fragments];
    this.#first = null;
    this.#fragments = [];
    try {
      this.#message(first, fragments);
    } catch (error) {
      if (!(error instanceof InvalidData)) throw error;
      this.#fail(1007);
    }
  }

  /** What is kept of a fragment. */
  #taken(payload: Buffer): Buffer {
    const hasTail = payload.subarray(-TAIL.length).equals(TAIL);
    return hasTail && this.#has("tail-of-fragment-removed") ? payload.subarray(0, -TAIL.length) : payload;
  }

  #message(
    { opcode, isCompressed }: { opcode: number; isCompressed: boolean },
    fragments: readonly Buffer[],
  ): void {
    const payload = Buffer.concat(fragments);
    if (!isCompressed && this.#has("plain-refused")) return this.#fail(1002);
    if (opcode === TEXT && this.#has("utf8-before-inflating") && !isValid(payload)) return this.#fail(1007);
    const message = isCompressed ? this.#inflated(fragments) : payload;
    if (!isCompressed && this.#has("plain-in-window")) this.#inflate.remember(payload);
    if (this.#has("control-in-window")) for (const octets of this.#controls) this.#inflate.remember(octets);
    this.#controls = [];
    const isChecked =
      opcode === TEXT &&
      !(isCompressed && (this.#has("utf8-unchecked") || this.#has("utf8-before-inflating")));
    if (isChecked && !isValid(message)) return this.#fail(1007);
    if (isCompressed && message.length === 0 && this.#has("empty-message-lost")) return;
    this.#echo(opcode, message, fragments.length > 1);
  }

  #inflated(fragments: readonly Buffer[]): Buffer {
    if (!this.#has("fragments-inflated-alone")) return this.#inflate.decompress(Buffer.concat(fragments));
    return Buffer.concat(fragments.map((fragment) => this.#inflate.decompress(fragment)));
  }

  #echo(opcode: number, message: Buffer, inFragments: boolean): void {
    if (!this.#isAgreed) return this.#send(opcode, message);
    const payload = this.#deflate.compress(message).subarray(0, -TAIL.length);
    const first = this.#has("rsv1-not-set") ? opcode : RSV1 | opcode;
    if (!inFragments) return this.#send(first, payload);
    this.#send(first, payload.subarray(0, payload.length >> 1), false);
    this.#send(this.#has("rsv1-on-continuation") ? RSV1 : 0, payload.subarray(payload.length >> 1));
  }

  #fail(code: number): void {
    if (this.#isClosed) return;
    this.#send(CLOSE, Buffer.from([code >> 8, code & 0xff]));
    this.#end();
  }

  #end(): void {
    this.#isClosed = true;
    if (!this.#isClient) this.#socket.end();
  }

  #send(opcode: number, payload: Buffer, fin = true): void {
    if (!this.#socket.writable) return;
    const frame = encodeFrame(opcode, payload, this.#isClient && randomBytes(4));
    if (!fin) frame[0]! &= 0x7f;
    this.#socket.write(frame);
  }
}

const decoder = new TextDecoder("utf-8", { fatal: true });

function isValid(octets: Buffer): boolean {
  try {
    decoder.decode(octets);
    return true;
  } catch {
    return false;
  }
}
