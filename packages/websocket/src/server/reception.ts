import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import { isThenable, warn } from "../session/calls.js";
import type { Counters } from "../session/counters.js";
import { CHANNELS } from "../session/diagnostics.js";
import type { ServerLimits } from "../session/limits.js";
import type { CompressionSettings } from "../session/settings.js";
import { Admission } from "./admission.js";
import type { Attachment } from "./attachments.js";
import { answeredAtOnce } from "./at-once.js";
import { afterEarlierAnswers } from "./earlier-answer.js";
import { answer, open } from "./opening.js";
import type { Opened } from "./opening.js";
import type { ServerOptions, UpgradeRequest } from "./options.js";
import { ORIGIN_REFUSED, askOrigin } from "./origin.js";
import { PendingOpening } from "./pending-opening.js";
import { REFUSALS, isRefusal, refuseSocket } from "./refuse.js";
import type { OpeningRefusal } from "./refuse.js";
import { readRequest } from "./upgrade-request.js";
import type { CheckedRequest } from "./upgrade-request.js";

/** Opens the connection of a client whose opening handshake lacks only the answer. Never throws. */
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
  readonly #compression: CompressionSettings | undefined;
  readonly #counters: Counters;
  readonly #start: Start<Data>;
  readonly #admission: Admission;
  readonly #pending = new Set<PendingOpening>();
  #isClosed = false;

  constructor(
    options: ServerOptions<Data>,
    limits: ServerLimits,
    compression: CompressionSettings | undefined,
    counters: Counters,
    start: Start<Data>,
  ) {
    this.#options = options;
    this.#handshakeMs = limits.handshakeMs;
    this.#compression = compression;
    this.#counters = counters;
    this.#start = start;
    this.#admission = new Admission(limits.connections, limits.perAddress);
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

  #handle(raw: IncomingMessage, socket: Duplex, head: Uint8Array): void {
    if (this.#isClosed) return this.refuse(socket, REFUSALS.closing);
    const checked = readRequest(raw, socket, this.#options);
    if (isRefusal(checked)) return this.refuse(socket, checked);
    const { remoteAddress } = checked.request;
    const overLimit = this.#admission.enter(remoteAddress);
    if (overLimit !== undefined) return this.refuse(socket, REFUSALS[overLimit]);
    const allowed = this.#askOrigin(checked.request);
    if (allowed !== true && !isThenable(allowed)) this.#settle(allowed, checked, socket, head);
    else if (allowed === true && this.#options.upgrade === undefined)
      this.#settle(this.#openNow(checked), checked, socket, head);
    else void this.#openLater(allowed, checked, socket, head);
  }

  refuseUnknownPath(socket: Duplex): void {
    afterEarlierAnswers(socket, () => this.refuse(socket, REFUSALS["path-not-served"]));
  }

  /** Refuses any request. Never throws. */
  refuse(socket: Duplex, refused: OpeningRefusal): void {
    const { status, problem } = refused;
    const { remoteAddress = "" } = socket as Socket;
    this.#counters.refused++;
    if (CHANNELS.refused.hasSubscribers)
      CHANNELS.refused.publish({ role: "server", status, problem, remoteAddress });
    try {
      refuseSocket(socket, refused);
    } catch (error) {
      refuseSocket(socket, fault(error));
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
    const pending = new PendingOpening(socket, this.#handshakeMs);
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
    if (!isRefusal(result)) return this.#start(result, request, socket, head);
    this.#admission.leave(request.remoteAddress);
    this.refuse(socket, result);
  }
}

/** The answer without an upgrade hook. */
const NO_ANSWER = {};

/** The application has failed, not the client. */
function fault(error: unknown): OpeningRefusal {
  warn(error);
  return REFUSALS["hook-failed"];
}
