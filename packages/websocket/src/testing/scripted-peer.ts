import { isDeepStrictEqual } from "node:util";
import type { Socket } from "node:net";

import { invalidArgument } from "../errors.js";
import type { UpgradeOpening } from "../handshake/request.js";
import { Opcode } from "../protocol/opcode.js";
import type { CloseInfo, SendOptions } from "../session/connection.js";
import { toOctets } from "../session/data.js";
import type { MessageData } from "../session/data.js";
import type { UpgradeRequest } from "../server/options.js";
import { Inbox } from "./inbox.js";
import type { ReceivedClose } from "./inbox.js";
import { acceptAnswer, refusalAnswer } from "./opening-answer.js";
import type { AcceptOptions, RefuseOptions } from "./opening-answer.js";
import { PeerSession } from "./peer-session.js";
import type { PeerManners } from "./peer-session.js";
import { rawFrame, violationOctets } from "./raw-frames.js";
import type { RawFrame, Violation } from "./raw-frames.js";
import { ScriptError, closeInWords, inWords, messageInWords } from "./script-error.js";

/** What a peer needs of its server. */
export interface PeerOrigin {
  readonly number: number;
  readonly timeoutMs: number;
  readonly opening: UpgradeOpening;
  readonly request: UpgradeRequest;
  readonly socket: Socket;
  /** What TLS runs on; the same as `socket` without TLS. */
  readonly tcp: Socket;
  readonly head: Uint8Array;
  /** Called once, when the client is accepted. */
  readonly onOpen: () => void;
  /** Called when the client breaks the protocol, whatever the script does then. */
  readonly onFault: (fault: ScriptError) => void;
}

/** A peer, and what its server tells it. */
export interface BegunPeer {
  readonly peer: ScriptedPeer;
  /** The script has ended: the peer accepts if it has not answered. */
  readonly finish: () => void;
  /** The script has failed, which the client has to notice. */
  readonly fail: (error: unknown) => void;
}

/**
 * The server's end of one connection of a {@link scriptedServer}, which its script plays. By itself it answers Pings and
 * Close frames, and ends TCP after the closing handshake, as every server does. It has no deadlines and no limits.
 *
 * The first call that needs an open connection accepts the client, unless the script has accepted or refused it before.
 *
 * @example
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { scriptedServer, type ScriptedPeer } from "@wireproof/websocket/testing";
 *
 * async function greet(peer: ScriptedPeer): Promise<void> {
 *   await peer.receive("hello");
 *   peer.send("hi");
 *   peer.close(1012, "restarting");
 *   await peer.receiveClose(1012);
 * }
 * await using server = await scriptedServer(greet);
 * const ws = await connect(server.url);
 * ws.send("hello");
 * for await (const message of ws) console.assert(message === "hi");
 * console.assert(ws.closed?.code === 1012);
 * await server.done();
 * ```
 */
export class ScriptedPeer {
  /** The number of this connection among those of the server, from 1 on. */
  readonly number: number;
  /** The client's opening handshake. */
  readonly request: UpgradeRequest;
  /** Whether it answers Pings by itself. Default true. */
  answersPings = true;
  /** Whether it answers the client's Close frame by itself. Default true; with false, the client waits in vain. */
  answersClose = true;
  readonly #origin: PeerOrigin;
  readonly #inbox: Inbox;
  #isAnswered = false;
  #session: PeerSession | undefined = undefined;
  readonly #onReadable = (): void => void this.#origin.socket.read(0);
  readonly #onGone = (): void => {
    this.#origin.socket.destroy();
    this.#inbox.end({ code: 1006, reason: "", wasClean: false });
  };

  private constructor(origin: PeerOrigin) {
    this.#origin = origin;
    this.number = origin.number;
    this.request = origin.request;
    this.#inbox = new Inbox(origin.number, origin.timeoutMs);
    // Until it is accepted, nothing is read but the end.
    origin.socket.on("error", () => {}).on("readable", this.#onReadable);
    for (const event of ["end", "close"]) origin.socket.once(event, this.#onGone);
  }

  /** Whether the client has been accepted. */
  get isAccepted(): boolean {
    return this.#session !== undefined;
  }

  /** All messages that have come, in order: text as strings, all others as Buffers. */
  get messages(): readonly (string | Buffer)[] {
    return this.#inbox.messages;
  }

  /** What the client's Close frame says (1005: no code); undefined until it has come. */
  get closeReceived(): Readonly<ReceivedClose> | undefined {
    return this.#inbox.close;
  }

  /**
   * Accepts the client: the answer is 101. Nothing happens if it was accepted already, or has gone.
   *
   * @param options - Subprotocol, compression and header fields. Default: the first subprotocol that is offered.
   * @throws {@link ScriptError} when compression is asked for and the client does not offer it, or when the client was
   * answered in another way.
   */
  accept(options: AcceptOptions = {}): void {
    if (this.isAccepted || this.#inbox.ended !== undefined) return;
    const { socket, opening, head, number, onOpen } = this.#origin;
    if (this.#isAnswered)
      throw new ScriptError(number, "the client was not accepted: it is answered already.");
    const answer = acceptAnswer(opening, options);
    if (answer === undefined) throw new ScriptError(number, "the client does not offer permessage-deflate.");
    this.#isAnswered = true;
    socket.off("readable", this.#onReadable);
    for (const event of ["end", "close"]) socket.off(event, this.#onGone);
    socket.write(answer.text, "latin1");
    this.#session = new PeerSession(socket, this.#inbox, this.#manners(), answer.codecs);
    this.#session.start(head);
    onOpen();
  }

  /**
   * Refuses the client with any HTTP answer, and ends the connection.
   *
   * @param status - The HTTP status, such as 401.
   * @param options - Header fields and body. Default: none.
   * @throws {@link ScriptError} when the client was answered already.
   */
  refuse(status: number, options: RefuseOptions = {}): void {
    if (this.#isAnswered)
      throw new ScriptError(this.number, "the client was not refused: it is answered already.");
    this.#isAnswered = true;
    this.#origin.socket.end(refusalAnswer(status, options));
  }

  /**
   * Sends one message: a string as text, everything else as binary.
   *
   * @param data - The message.
   * @param options - Whether to compress it, where compression was accepted. Default: it is.
   */
  send(data: MessageData, options: SendOptions = {}): void {
    const { connection } = this.#opened();
    const { compress } = options;
    if (typeof data === "string") connection.sendText(data, compress);
    else connection.sendOctets(toOctets(data), false, compress, true);
  }

  /**
   * Sends one value as a text message of JSON.
   *
   * @param value - What JSON can say.
   */
  sendJson(value: unknown): void {
    this.send(JSON.stringify(value));
  }

  /**
   * Sends one message in several frames (RFC 6455 §5.4).
   *
   * @param parts - A frame each: strings make a text message, octets a binary one. At least one.
   * @throws {@link WebSocketError} (InvalidArgument) for no parts.
   */
  sendFragments(parts: readonly string[] | readonly Uint8Array[]): void {
    const { connection } = this.#opened();
    if (parts.length === 0) throw invalidArgument("A message in fragments has at least one.");
    connection.startMessage(typeof parts[0] === "string" ? Opcode.Text : Opcode.Binary);
    for (const [index, part] of parts.entries())
      connection.sendPart(Buffer.from(part as string), index === parts.length - 1);
  }

  /**
   * Sends a Ping.
   *
   * @param payload - At most 125 octets. Default: none.
   */
  ping(payload: string | Uint8Array = ""): void {
    this.#opened().connection.ping(Buffer.from(payload));
  }

  /**
   * Sends a Pong, whether a Ping has come or not.
   *
   * @param payload - At most 125 octets. Default: none.
   */
  pong(payload: string | Uint8Array = ""): void {
    this.#opened().connection.pong(Buffer.from(payload));
  }

  /**
   * Begins the closing handshake. TCP ends when the client's Close frame has come.
   *
   * @param code - 1000–1003, 1007–1009, 1011–1014 or 3000–4999; others go with `frame`. Default: none.
   * @param reason - At most 123 octets of UTF-8. Default "".
   * @throws {@link WebSocketError} (InvalidArgument) for a code or a reason that may not be sent.
   */
  close(code?: number, reason?: string): void {
    const { connection } = this.#opened();
    try {
      connection.close(code, reason);
    } catch (error) {
      throw invalidArgument((error as Error).message);
    }
  }

  /** Ends TCP (FIN) behind what was sent, without a Close frame: the client sees 1006. */
  end(): void {
    if (this.#session === undefined) this.#origin.socket.end();
    else this.#session.end();
    this.#isAnswered = true;
  }

  /** Breaks TCP (RST): the client gets ECONNRESET and 1006. What was sent before may be lost. */
  reset(): void {
    this.#isAnswered = true;
    this.#session?.flush();
    this.#origin.tcp.resetAndDestroy();
  }

  /**
   * Reads nothing more from the network: the client's backlog grows, its Pings are not answered, and its end is not seen.
   */
  stall(): void {
    this.#opened().connection.pause();
  }

  /** Reads again after `stall`. */
  flow(): void {
    this.#session?.connection.resume();
  }

  /**
   * Breaks the protocol in one of the known ways.
   *
   * @param violation - Which: the problem that a strict client finds.
   */
  violate(violation: Violation): void {
    this.#opened().write(violationOctets(violation));
  }

  /**
   * Sends one frame, correct or not.
   *
   * @param frame - The frame.
   */
  frame(frame: RawFrame): void {
    this.#opened().write(rawFrame(frame));
  }

  /**
   * Sends any octets. If the client has not been accepted, they go out in the place of an answer.
   *
   * @param octets - The octets; a string as latin1, one octet a character.
   */
  write(octets: string | Uint8Array): void {
    const written = typeof octets === "string" ? Buffer.from(octets, "latin1") : octets;
    this.#isAnswered = true;
    if (this.#session === undefined) this.#origin.socket.write(written);
    else this.#session.write(written);
  }

  /**
   * Waits for the next message.
   *
   * @param expected - The message, or a pattern that it has to match. Default: any.
   * @returns A promise of the message.
   * @throws {@link ScriptError} when another message or a Close frame comes, the connection ends, or nothing comes in time.
   */
  receive(expected: string | RegExp): Promise<string>;
  receive(expected: Uint8Array): Promise<Buffer>;
  receive(): Promise<string | Buffer>;
  async receive(expected?: string | RegExp | Uint8Array): Promise<string | Buffer> {
    const words = expectationInWords(expected);
    const message = await this.#next(words);
    if (!isExpected(message, expected)) throw this.#otherwise(words, messageInWords(message));
    return message;
  }

  /**
   * Waits for the next message, which has to be text.
   *
   * @returns A promise of the message.
   * @throws {@link ScriptError} as `receive`.
   */
  async receiveText(): Promise<string> {
    const message = await this.#next("a text message");
    if (typeof message !== "string") throw this.#otherwise("a text message", messageInWords(message));
    return message;
  }

  /**
   * Waits for the next message, which has to be binary.
   *
   * @returns A promise of the message.
   * @throws {@link ScriptError} as `receive`.
   */
  async receiveBinary(): Promise<Buffer> {
    const message = await this.#next("a binary message");
    if (typeof message === "string") throw this.#otherwise("a binary message", messageInWords(message));
    return message;
  }

  /**
   * Waits for the next message, which has to be text of JSON.
   *
   * @typeParam T - What the caller takes the value for; it is not checked.
   * @param expected - The value, which has to be equal as in `assert.deepStrictEqual`. Default: any.
   * @returns A promise of the value.
   * @throws {@link ScriptError} as `receive`.
   */
  async receiveJson<T = unknown>(...expected: [value?: unknown]): Promise<T> {
    const words = expected.length === 0 ? "a message of JSON" : `the JSON ${inWords(expected[0])}`;
    const message = await this.#next(words);
    const value = parsed(message);
    if (value === undefined) throw this.#otherwise(words, messageInWords(message));
    if (expected.length > 0 && !isDeepStrictEqual(value.value, expected[0]))
      throw this.#otherwise(words, inWords(value.value));
    return value.value as T;
  }

  /**
   * Waits for the client's Close frame, which it answers by itself unless `answersClose` is false.
   *
   * @param code - The code that it has to have; 1005: none. Default: any.
   * @param reason - The reason that it has to have. Default: any.
   * @returns A promise of its code (1005: it has none) and reason.
   * @throws {@link ScriptError} when a message comes first, another code or reason comes, the connection ends, or nothing
   * comes in time.
   */
  async receiveClose(code?: number, reason?: string): Promise<ReceivedClose> {
    const words = code === undefined ? "a Close frame" : closeInWords(code, reason ?? "");
    this.accept();
    const close = await this.#inbox.closing(words);
    if (close.code !== (code ?? close.code) || close.reason !== (reason ?? close.reason))
      throw this.#otherwise(words, closeInWords(close.code, close.reason));
    return close;
  }

  /**
   * Waits for the client's next Ping, whatever else comes. It is answered already unless `answersPings` is false.
   *
   * @returns A promise of its payload data.
   * @throws {@link ScriptError} when the connection ends or nothing comes in time.
   */
  async receivePing(): Promise<Buffer> {
    this.accept();
    return this.#inbox.payload("ping", "a Ping");
  }

  /**
   * Waits for the client's next Pong, whatever else comes.
   *
   * @returns A promise of its payload data.
   * @throws {@link ScriptError} when the connection ends or nothing comes in time.
   */
  async receivePong(): Promise<Buffer> {
    this.accept();
    return this.#inbox.payload("pong", "a Pong");
  }

  /**
   * Waits until the transport is gone. A script that does nothing else never answers the opening handshake.
   *
   * @returns A promise of how it ended: the code of the client's Close frame (1005: it has none), or 1006.
   * @throws {@link ScriptError} when that does not happen in time.
   */
  gone(): Promise<CloseInfo> {
    return this.#inbox.ending();
  }

  /** @internal For its server. */
  static begin(origin: PeerOrigin): BegunPeer {
    const peer = new ScriptedPeer(origin);
    return { peer, finish: () => peer.#finish(), fail: (error) => peer.#fail(error) };
  }

  #finish(): void {
    if (!this.#isAnswered) this.accept();
  }

  #fail(error: unknown): void {
    const text = error instanceof Error ? error.message : String(error);
    if (!this.#isAnswered) this.refuse(500, { body: text });
    else if (this.#session?.isOpen === true) this.#session.connection.close(1011, shortened(text));
    else if (this.#session === undefined) this.#origin.socket.end();
  }

  #manners(): PeerManners {
    const { number, onFault } = this.#origin;
    return {
      number,
      answersPings: () => this.answersPings,
      answersClose: () => this.answersClose,
      onFault: (fault) => {
        this.#inbox.addFault(fault);
        onFault(fault);
      },
    };
  }

  #next(expected: string): Promise<string | Buffer> {
    this.accept();
    return this.#inbox.message(expected);
  }

  #opened(): PeerSession {
    this.accept();
    if (this.#session === undefined)
      throw new ScriptError(this.number, "the client has gone before it was accepted.");
    return this.#session;
  }

  #otherwise(expected: string, what: string): ScriptError {
    return new ScriptError(this.number, `expected ${expected}, but ${what} came.`);
  }
}

function isExpected(message: string | Buffer, expected: string | RegExp | Uint8Array | undefined): boolean {
  if (expected === undefined) return true;
  if (typeof expected === "string") return message === expected;
  if (expected instanceof Uint8Array) return typeof message !== "string" && message.equals(expected);
  return typeof message === "string" && message.search(expected) >= 0;
}

function expectationInWords(expected: string | RegExp | Uint8Array | undefined): string {
  if (expected === undefined) return "a message";
  const isMessage = typeof expected === "string" || expected instanceof Uint8Array;
  return isMessage ? messageInWords(expected) : `a text that matches ${String(expected)}`;
}

/** In an object, since the value may be anything. */
function parsed(message: string | Buffer): { readonly value: unknown } | undefined {
  if (typeof message !== "string") return undefined;
  try {
    return { value: JSON.parse(message) as unknown };
  } catch {
    return undefined;
  }
}

/** To what a close reason has room for. */
function shortened(text: string): string {
  const octets = Buffer.from(text);
  if (octets.length <= 123) return text;
  return octets
    .subarray(0, 120)
    .toString()
    .replace(/\uFFFD+$/, "");
}
