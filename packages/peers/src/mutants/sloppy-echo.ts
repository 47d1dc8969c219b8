import type { Socket } from "node:net";

import { BINARY, CLOSE, FrameReader, PING, PONG, TEXT, encodeFrame } from "./frames.js";
import type { Frame } from "./frames.js";
import { onHandshake } from "./handshake.js";
import { tcpMutant } from "./mutant.js";
import type { Mutant } from "./mutant.js";

/** How a variant differs from `sloppy`. */
export interface SloppyTraits {
  /** Take no notice of Close frames. */
  readonly ignoresClose?: boolean;
  /** Never end TCP: neither after the closing handshake nor when the peer has ended its direction. */
  readonly neverDrops?: boolean;
  /** Mask everything but Close frames. */
  readonly masksFrames?: boolean;
  /** Echo everything of opcodes 0–7 as binary. */
  readonly echoesAsBinary?: boolean;
  /** Sec-WebSocket-Accept made from the key. */
  readonly accept?: (key: string) => string;
  /** Server header; the default is the mutant's name. */
  readonly server?: string;
  /** Handle one frame of each read and throw away what came behind it. */
  readonly handlesOneFrame?: boolean;
  /** End TCP when a Close frame comes, without answering it. */
  readonly endsWithoutClose?: boolean;
  /** Close reason, in place of an exact copy of the peer's payload. */
  readonly closeReason?: string;
}

/** An echo server that checks nothing, or a variant of it. */
export function sloppyMutant(name: string, traits: SloppyTraits = {}): Mutant {
  const server = traits.server ?? name;
  const answer = traits.accept === undefined ? { server } : { server, accept: traits.accept };
  const serve = (socket: Socket): void => {
    onHandshake(socket, answer, (rest) => {
      const echo = new SloppyEcho(socket, traits);
      echo.read(rest);
      // Goes on after a Close, though nothing is looked at any more: ending a socket with octets left unread
      // resets TCP, and a reset may overtake the Close frame we have sent.
      socket.on("data", (chunk: Buffer) => echo.read(chunk));
    });
  };
  return tcpMutant(name, serve, { staysOpen: traits.neverDrops ?? false });
}

class SloppyEcho {
  readonly #socket: Socket;
  readonly #traits: SloppyTraits;
  readonly #reader: FrameReader;
  #fragments: Buffer[] = [];
  #messageOpcode: number = TEXT;

  constructor(socket: Socket, traits: SloppyTraits) {
    this.#socket = socket;
    this.#traits = traits;
    this.#reader = new FrameReader((frame) => this.#receive(frame));
  }

  read(chunk: Buffer): void {
    this.#reader.push(chunk);
  }

  #receive(frame: Frame): void {
    if (this.#traits.handlesOneFrame === true) this.#reader.forget();
    if (frame.opcode === CLOSE) this.#answerClose(frame.payload);
    else if (frame.opcode === PING) this.#send(PONG, frame.payload);
    else if (frame.opcode <= BINARY) this.#collect(frame);
    else if (frame.opcode !== PONG) this.#echo(frame.opcode, frame.payload);
  }

  /** The first fragment gives the type, and a continuation that continues nothing is text. */
  #collect(frame: Frame): void {
    if (this.#fragments.length === 0) this.#messageOpcode = frame.opcode === 0 ? TEXT : frame.opcode;
    this.#fragments.push(frame.payload);
    if (!frame.fin) return;
    const message = Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.#echo(this.#messageOpcode, message);
  }

  #echo(opcode: number, payload: Buffer): void {
    const isData = opcode < CLOSE;
    this.#send(isData && this.#traits.echoesAsBinary === true ? BINARY : opcode, payload);
  }

  #answerClose(payload: Buffer): void {
    if (this.#traits.ignoresClose === true) return;
    const { closeReason } = this.#traits;
    if (this.#traits.endsWithoutClose !== true)
      this.#send(CLOSE, closeReason === undefined ? payload : withReason(payload, closeReason));
    this.#reader.stop();
    if (this.#traits.neverDrops !== true) this.#socket.end();
  }

  #send(opcode: number, payload: Buffer): void {
    if (!this.#socket.writable) return;
    const isMasked = this.#traits.masksFrames === true && opcode !== CLOSE;
    this.#socket.write(encodeFrame(opcode, payload, isMasked));
  }
}

/** The peer's close code, 1000 if it gave none, and a reason of our own. */
function withReason(payload: Buffer, reason: string): Buffer {
  const code = payload.length >= 2 ? payload.subarray(0, 2) : Buffer.from([0x03, 0xe8]);
  return Buffer.concat([code, Buffer.from(reason)]);
}
