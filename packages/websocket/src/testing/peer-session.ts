import type { Socket } from "node:net";

import { nodeKernels } from "../kernel/node-kernels.js";
import { Connection } from "../protocol/connection.js";
import { DEFAULT_LIMITS, STRICT } from "../protocol/limits.js";
import type { MessageOpcode } from "../protocol/opcode.js";
import type { Sink } from "../protocol/sink.js";
import { Side, State } from "../protocol/state.js";
import type { Violation } from "../protocol/violation.js";
import { SocketTransport } from "../transport/socket-transport.js";
import type { TransportOwner } from "../transport/socket-transport.js";
import type { Inbox } from "./inbox.js";
import type { OpeningAnswer } from "./opening-answer.js";
import { ScriptError } from "./script-error.js";

/** What a session asks its script. */
export interface PeerManners {
  /** Of the connection, for errors. */
  readonly number: number;
  readonly answersPings: () => boolean;
  readonly answersClose: () => boolean;
  /** The client has broken the protocol. */
  readonly onFault: (fault: ScriptError) => void;
}

/** The open connection of a scripted peer: what a correct server does by itself, unless the script does not want it. */
export class PeerSession implements Sink, TransportOwner {
  readonly connection: Connection;
  readonly #socket: Socket;
  readonly #transport: SocketTransport;
  readonly #inbox: Inbox;
  readonly #manners: PeerManners;

  constructor(socket: Socket, inbox: Inbox, manners: PeerManners, codecs: OpeningAnswer["codecs"]) {
    this.#socket = socket;
    this.#inbox = inbox;
    this.#manners = manners;
    this.connection = new Connection(Side.Server, this, nodeKernels, {
      limits: UNLIMITED,
      leniency: STRICT,
      text: "string",
      autoPong: false,
      // There are no deadlines: the script decides when it is over.
      now: () => 0,
      compressionThreshold: 0,
      ...codecs,
    });
    this.#transport = new SocketTransport(socket, this.connection, this, { useStaticRead: false });
  }

  start(head: Uint8Array): void {
    this.#transport.start(head);
  }

  get isOpen(): boolean {
    return this.connection.state === State.Open;
  }

  /** Writes octets behind everything that was sent, whatever they are. */
  write(octets: Uint8Array): void {
    if (this.isOpen) return this.connection.sendEncoded(octets, 1);
    this.#transport.flush();
    if (this.#socket.writable) this.#socket.write(octets);
  }

  /** Ends the stream behind everything that was sent, and reads nothing more. */
  end(): void {
    this.connection.receiveEnd();
    this.#transport.flush();
    if (this.#socket.writable) this.#socket.end();
  }

  flush(): void {
    this.#transport.flush();
  }

  onText(text: string): void {
    this.#inbox.addMessage(text);
  }

  onOctets(octets: Uint8Array): void {
    this.#inbox.addMessage(Buffer.from(octets));
  }

  onMessageStart(_opcode: MessageOpcode): void {}

  onMessagePart(): void {}

  onPing(payload: Uint8Array): void {
    if (this.#manners.answersPings()) this.connection.pong(payload);
    this.#inbox.addPayload("ping", Buffer.from(payload));
  }

  onPong(payload: Uint8Array): void {
    this.#inbox.addPayload("pong", Buffer.from(payload));
  }

  onPeerClose(code: number, reason: string): void {
    this.#inbox.addClose({ code, reason });
    if (this.#manners.answersClose()) return;
    // Nothing more is sent then. The stream stays as it is, see `onAbort`, until the client ends it.
    this.connection.abort();
    this.#socket.once("end", () => this.#socket.end());
  }

  onViolation({ message, section }: Violation): void {
    const { number } = this.#manners;
    this.#manners.onFault(new ScriptError(number, `the client breaks ${section}: ${message}`));
  }

  onClosing(): void {}

  onOutput(): void {
    this.#transport.requestFlush();
  }

  onPause(isPaused: boolean): void {
    this.#transport.setPaused(isPaused);
  }

  onAbort(): void {}

  onClosed(code: number, reason: string, wasClean: boolean): void {
    this.#inbox.end({ code, reason, wasClean });
  }

  onDrained(): void {}

  onTransportError(): void {}
}

const UNLIMITED = {
  ...DEFAULT_LIMITS,
  messageOctets: Infinity,
  frameOctets: Infinity,
  fragments: Infinity,
  retainedOctets: Infinity,
};
