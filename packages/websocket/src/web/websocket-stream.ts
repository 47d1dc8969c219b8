import { ReadableStream, WritableStream } from "node:stream/web";
import type { ReadableStreamDefaultController, WritableStreamDefaultController } from "node:stream/web";

import type { WebSocketConnection } from "../session/connection.js";
import { checkProtocols, parseAddress } from "./address.js";
import type { CloseArguments } from "./close-arguments.js";
import { toDictionary, toOctets, toText, toTexts } from "./convert.js";
import { describe } from "./describe.js";
import { openConnection } from "./opening.js";
import type { WebSocketOptions } from "./opening.js";
import { WebSocketError, endingError, toCloseArguments } from "./websocket-error.js";
import type { WebSocketCloseInfo } from "./websocket-error.js";

/**
 * Options of a WebSocketStream: those of the proposal, and those of `connect`.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { WebSocketStream, type WebSocketStreamOptions } from "@wireproof/websocket/web";
 *
 * await using server = createServer({ protocols: ["chat"] });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const options: WebSocketStreamOptions = { protocols: ["chat"], signal: AbortSignal.timeout(5_000) };
 * const stream = new WebSocketStream(`ws://127.0.0.1:${port}`, options);
 * console.assert((await stream.opened).protocol === "chat");
 * stream.close();
 * await stream.closed;
 * ```
 */
export interface WebSocketStreamOptions extends Omit<WebSocketOptions, "protocols"> {
  /** Subprotocols to offer, in the order of preference (RFC 6455 §1.9). Default: none. */
  readonly protocols?: readonly string[];
  /** Gives up connecting. When the connection is open it has no effect any more. Default: none. */
  readonly signal?: AbortSignal;
}

/**
 * What `opened` resolves with.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { WebSocketStream, type WebSocketOpenInfo } from "@wireproof/websocket/web";
 *
 * await using server = createServer({ open: (ws) => ws.send("hello") && ws.close(1000) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * const { readable }: WebSocketOpenInfo = await new WebSocketStream(`ws://127.0.0.1:${port}`).opened;
 * for await (const message of readable) console.assert(message === "hello");
 * ```
 */
export interface WebSocketOpenInfo {
  /** Messages: text as strings, everything else as Uint8Arrays. Reading slowly slows the peer down. */
  readonly readable: ReadableStream<string | Uint8Array>;
  /** Takes messages: octets as binary, everything else as text. A write ends when the network has taken the message. */
  readonly writable: WritableStream<string | ArrayBuffer | ArrayBufferView>;
  /** The agreed extensions as they stand in the response, or "". */
  readonly extensions: string;
  /** The agreed subprotocol (RFC 6455 §1.9), or "". */
  readonly protocol: string;
}

/** An open connection, and what errors its writable. */
interface Open {
  readonly connection: WebSocketConnection;
  readonly writable: WritableStreamDefaultController;
}

/**
 * A WebSocket as two streams, as Chromium has it. Both have back pressure: a slow reader slows the peer down, and a write
 * lasts until the network has taken the message.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { WebSocketStream } from "@wireproof/websocket/web";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const { port } = await server.listen(0, "127.0.0.1");
 *
 * const stream = new WebSocketStream(`ws://127.0.0.1:${port}`);
 * const { readable, writable } = await stream.opened;
 * const writer = writable.getWriter();
 * await writer.write("hello");
 * const { value } = await readable.getReader().read();
 * console.assert(value === "hello");
 * stream.close({ closeCode: 1000 });
 * const { closeCode } = await stream.closed;
 * console.assert(closeCode === 1000);
 * ```
 */
export class WebSocketStream {
  readonly #url: URL;
  readonly #opened: Settled<WebSocketOpenInfo> = new Settled();
  readonly #closed: Settled<Required<WebSocketCloseInfo>> = new Settled();
  readonly #opening: AbortController = new AbortController();
  #open: Open | undefined = undefined;
  /** Why the connection was failed; undefined while it was not. */
  #failure: unknown = undefined;
  /** This side began to close. */
  #isClosing = false;
  /** What the writable ended with; undefined while it has not. */
  #writableError: DOMException | undefined = undefined;
  /** A message is on its way to the network. */
  #isWriting = false;

  /**
   * @param url - Address of the server: ws, wss, http or https, without a fragment.
   * @param options - Subprotocols, a signal, and beyond the proposal the options of `connect`. Default: none.
   * @throws DOMException (SyntaxError) for an address that cannot be one, and for subprotocols that are no tokens or come
   * twice; TypeError for options that are none.
   */
  constructor(url: string | URL, options: WebSocketStreamOptions = {}) {
    if (arguments.length === 0) throw new TypeError("The constructor of WebSocketStream needs a URL.");
    const address = toText(url);
    const { protocols, signal, ...others } = toDictionary(options, "The second argument");
    const offered = protocols === undefined ? [] : toTexts(protocols, "protocols");
    if (signal !== undefined && !(signal instanceof AbortSignal))
      throw new TypeError("signal must be an AbortSignal.");
    this.#url = parseAddress(address);
    checkProtocols(offered);
    if (signal?.aborted === true) this.#refuse(signal.reason);
    else void this.#connect(offered, others, signal);
  }

  /** The address, as it was parsed. */
  get url(): string {
    return this.#url.href;
  }

  /** Resolves when the connection is open; rejects with a {@link WebSocketError}, or with the reason of the signal. */
  get opened(): Promise<WebSocketOpenInfo> {
    return this.#opened.promise;
  }

  /**
   * Resolves when the connection was closed cleanly, with the code and the reason of the peer's Close frame; rejects with a
   * {@link WebSocketError} where it was not, or where a message was left unsent.
   */
  get closed(): Promise<Required<WebSocketCloseInfo>> {
    return this.#closed.promise;
  }

  /**
   * Starts the closing handshake (RFC 6455 §7.1.2) behind the messages written so far, or gives up connecting. Does nothing
   * when the closing has begun already.
   *
   * @param info - Close code and reason. Default: none.
   * @throws DOMException: InvalidAccessError for a code other than 1000 and 3000–4999, SyntaxError for a reason with more
   * than 123 octets in UTF-8; TypeError for what is no object.
   */
  close(info: WebSocketCloseInfo = {}): void {
    this.#close(toCloseArguments(info));
  }

  async #connect(
    protocols: readonly string[],
    options: WebSocketOptions,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const abort = (): void => this.#opening.abort(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    try {
      await openConnection(this.#url, protocols, options, this.#opening.signal, {
        open: (connection) => {
          signal?.removeEventListener("abort", abort);
          this.#start(connection);
        },
        error: (_connection, error) => (this.#failure ??= error),
        close: (_connection, code, reason, wasClean) => this.#end(code, reason, wasClean),
      });
    } catch (error) {
      signal?.removeEventListener("abort", abort);
      if (signal?.aborted === true || error instanceof WebSocketError) this.#refuse(error);
      else this.#refuse(endingError("The connection could not be opened.", 1006, "", error));
    }
  }

  #refuse(reason: unknown): void {
    this.#opened.reject(reason);
    this.#closed.reject(reason);
  }

  #start(connection: WebSocketConnection): void {
    const messages = connection[Symbol.asyncIterator]();
    let writable!: WritableStreamDefaultController;
    const info: WebSocketOpenInfo = {
      readable: new ReadableStream({
        pull: (controller) => this.#pull(messages, controller),
        cancel: (reason) => this.#close(argumentsOf(reason)),
      }),
      writable: new WritableStream({
        start: (controller) => {
          writable = controller;
          // A write that is under way would hold up `abort`.
          const { signal } = controller as WritableStreamDefaultController & { readonly signal: AbortSignal };
          signal.addEventListener("abort", () => this.#close(argumentsOf(signal.reason)));
        },
        write: (chunk) => this.#write(connection, chunk),
        close: async () => {
          this.#close({ code: undefined, reason: "" });
          await this.closed;
        },
      }),
      extensions: connection.handshake.extensions,
      protocol: connection.protocol,
    };
    this.#open = { connection, writable };
    this.#opened.resolve(info);
  }

  async #pull(
    messages: AsyncIterator<string | Uint8Array>,
    controller: ReadableStreamDefaultController<string | Uint8Array>,
  ): Promise<void> {
    try {
      const { done, value } = await messages.next();
      if (done === true) controller.close();
      // Not a view of the pool that Buffers have.
      else controller.enqueue(typeof value === "string" ? value : new Uint8Array(value));
    } catch {
      // The connection ended uncleanly, or the readable was cancelled meanwhile.
      const error = await this.closed.catch((reason: unknown) => reason);
      controller.error(error);
    }
  }

  async #write(connection: WebSocketConnection, chunk: unknown): Promise<void> {
    const message = toOctets(chunk) ?? toText(chunk);
    const isTaken = connection.state === "open";
    this.#isWriting = true;
    try {
      if (isTaken) connection.send(message);
      await connection.ready();
    } catch {
      // Closing: what was written before this side's Close frame is sent; what the peer's overtakes is not.
      const isClean = await this.closed.then(
        () => true,
        () => false,
      );
      if (!isTaken || !isClean) throw this.#writableError;
    } finally {
      this.#isWriting = false;
    }
  }

  #close({ code, reason }: CloseArguments): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    if (this.#open !== undefined) this.#open.connection.close(code, reason);
    else this.#opening.abort(endingError("The stream was closed before it was open.", 1006, "", undefined));
  }

  #end(code: number, reason: string, wasClean: boolean): void {
    const failure = this.#failure;
    const isClean = wasClean && failure === undefined;
    const isUnsent = this.#isWriting && !this.#isClosing;
    this.#writableError = new DOMException("The connection was closed.", "InvalidStateError");
    if (isClean && !isUnsent) this.#closed.resolve({ closeCode: code, reason });
    else {
      const what = isClean ? "The peer closed before a message was sent." : "The connection ended uncleanly.";
      const error = endingError(what, failure === undefined ? code : 1006, reason, failure);
      if (!isClean) this.#writableError = error;
      this.#closed.reject(error);
    }
    this.#open?.writable.error(this.#writableError);
  }
}

describe(WebSocketStream, "WebSocketStream", ["url", "opened", "closed", "close"], {
  constructor: 1,
  close: 0,
});

/** Only a WebSocketError says how to close. */
function argumentsOf(reason: unknown): CloseArguments {
  const isError = reason instanceof WebSocketError;
  return isError
    ? { code: reason.closeCode ?? undefined, reason: reason.reason }
    : { code: undefined, reason: "" };
}

/** A promise, and what settles it. If nobody waits for it, its rejection does not end the process. */
class Settled<T> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (reason: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    this.promise.catch(() => {});
  }
}
