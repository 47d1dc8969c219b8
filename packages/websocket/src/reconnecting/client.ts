import { ErrorCode, WebSocketError, invalidArgument } from "../errors.js";
import { SendBuffer, sizeOf } from "./buffer.js";
import type { BufferLimits, Outgoing } from "./buffer.js";
import { toMessage } from "./data.js";
import { Inbox } from "./inbox.js";
import { Link, notOpen, tooMuchWaits } from "./link.js";
import type { LinkEvents, LinkParts } from "./link.js";
import { Machine } from "./machine.js";
import type { Effects, StateChange } from "./machine.js";
import { resolveOptions } from "./options.js";
import type { CommonReconnectingOptions, ReconnectingUrl } from "./options.js";
import type { CloseArguments, Platform, Transport } from "./platform.js";
import type { ReconnectingCounters, ReconnectingWebSocket, Sendable } from "./surface.js";
import { failure } from "./verdict.js";
import type { ConnectionEnd } from "./verdict.js";

type Message = string | Uint8Array;

/** Joins the machine, the buffer and the connections of the platform, for an application. */
export class ReconnectingClient<Options extends CommonReconnectingOptions> implements ReconnectingWebSocket {
  lastId: string | number | undefined;
  readonly #parts: LinkParts<Options>;
  readonly #limits: BufferLimits;
  readonly #buffer: SendBuffer;
  readonly #machine: Machine;
  readonly #inbox: Inbox = new Inbox((isPaused) => this.#setPaused(isPaused));
  readonly #counters = { opened: 0, sent: 0, received: 0, dropped: 0 };
  /** The attempt, or the connection; after the end the connection that is still closing. */
  #link: Link<Options> | undefined = undefined;
  #timer: number | undefined = undefined;
  /** Why it ended, once it has; undefined inside: as it should. */
  #end: { readonly error: unknown } | undefined = undefined;
  /** What to call when something has changed. */
  readonly #wakeCalls: (() => void)[] = [];
  /** What undoes listening to the outside. */
  readonly #undo: (() => void)[] = [];

  constructor(platform: Platform<Options>, url: ReconnectingUrl, options: Options) {
    const resolved = resolveOptions(options);
    if (typeof url !== "function") platform.checkUrl(url);
    this.#parts = { platform, url, options, handshakeMs: resolved.handshakeMs };
    this.#limits = resolved.buffer;
    this.#buffer = new SendBuffer(resolved.buffer);
    this.#machine = new Machine(resolved, this.#effects());
    this.lastId = options.lastId;
    // Later, since handlers may use what `reconnecting` returns.
    queueMicrotask(() => this.#start());
  }

  get state(): StateChange["state"] {
    return this.#machine.state;
  }

  get attempt(): number {
    return this.#machine.attempt;
  }

  get protocol(): string {
    return this.#link?.transport?.protocol ?? "";
  }

  get bufferedMessages(): number {
    return this.#buffer.messages;
  }

  get bufferedAmount(): number {
    return this.#buffer.octets + (this.#link?.transport?.bufferedAmount ?? 0);
  }

  get counters(): ReconnectingCounters {
    return { ...this.#counters };
  }

  send(data: Sendable): boolean {
    const message = toMessage(data);
    const transport = this.#openTransport();
    if (transport !== undefined && transport.bufferedAmount <= this.#limits.octets) {
      this.#send(transport, message);
      return true;
    }
    // The memory is the application's, and waiting may take long.
    const kept = typeof message === "string" ? message : message.slice();
    const isClosed = this.state === "closed";
    const yielding = isClosed || transport !== undefined ? undefined : this.#buffer.add(kept);
    for (const oldest of yielding ?? []) this.#drop(oldest, "full");
    if (yielding !== undefined) return true;
    if (!isClosed && this.#limits.onFull === "error")
      throw new WebSocketError(ErrorCode.Backlog, "There is no room for this message.");
    this.#drop(kept, isClosed ? "closed" : "full");
    return false;
  }

  close(code = 1000, reason = ""): void {
    if (code !== 1000 && !(code >= 3000 && code <= 4999))
      throw invalidArgument(`The close code of a client is 1000 or 3000 to 4999, not ${code}.`);
    if (sizeOf(reason) > 123) throw invalidArgument("A close reason has at most 123 octets (RFC 6455 §5.5).");
    if (this.state !== "closed") this.#close(undefined, [code, reason]);
  }

  retry(): void {
    this.#machine.retry();
  }

  async whenOpen(): Promise<void> {
    while (this.state !== "open") {
      if (this.#end !== undefined) throw this.#end.error ?? notOpen();
      await this.#nextChange();
    }
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Message> {
    if (this.#parts.options.message !== undefined)
      throw invalidArgument("Messages go to the message handler; they cannot be iterated over as well.");
    return this.#inbox;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    while (this.#link !== undefined) await this.#nextChange();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #start(): void {
    if (this.state === "closed") return;
    const { platform, options } = this.#parts;
    const { signal, waitForOnline = true } = options;
    const abort = (): void => {
      this.#dropLink();
      this.#machine.close(failure(signal?.reason, false));
    };
    if (signal?.aborted === true) return abort();
    if (signal !== undefined) this.#undo.push(platform.whenAborted(signal, abort));
    if (waitForOnline) {
      const tell = (isOnline: boolean): void => (isOnline ? this.#machine.online() : this.#machine.offline());
      this.#undo.push(platform.watchNetwork(tell));
    }
    this.#machine.connect();
  }

  #effects(): Effects {
    const { platform, options } = this.#parts;
    return {
      now: () => performance.now(),
      random: Math.random,
      open: () => this.#open(),
      drop: () => this.#dropLink(),
      ping: () => this.#guard(() => void (options.ping && this.send(options.ping.message()))),
      setTimer: (delayMs) => {
        clearTimeout(this.#timer);
        if (delayMs !== undefined) this.#timer = setTimeout(() => this.#machine.timer(), delayMs);
      },
      mayRetry: (end) => platform.mayRetry(end),
      shouldReconnect: (question) => {
        let answer: unknown = false;
        this.#guard(() => {
          answer = options.shouldReconnect?.(question) ?? question.wouldReconnect;
        });
        // A promise is no answer.
        return answer === true;
      },
      changed: (change) => this.#changed(change),
    };
  }

  #open(): void {
    const { attempt, lastId } = this;
    const only = (act: () => void): void => {
      if (this.#link === link) act();
    };
    const events: LinkEvents = {
      ready: () =>
        only(() => {
          // The hook may have been at work while the application closed.
          if (this.state === "connecting") this.#ready(link);
        }),
      message: (data) => only(() => this.#received(data)),
      ended: (end) =>
        only(() => {
          this.#link = undefined;
          if (this.state !== "closed") this.#machine.ended(end);
          this.#wake();
        }),
    };
    const link = new Link(this.#parts, { attempt, lastId }, events);
    this.#link = link;
  }

  #ready(link: Link<Options>): void {
    this.#counters.opened++;
    this.#setPaused(this.#inbox.isPaused);
    while (link.transport?.readyState === 1 && this.#buffer.messages > 0)
      this.#send(link.transport, this.#buffer.shift()!);
    this.#machine.opened();
  }

  #openTransport(): Transport | undefined {
    const transport = this.state === "open" ? this.#link?.transport : undefined;
    return transport?.readyState === 1 ? transport : undefined;
  }

  #send(transport: Transport, message: Outgoing): void {
    transport.send(message);
    this.#counters.sent++;
  }

  #setPaused(isPaused: boolean): void {
    this.#link?.transport?.setPaused?.("inbox", isPaused);
  }

  #received(data: Message): void {
    if (this.state === "closed") return;
    this.#machine.heard();
    this.#counters.received++;
    const { options } = this.#parts;
    if (options.message !== undefined)
      this.#guard(() => options.message?.(this, data, typeof data === "string"));
    else if (!this.#inbox.push(data)) this.#close(failure(tooMuchWaits(), true), []);
  }

  #changed(change: StateChange): void {
    const { state, cause } = change;
    if (state === "closed") this.#finish(cause);
    this.#guard(() => this.#parts.options.state?.(this, change));
    this.#wake();
  }

  #dropLink(): void {
    this.#link?.drop();
    this.#link = undefined;
  }

  #nextChange(): Promise<void> {
    return new Promise((resolve) => this.#wakeCalls.push(resolve));
  }

  #wake(): void {
    for (const call of this.#wakeCalls.splice(0)) call();
  }

  /** Closes the connection, if there is one, and ends for good. */
  #close(cause: ConnectionEnd | undefined, how: CloseArguments): void {
    // The peer's Close frame is not to wait behind messages that nobody reads.
    this.#setPaused(false);
    if (this.#link?.close(how) !== true) this.#link = undefined;
    this.#machine.close(cause);
  }

  #finish(cause: ConnectionEnd | undefined): void {
    for (const undo of this.#undo.splice(0)) undo();
    const isFine = cause === undefined || (cause.code === 1000 && cause.error === undefined);
    const error = isFine ? undefined : (cause.error ?? notOpen(cause.code, cause.reason));
    this.#end = { error };
    this.#inbox.end(error);
    while (this.#buffer.messages > 0) this.#drop(this.#buffer.shift()!, "closed");
  }

  #drop(message: Outgoing, reason: "full" | "closed"): void {
    this.#counters.dropped++;
    this.#guard(() => this.#parts.options.dropped?.(this, message, reason));
  }

  /** Calls a handler. If it fails, so does the client: the same message would come again. */
  #guard(handler: () => unknown): void {
    try {
      const answer = handler();
      if (answer instanceof Promise) answer.catch((error: unknown) => this.#handlerFailed(error));
    } catch (error) {
      this.#handlerFailed(error);
    }
  }

  #handlerFailed(cause: unknown): void {
    const { platform } = this.#parts;
    // A handler that waited for the connection, and was told why it has ended, has not failed by itself.
    if (this.#end !== undefined && cause instanceof WebSocketError && cause.code === ErrorCode.NotOpen)
      return;
    const error = new WebSocketError(ErrorCode.Handler, "A handler has failed.", { cause });
    platform.report(error);
    if (this.state !== "closed") this.#close(failure(error, true), platform.faultClose);
  }
}
