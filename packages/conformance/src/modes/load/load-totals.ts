import type { InFlight } from "./lane.js";
import { LatencyRecord } from "./latency-record.js";
import type { LoadResult } from "./options.js";

type Figures = Pick<
  LoadResult,
  | "sent"
  | "echoed"
  | "different"
  | "unanswered"
  | "durationMs"
  | "messagesPerSecond"
  | "octetsPerSecond"
  | "response"
  | "service"
>;

/** Counts messages that were sent and came back. Messages that were due in the warm-up do not count. */
export class LoadTotals {
  readonly #fromMs: number;
  readonly #untilMs: number;
  readonly #response = new LatencyRecord();
  readonly #service = new LatencyRecord();
  #sent = 0;
  #echoed = 0;
  #echoedInTime = 0;
  #octetsInTime = 0;
  #different = 0;
  #unanswered = 0;
  /** Including those of the warm-up. */
  allSent = 0;
  allEchoed = 0;

  /** Figures are taken from `fromMs` to `untilMs`. */
  constructor(fromMs: number, untilMs: number) {
    this.#fromMs = fromMs;
    this.#untilMs = untilMs;
  }

  sent(dueAt: number): void {
    this.allSent++;
    if (dueAt >= this.#fromMs) this.#sent++;
  }

  echoed({ dueAt, sentAt, sent }: InFlight, isSame: boolean, now: number): void {
    this.allEchoed++;
    // Throughput counts everything that came back in the measured time, even if it was sent before.
    if (now >= this.#fromMs && now < this.#untilMs) {
      this.#echoedInTime++;
      this.#octetsInTime += sent.octets;
    }
    if (dueAt < this.#fromMs) return;
    this.#echoed++;
    if (!isSame) this.#different++;
    this.#response.add(now - dueAt);
    this.#service.add(now - sentAt);
  }

  /** This message got no echo. Its waiting time counts, because without it the server would look better than it is. */
  unanswered({ dueAt, sentAt }: InFlight, now: number): void {
    if (dueAt < this.#fromMs) return;
    this.#unanswered++;
    this.#response.add(now - dueAt);
    this.#service.add(now - sentAt);
  }

  /** This message was never sent, because too much was waiting. Returns 1, or 0 for a message of the warm-up. */
  late(dueAt: number, now: number): 0 | 1 {
    if (dueAt < this.#fromMs) return 0;
    this.#response.add(now - dueAt);
    return 1;
  }

  figures(stoppedAt: number): Figures {
    const durationMs = Math.max(0, stoppedAt - this.#fromMs);
    const perSecond = (amount: number): number => (durationMs === 0 ? 0 : (amount * 1000) / durationMs);
    return {
      sent: this.#sent,
      echoed: this.#echoed,
      different: this.#different,
      unanswered: this.#unanswered,
      durationMs,
      messagesPerSecond: perSecond(this.#echoedInTime),
      octetsPerSecond: perSecond(this.#octetsInTime),
      response: this.#response.latencies(),
      service: this.#service.latencies(),
    };
  }
}
