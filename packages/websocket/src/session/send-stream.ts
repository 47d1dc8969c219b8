import { ErrorCode, WebSocketError, invalidArgument } from "../errors.js";
import type { Connection } from "../protocol/connection.js";
import { Opcode } from "../protocol/opcode.js";
import { loopTurns } from "../transport/turns.js";
import { toOctets } from "./data.js";
import type { MessageData } from "./data.js";
import type { Environment } from "./environment.js";
import type { Outbox } from "./outbox.js";
import type { SendTurn } from "./send-turn.js";

/**
 * The parts of one message for `sendStream`: all strings, or all octets.
 *
 * @example
 * ```ts
 * import { connect, createServer, type StreamSource } from "@wireproof/websocket";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`ws://127.0.0.1:${port}`);
 *
 * const source: StreamSource = ["one ", "message, ", "three frames"];
 * await ws.sendStream(source);
 * const { value } = await ws[Symbol.asyncIterator]().next();
 * console.assert(value === "one message, three frames");
 * ```
 */
export type StreamSource = AsyncIterable<MessageData> | Iterable<MessageData>;

/** What sending in parts needs of a session. */
export interface StreamSession {
  readonly environment: Environment;
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly isOpen: boolean;
  /** Fails the connection for a fault of the application. */
  failForFault(what: string, cause: unknown): void;
}

/** Sends the parts as fragments of one message (RFC 6455 §5.4), each when the peer has read enough of the others. */
export async function sendStream(
  session: StreamSession,
  source: StreamSource,
  compress: boolean | undefined,
): Promise<void> {
  const iterator = iteratorOf(source);
  const turn = await session.outbox.beginTurn();
  const message = new PartedMessage(session, compress);
  try {
    checkOpen(session);
    for (;;) {
      const { done, value } = await nextPart(turn, iterator);
      checkOpen(session);
      if (done === true) break;
      message.send(value);
      await session.outbox.ready();
      await roomInTurn(session);
    }
    message.end();
  } catch (error) {
    giveUp(iterator);
    // Half a message cannot be undone, and nothing else can be sent before it has ended.
    if (message.hasBegun && session.isOpen) session.failForFault("The source of a message failed", error);
    throw error;
  } finally {
    session.outbox.endTurn();
  }
}

/** Makes one message of parts. The first part decides whether it is text or binary. */
class PartedMessage {
  readonly #session: StreamSession;
  readonly #compress: boolean | undefined;
  #isText: boolean | undefined = undefined;

  constructor(session: StreamSession, compress: boolean | undefined) {
    this.#session = session;
    this.#compress = compress;
  }

  get hasBegun(): boolean {
    return this.#isText !== undefined;
  }

  send(part: MessageData): void {
    const isText = typeof part === "string";
    const octets = isText ? Buffer.from(part) : toOctets(part);
    this.#begin(isText);
    if (isText !== this.#isText)
      throw invalidArgument("The parts of one message are all text or all octets.");
    if (octets.length > 0) this.#session.connection.sendPart(octets, false);
    this.#session.outbox.count(octets.length);
  }

  end(): void {
    this.#begin(false);
    this.#session.connection.sendPart(NOTHING, true);
  }

  #begin(isText: boolean): void {
    if (this.#isText !== undefined) return;
    this.#isText = isText;
    this.#session.connection.startMessage(isText ? Opcode.Text : Opcode.Binary, this.#compress);
  }
}

type Parts = AsyncIterator<MessageData, unknown> | Iterator<MessageData, unknown>;

function iteratorOf(source: StreamSource): Parts {
  if (typeof source === "object" && source !== null) {
    if (Symbol.asyncIterator in source) return source[Symbol.asyncIterator]();
    if (Symbol.iterator in source) return source[Symbol.iterator]();
  }
  throw invalidArgument("The source of a message is an iterable of its parts.");
}

/** The next part; rejects as soon as the connection is not open any more, however long the source takes. */
function nextPart(turn: SendTurn, iterator: Parts): Promise<IteratorResult<MessageData, unknown>> {
  return new Promise((resolve, reject) => {
    turn.onAbandoned = () => reject(notOpen());
    Promise.resolve(iterator.next()).then(resolve, reject);
  });
}

/** Lets the source clean up. Errors are ignored. */
function giveUp(iterator: Parts): void {
  try {
    Promise.resolve(iterator.return?.()).catch(() => {});
  } catch {
    // The first error is the one that is reported.
  }
}

/**
 * Otherwise a source that never waits, with a peer that reads as fast, would go on from microtask to microtask for
 * ever.
 */
async function roomInTurn({ environment: { limits } }: StreamSession): Promise<void> {
  if (loopTurns.mayGoOn(limits)) return;
  await new Promise<void>((resolve) => loopTurns.wait({ takeTurn: resolve }, limits));
}

function checkOpen(session: StreamSession): void {
  if (!session.isOpen) throw notOpen();
}

function notOpen(): WebSocketError {
  return new WebSocketError(ErrorCode.NotOpen, "The connection closed before the message had ended.");
}

const NOTHING = new Uint8Array(0);
