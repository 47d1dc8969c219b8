import type { MessageOpcode } from "../protocol/opcode.js";
import { VIOLATIONS } from "../protocol/violation.js";
import { PauseReason } from "./pause.js";
import { Buckets } from "./rate.js";
import type { Rate } from "./rate.js";
import { Session } from "./session.js";
import type { SessionEnvironment } from "./session.js";

/** A session with the option `rate`. A class of its own, so that others have neither its fields nor its checks. */
export class RatedSession<Data> extends Session<Data> {
  readonly #policy: Rate["policy"];
  readonly #buckets: Buckets;
  /** Octets that were received and for which tokens were asked. */
  #countedOctets = 0;
  /** The message that comes was counted when it began. */
  #isCounted = false;
  /** When reading goes on. */
  #resumeAt = Infinity;

  constructor(environment: SessionEnvironment<Data>, rate: Rate) {
    super(environment);
    this.#policy = rate.policy;
    this.#buckets = new Buckets(rate, environment.time.now());
  }

  override onText(text: string): void {
    if (this.#admitMessage()) super.onText(text);
  }

  override onOctets(octets: Uint8Array, isText: boolean, isOwned: boolean): void {
    if (this.#admitMessage()) super.onOctets(octets, isText, isOwned);
  }

  /** Half of a message cannot be dropped, and its reader takes it at its own pace. */
  override onMessageStart(opcode: MessageOpcode): void {
    this.#isCounted = this.#admit(1);
    if (this.#isCounted || this.#policy === "drop") super.onMessageStart(opcode);
  }

  override onMessagePart(octets: Uint8Array, isLast: boolean, isOwned: boolean): void {
    if (isLast) this.#isCounted = false;
    if (this.#admit(0) || this.#policy === "drop") super.onMessagePart(octets, isLast, isOwned);
  }

  override onPing(octets: Uint8Array): void {
    if (this.#admit(0) || this.#policy === "drop") super.onPing(octets);
  }

  override onPong(octets: Uint8Array): void {
    if (this.#admit(0) || this.#policy === "drop") super.onPong(octets);
  }

  override onClosing(): void {
    // The peer's Close frame comes behind what waits. `limits.closeMs` limits how long it may take.
    this.#goOn();
    super.onClosing();
  }

  override onClosed(code: number, reason: string, wasClean: boolean): void {
    this.#resumeAt = Infinity;
    super.onClosed(code, reason, wasClean);
  }

  override get deadline(): number {
    return Math.min(super.deadline, this.#resumeAt);
  }

  override tick(now: number): void {
    if (now >= this.#resumeAt) this.#goOn();
    super.tick(now);
  }

  /** A whole message; false if it is not delivered. */
  #admitMessage(): boolean {
    const messages = this.#isCounted ? 0 : 1;
    this.#isCounted = false;
    const isAdmitted = this.#admit(messages);
    if (!isAdmitted && this.#policy === "drop") this.environment.counters.rateExceeded++;
    return isAdmitted;
  }

  /** Takes tokens for what has come since the last call. False if the rate is exceeded and this is not to be delivered. */
  #admit(messages: number): boolean {
    const read = this.connection.counters.octetsReceived - this.connection.unreadOctets;
    const octets = Math.max(0, read - this.#countedOctets);
    this.#countedOctets += octets;
    const now = this.environment.time.now();
    if (this.#policy === "pause") {
      const waitMs = this.#buckets.owe(now, messages, octets);
      if (waitMs > 0 && this.isOpen) this.#waitUntil(now + waitMs);
      return true;
    }
    if (this.#buckets.take(now, messages, octets)) return true;
    if (this.#policy === "close") {
      this.environment.counters.rateExceeded++;
      this.fail(VIOLATIONS["rate-exceeded"]);
    }
    return false;
  }

  #waitUntil(resumeAt: number): void {
    const { counters, time } = this.environment;
    if (this.#resumeAt === Infinity) counters.rateExceeded++;
    this.#resumeAt = resumeAt;
    this.pause(PauseReason.Rate);
    time.deadlines.add(this);
  }

  #goOn(): void {
    this.#resumeAt = Infinity;
    this.resume(PauseReason.Rate);
  }
}
