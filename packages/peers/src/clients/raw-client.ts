import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";

import { ignore } from "../listen.js";
import { BINARY, CLOSE, FrameReader, PING, PONG, TEXT, encodeFrame } from "../mutants/frames.js";
import type { Frame } from "../mutants/frames.js";
import type { EchoClient } from "./walk.js";

/** How a client differs from one that echoes everything, legal or not, and answers pings and Close frames. */
export interface RawTraits {
  /** Mask no frame (RFC 6455 §5.1 wants all of a client's masked). */
  readonly neverMasks?: boolean;
  /** The masking keys of a connection, one call for each; random ones if absent. */
  readonly maskingKeys?: () => () => Buffer;
  /** The Sec-WebSocket-Key of a connection; a random one if absent. */
  readonly openingKey?: () => string;
  /** Change what is echoed. */
  readonly corrupts?: (payload: Buffer) => Buffer;
  readonly ignoresPings?: boolean;
  /** Take no notice of Close frames, nor of the end of TCP. */
  readonly neverCloses?: boolean;
  /** Be done with a connection when a Close frame comes, which is answered, and leave the rest to the server. */
  readonly goesOnAtClose?: boolean;
  /** Drop TCP at the first data frame of a case. */
  readonly dies?: boolean;
  /** Fail each case at its first frame with a Close frame, code 1002, and reset TCP behind it; not over TLS. */
  readonly resetsAfterClose?: boolean;
  /** Throw away what comes in the same read as the end of the server's answer. */
  readonly losesBehindAnswer?: boolean;
  /** Further header lines of the request. */
  readonly headers?: readonly string[];
  /** Certificates to trust, in PEM. */
  readonly ca?: string;
}

/** A client made of a socket. It checks nothing that it receives. */
export function rawClient(traits: RawTraits = {}): EchoClient {
  return {
    echo: async (url) => {
      await converse(url, traits, true);
    },
    ask: (url) => converse(url, traits, false),
  };
}

/** Resolves with the first message when the server has ended TCP, or dropped it. */
function converse(url: string, traits: RawTraits, echoes: boolean): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = dial(new URL(url), traits.ca);
    const talk = new Talk(socket, traits, echoes);
    socket.on("error", ignore);
    socket.on("data", (chunk: Buffer) => talk.read(chunk));
    socket.on("end", () => socket.destroy());
    socket.on("close", () => resolve(talk.first));
    if (traits.goesOnAtClose === true) talk.closing = () => resolve(talk.first);
    socket.write(request(new URL(url), traits));
  });
}

function dial(url: URL, ca: string | undefined): Socket {
  const address = { host: url.hostname, port: Number(url.port), allowHalfOpen: true, noDelay: true };
  if (url.protocol === "ws:") return connect(address);
  return connectTls({ ...address, ...(ca === undefined ? {} : { ca }) });
}

function request(url: URL, { headers = [], openingKey = randomKey }: RawTraits): string {
  return [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `Host: ${url.host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${openingKey()}`,
    "Sec-WebSocket-Version: 13",
    ...headers,
    "",
    "",
  ].join("\r\n");
}

function randomKey(): string {
  return randomBytes(16).toString("base64");
}

class Talk {
  readonly #socket: Socket;
  readonly #traits: RawTraits;
  readonly #echoes: boolean;
  readonly #reader: FrameReader;
  readonly #maskingKey: () => Buffer;
  #head: Buffer | null = Buffer.alloc(0);
  #fragments: Buffer[] = [];
  #messageOpcode: number = TEXT;
  /** Called when a Close frame has come. */
  closing: () => void = () => undefined;
  /** The first message of the server. */
  first: string | null = null;

  constructor(socket: Socket, traits: RawTraits, echoes: boolean) {
    this.#socket = socket;
    this.#traits = traits;
    this.#echoes = echoes;
    this.#maskingKey = traits.maskingKeys?.() ?? (() => randomBytes(4));
    this.#reader = new FrameReader((frame) => this.#receive(frame));
  }

  read(chunk: Buffer): void {
    if (this.#head === null) return this.#reader.push(chunk);
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) return;
    const rest = this.#head.subarray(end + 4);
    const isOpen = this.#head.toString("latin1").startsWith("HTTP/1.1 101 ");
    this.#head = null;
    if (isOpen && this.#traits.losesBehindAnswer !== true) this.#reader.push(rest);
  }

  #receive(frame: Frame): void {
    if (this.#echoes && this.#traits.resetsAfterClose === true) {
      this.#send(CLOSE, Buffer.from([0x03, 0xea]));
      this.#socket.resetAndDestroy();
      return;
    }
    if (frame.opcode === CLOSE) this.#answerClose(frame.payload);
    else if (frame.opcode === PING) {
      if (this.#traits.ignoresPings !== true) this.#send(PONG, frame.payload);
    } else if (frame.opcode <= BINARY) this.#collect(frame);
    else if (frame.opcode !== PONG) this.#send(frame.opcode, frame.payload);
  }

  #collect(frame: Frame): void {
    if (this.#echoes && this.#traits.dies === true) {
      this.#socket.destroy();
      return;
    }
    // The first fragment gives the type, and a continuation that continues nothing is text.
    if (this.#fragments.length === 0) this.#messageOpcode = frame.opcode === 0 ? TEXT : frame.opcode;
    this.#fragments.push(frame.payload);
    if (!frame.fin) return;
    const message = Buffer.concat(this.#fragments);
    this.#fragments = [];
    this.first ??= message.toString();
    const { corrupts } = this.#traits;
    if (this.#echoes) this.#send(this.#messageOpcode, corrupts === undefined ? message : corrupts(message));
  }

  #answerClose(payload: Buffer): void {
    this.closing();
    if (this.#traits.neverCloses === true) return;
    this.#send(CLOSE, payload);
    this.#reader.stop();
  }

  #send(opcode: number, payload: Buffer): void {
    if (!this.#socket.writable) return;
    this.#socket.write(encodeFrame(opcode, payload, this.#traits.neverMasks !== true && this.#maskingKey()));
  }
}
