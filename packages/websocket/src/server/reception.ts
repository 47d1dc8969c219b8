import type { IncomingMessage } from "node:http";
import type { ServerHttp2Stream } from "node:http2";
import type { Duplex } from "node:stream";

import type { Client } from "../forwarded/client-behind.js";
import { isThenable, warn } from "../session/calls.js";
import type { Counters } from "../session/counters.js";
import { CHANNELS, beginWatched, watchedBy } from "../session/diagnostics.js";
import type { WatchedHandshake } from "../session/diagnostics.js";
import type { ServerLimits } from "../session/limits.js";
import type { CompressionSettings } from "../session/settings.js";
import { Admission } from "./admission.js";
import type { Attachment, HasHeaders } from "./attachments.js";
import { answeredAtOnce } from "./at-once.js";
import { afterEarlierAnswers } from "./earlier-answer.js";
import { answer, open } from "./opening.js";
import type { Opened } from "./opening.js";
import type { ServerOptions, UpgradeRequest } from "./options.js";
import { ORIGIN_REFUSED, askOrigin } from "./origin.js";
import { PendingOpening } from "./pending-opening.js";
import { isHttp2Stream } from "../transport/http2-stream.js";
import { presentTime } from "../transport/time.js";
import type { Time } from "../transport/time.js";
import { http2Headers } from "./http2-headers.js";
import { REFUSALS, isRefusal, refuseSocket, refuseStream } from "./refuse.js";
import type { OpeningRefusal } from "./refuse.js";
import { addressOf, clientOf } from "./request-client.js";
import { StreamLimits } from "./stream-limits.js";
import type { TrustedProxies } from "./trusted-proxies.js";
import { readConnect, readRequest } from "./upgrade-request.js";
import type { CheckedRequest, StreamRequest } from "./upgrade-request.js";

/**
 * Opens the connection of a client whose opening handshake lacks only the answer; over HTTP/2 it lacks nothing. Never
 * throws.
 */
export type Start<Data> = (
  opened: Opened<Data>,
  request: UpgradeRequest,
  socket: Duplex,
  head: Uint8Array,
) => void;

/** Receives opening handshakes: checks them, admits them, asks the application, and answers. */
export class Reception<Data> implements Attachment {
  readonly #options: ServerOptions<Data>;
  readonly #handshakeMs: number;
  readonly #handshakeOctets: number;
  readonly #compression: CompressionSettings | undefined;
  readonly #counters: Counters;
  readonly #start: Start<Data>;
  readonly #proxies: TrustedProxies | undefined;
  readonly #admission: Admission;
  readonly #streams: StreamLimits;
  readonly #pending = new Set<PendingOpening>();
  readonly #time: Time = presentTime();
  #isClosed = false;

  constructor(
    options: ServerOptions<Data>,
    limits: ServerLimits,
    compression: CompressionSettings | undefined,
    counters: Counters,
    start: Start<Data>,
    proxies: TrustedProxies | undefined,
  ) {
    this.#options = options;
    this.#handshakeMs = limits.handshakeMs;
    this.#handshakeOctets = limits.handshakeOctets;
    this.#compression = compression;
    this.#counters = counters;
    this.#start = start;
    this.#proxies = proxies;
    this.#admission = new Admission(limits.connections, limits.perAddress);
    this.#streams = new StreamLimits(limits);
  }

  takes(path: string): boolean {
    const { path: wanted } = this.#options;
    if (typeof wanted !== "function") return wanted === undefined || wanted === path;
    try {
      const answer: unknown = wanted(path);
      return answeredAtOnce("The option path", answer) === true;
    } catch (error) {
      warn(error);
      return false;
    }
  }

  /** Answers one opening handshake, at once or when the upgrade hook has decided. Never throws. */
  handle(raw: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    afterEarlierAnswers(socket, () => this.#handle(raw, socket, head));
  }

  /** The same for a request over HTTP/2. */
  handleStream(asked: StreamRequest): void {
    const client = clientOf(asked.stream, asked.rawHeaders, this.#proxies);
    if (CHANNELS.handshake.hasSubscribers)
      beginWatched(asked.stream, watchedConnect(asked, client), () => this.#handleStream(asked, client));
    else this.#handleStream(asked, client);
  }

  #handleStream(asked: StreamRequest, client: Client): void {
    const { session, stream } = asked;
    const { remoteAddress } = client;
    if (session !== undefined && !this.#streams.enter(session, stream))
      return this.refuse(stream, REFUSALS["too-many-streams"], remoteAddress);
    if (stream.destroyed || stream.closed) return this.refuse(stream, REFUSALS["client-gone"], remoteAddress);
    if (listOctets(asked.rawHeaders) > this.#handshakeOctets)
      return this.refuse(stream, REFUSALS["headers-too-large"], remoteAddress);
    this.#receive(() => readConnect(asked, client, this.#options), client, stream, NOTHING);
  }

  #handle(raw: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    const client = clientOf(socket, raw.rawHeaders, this.#proxies);
    const receive = (): void =>
      this.#receive(() => readRequest(raw, client, this.#options), client, socket, head);
    if (CHANNELS.handshake.hasSubscribers) beginWatched(socket, watchedRequest(raw, client), receive);
    else receive();
  }

  #receive(
    read: () => CheckedRequest | OpeningRefusal,
    { remoteAddress }: Client,
    socket: Duplex,
    head: Uint8Array,
  ): void {
    if (this.#isClosed) return this.refuse(socket, REFUSALS.closing, remoteAddress);
    const checked = read();
    if (isRefusal(checked)) return this.refuse(socket, checked, remoteAddress);
    const overLimit = this.#admission.enter(remoteAddress);
    if (overLimit !== undefined) return this.refuse(socket, REFUSALS[overLimit], remoteAddress);
    const allowed = this.#askOrigin(checked.request);
    if (allowed !== true && !isThenable(allowed)) this.#settle(allowed, checked, socket, head);
    else if (allowed === true && this.#options.upgrade === undefined)
      this.#settle(this.#openNow(checked), checked, socket, head);
    else void this.#openLater(allowed, checked, socket, head);
  }

  refuseUnknownPath(socket: Duplex, request: HasHeaders): void {
    const client = clientOf(socket, request.rawHeaders, this.#proxies);
    const refuse = (): void => this.refuse(socket, REFUSALS["path-not-served"], client.remoteAddress);
    const begin = (): void => {
      if (!CHANNELS.handshake.hasSubscribers) return refuse();
      const handshake = isHttp2Stream(socket)
        ? watchedConnect(request as StreamRequest, client)
        : watchedRequest(request as IncomingMessage, client);
      beginWatched(socket, handshake, refuse);
    };
    if (isHttp2Stream(socket)) begin();
    else afterEarlierAnswers(socket, begin);
  }

  /** Refuses any request, by default one of which only the connection is known. Never throws. */
  refuse(
    socket: Duplex,
    refused: OpeningRefusal,
    remoteAddress: string = addressOf(socket, this.#proxies),
  ): void {
    const { status, problem } = refused;
    this.#counters.refused++;
    if (CHANNELS.refused.hasSubscribers)
      CHANNELS.refused.publish({
        role: "server",
        status,
        problem,
        remoteAddress,
        handshake: watchedBy(socket),
      });
    const refuse = isHttp2Stream(socket) ? refuseStream : refuseSocket;
    try {
      refuse(socket as ServerHttp2Stream, refused);
    } catch (error) {
      refuse(socket as ServerHttp2Stream, fault(error));
    }
  }

  /** A connection from this address is gone. */
  leave(remoteAddress: string): void {
    this.#admission.leave(remoteAddress);
  }

  /** From now on all clients are refused, even those that the application is deciding about. */
  close(): void {
    this.#isClosed = true;
    for (const pending of this.#pending) pending.abort("closing");
  }

  /** Permission, a refusal, or a promise that resolves to true for permission. */
  #askOrigin(request: UpgradeRequest): true | OpeningRefusal | PromiseLike<unknown> {
    try {
      const answer = askOrigin(this.#options.origin ?? "same-origin", request);
      if (answer === true || isThenable(answer)) return answer;
      return ORIGIN_REFUSED;
    } catch (error) {
      return fault(error);
    }
  }

  #openNow(checked: CheckedRequest): Opened<Data> | OpeningRefusal {
    try {
      return open(checked, this.#options, this.#compression, NO_ANSWER);
    } catch (error) {
      return fault(error);
    }
  }

  async #openLater(
    allowed: true | PromiseLike<unknown>,
    checked: CheckedRequest,
    socket: Duplex,
    head: Uint8Array,
  ): Promise<void> {
    const pending = new PendingOpening(socket, this.#handshakeMs, this.#time);
    this.#pending.add(pending);
    const answering = this.#decide(allowed, checked, pending.signal).catch(
      // An error after the signal was aborted is expected. Any other is a failure of the application.
      (error: unknown) => (pending.signal.aborted ? pending.tooLate : fault(error)),
    );
    const result = await Promise.race([pending.tooLate, answering]);
    this.#pending.delete(pending);
    this.#settle(this.#isClosed ? REFUSALS.closing : result, checked, socket, head);
    pending.settle();
  }

  async #decide(
    allowed: true | PromiseLike<unknown>,
    checked: CheckedRequest,
    signal: AbortSignal,
  ): Promise<Opened<Data> | OpeningRefusal> {
    if (allowed !== true && (await allowed) !== true) return ORIGIN_REFUSED;
    if (this.#options.upgrade === undefined) return this.#openNow(checked);
    return answer(checked, this.#options, this.#compression, signal);
  }

  #settle(
    result: Opened<Data> | OpeningRefusal,
    { request }: CheckedRequest,
    socket: Duplex,
    head: Uint8Array,
  ): void {
    const refused = isRefusal(result) ? result : this.#respond(result, socket);
    if (refused === undefined) return this.#start(result as Opened<Data>, request, socket, head);
    this.#admission.leave(request.remoteAddress);
    this.refuse(socket, refused, request.remoteAddress);
  }

  /** Answers over HTTP/2, where node:http2 checks the application's fields as well. */
  #respond({ response }: Opened<Data>, socket: Duplex): OpeningRefusal | undefined {
    if (typeof response === "string") return undefined;
    const stream = socket as ServerHttp2Stream;
    if (stream.destroyed || stream.closed) return REFUSALS["client-gone"];
    try {
      stream.respond(http2Headers(200, response));
      return undefined;
    } catch (error) {
      return fault(error);
    }
  }
}

/** The answer without an upgrade hook. */
const NO_ANSWER = {};
const NOTHING = new Uint8Array(0);

/** The size of a field section as HTTP/2 counts it (RFC 9113 §6.5.2), which node:http2 does not hold to what it announces. */
function listOctets(rawHeaders: readonly string[]): number {
  return rawHeaders.reduce((octets, text) => octets + text.length + 16, 0);
}

function watchedRequest(raw: IncomingMessage, client: Client): WatchedHandshake {
  const { method = "", url: target = "", httpVersion, headers } = raw;
  return { role: "server", method, target, httpVersion, headers, ...client };
}

function watchedConnect({ headers }: StreamRequest, client: Client): WatchedHandshake {
  const target = headers[":path"] ?? "";
  return { role: "server", method: "CONNECT", target, httpVersion: "2.0", headers, ...client };
}

/** The application has failed, not the client. */
function fault(error: unknown): OpeningRefusal {
  warn(error);
  return REFUSALS["hook-failed"];
}
