import { ErrorCode, WebSocketError } from "../errors.js";
import { toMessage } from "./data.js";
import { Inbox } from "./inbox.js";
import type { Attempt, CommonReconnectingOptions, ReconnectingUrl, ResumingConnection } from "./options.js";
import type { CloseArguments, Platform, Transport } from "./platform.js";
import { failure } from "./verdict.js";
import type { ConnectionEnd } from "./verdict.js";

/** What a client is told of a link: `ready` once or never, messages after it, and `ended` once. */
export interface LinkEvents {
  /** The opening handshake is complete, and the `resume` hook is done. */
  ready(): void;
  message(data: string | Uint8Array): void;
  ended(end: ConnectionEnd): void;
}

/** What a link is made of. */
export interface LinkParts<Options> {
  readonly platform: Platform<Options>;
  readonly url: ReconnectingUrl;
  readonly options: Options;
  readonly handshakeMs: number;
}

/** One attempt, and the connection that it becomes. */
export class Link<Options extends CommonReconnectingOptions> {
  /** From the opening handshake on. */
  transport: Transport | undefined = undefined;
  readonly #parts: LinkParts<Options>;
  readonly #events: LinkEvents;
  readonly #controller: AbortController = new AbortController();
  readonly #about: Attempt;
  /** Where messages go while the `resume` hook runs. */
  #resuming: Inbox | undefined = undefined;
  #isOver = false;

  constructor(parts: LinkParts<Options>, about: Omit<Attempt, "signal">, events: LinkEvents) {
    this.#parts = parts;
    this.#events = events;
    this.#about = { ...about, signal: this.#controller.signal };
    this.#connect().catch((error: unknown) => this.#fail(error));
  }

  /** Begins to close; returns false if there is nothing that could still end. */
  close(how: CloseArguments): boolean {
    if (this.transport === undefined) this.drop();
    else this.transport.close(...how);
    return !this.#isOver;
  }

  /** Ends at once, and says nothing more. */
  drop(): void {
    this.#isOver = true;
    this.#resuming?.end(notOpen());
    this.#controller.abort();
  }

  async #connect(): Promise<void> {
    const { platform, url: given, options, handshakeMs } = this.#parts;
    const about = this.#about;
    const found = typeof given === "function" ? await given(about) : given;
    if (this.#isOver) return;
    const target = typeof found === "object" && "url" in found ? found : { url: found };
    const { url, protocols = options.protocols ?? [] } = target;
    await platform.open(
      { url, protocols, options, handshakeMs, about },
      {
        opened: (transport) => void this.#opened(transport).catch((error: unknown) => this.#fail(error)),
        message: (data) => this.#received(data),
        ended: (end) => this.#ended(end),
      },
    );
  }

  /** Without a hook all of this happens at once, so that no message comes in between. */
  async #opened(transport: Transport): Promise<void> {
    if (this.#isOver) return;
    this.transport = transport;
    const { options } = this.#parts;
    if (options.resume === undefined) return this.#events.ready();
    const inbox = new Inbox((isPaused) => transport.setPaused?.("resume", isPaused));
    this.#resuming = inbox;
    await options.resume(this.#resumingConnection(transport, inbox), this.#about);
    if (this.#isOver) return;
    this.#resuming = undefined;
    inbox.end(notOpen());
    this.#events.ready();
    for (const message of inbox.takeAll()) this.#received(message);
    transport.setPaused?.("resume", false);
  }

  #resumingConnection(transport: Transport, inbox: Inbox): ResumingConnection {
    return {
      protocol: transport.protocol,
      send: (data) => transport.send(toMessage(data)),
      receive: async () => {
        const { value } = await inbox.next();
        return value!;
      },
    };
  }

  #received(message: string | Uint8Array): void {
    if (this.#isOver) return;
    if (this.#resuming === undefined) this.#events.message(message);
    else if (!this.#resuming.push(message)) this.#fail(tooMuchWaits());
  }

  #ended(end: ConnectionEnd): void {
    if (this.#isOver) return;
    this.drop();
    this.#events.ended(end);
  }

  #fail(error: unknown): void {
    this.#ended(failure(error, this.transport !== undefined));
  }
}

export function notOpen(closeCode?: number, reason = ""): WebSocketError {
  const sentence =
    closeCode === undefined
      ? "The connection is not open."
      : `The connection was closed with ${closeCode}${reason && `: ${reason}`}.`;
  return new WebSocketError(ErrorCode.NotOpen, sentence, { closeCode });
}

/** A browser cannot slow the server down. */
export function tooMuchWaits(): WebSocketError {
  return new WebSocketError(ErrorCode.Backlog, "Too many messages wait to be read.");
}
