import type { Step } from "../case/steps.js";
import type { LoopRecord, TrafficRecord } from "../record/record.js";
import type { Timer } from "../time/clock.js";
import { EchoLoop } from "./echo-loop.js";
import { messageCount, messageSource } from "./loop-messages.js";
import { LoopSender } from "./loop-sender.js";
import type { MessageReader } from "../tester/message-reader.js";
import type { PlayContext } from "./play-context.js";

/** The results of a load case. */
export interface LoadFacts {
  readonly loop?: LoopRecord;
  /** Only for a loop with permessage-deflate that was completed. */
  readonly traffic?: TrafficSoFar;
}

type TrafficSoFar = Omit<TrafficRecord, "handshake">;

/** What load cases need beyond the script: echo loops, and a watch that notices when the peer has stopped. */
export class LoadPlay {
  readonly #context: PlayContext;
  readonly #finish: () => void;
  #loop: EchoLoop | null = null;
  #traffic: TrafficSoFar | null = null;
  /** When octets last came or went: in microseconds, and the milliseconds that deadlines had lost by then. */
  #lastProgress = { at: 0, lostMs: 0 };
  #watch: Timer | null = null;

  /** `finish` is called when the load is over, successful or not. */
  constructor(context: PlayContext, finish: () => void) {
    this.#context = context;
    this.#finish = finish;
  }

  get facts(): LoadFacts {
    return {
      ...(this.#loop === null ? {} : { loop: this.#loop.record() }),
      ...(this.#traffic === null ? {} : { traffic: this.#traffic }),
    };
  }

  startLoop(step: Extract<Step, { do: "echo-loop" }>): void {
    const { connection, clock, messages, codec, profile } = this.#context;
    const source = messageSource(step.messages);
    const fragmentSize = step.fragmentSize ?? this.#context.testerOptions?.autoFragmentOctets;
    const sender = new LoopSender({ ...this.#context, source, fragmentSize });
    this.#loop = new EchoLoop({
      source,
      wanted: step.burst === undefined ? messageCount(step.messages, messages) : step.messages.count,
      burst: step.burst ?? 1,
      // The original compares only type and length if the message is always the same.
      compares: profile === "autobahn" && step.messages.from === "payload" ? "length" : "content",
      clock,
      send: (sent, index) => sender.send(sent, index),
      onEnd: (isComplete) => {
        if (isComplete && codec !== null) this.#traffic = connection.traffic;
        this.#finish();
      },
    });
    this.#loop.start();
  }

  /** The reader for a message that begins; null if the message is to become an event. */
  readerFor(opcode: number): MessageReader | null {
    return this.#loop?.reader(opcode) ?? null;
  }

  /** A message that the loop took is complete. After a Close frame of either side the loop does not go on. */
  onTaken(opcode: number): void {
    if (this.#context.connection.state === "open") this.#loop?.messageEnded(opcode);
  }

  /** Octets have come, or queued octets have gone out. */
  onProgress(): void {
    const { clock } = this.#context;
    this.#lastProgress.at = clock.now();
    this.#lastProgress.lostMs = clock.lostMs();
  }

  /**
   * Under `modern` a load case also ends when no octet has come or gone for a while. With the limits of the original,
   * up to a quarter of an hour, a run against a peer that has stopped would take days.
   */
  watch(): void {
    const { clock, timeouts, profile, recorder } = this.#context;
    if (profile === "autobahn") return;
    this.onProgress();
    const look = (): void => {
      const { at, lostMs } = this.#lastProgress;
      const silentMs = (clock.now() - at) / 1000 - (clock.lostMs() - lostMs);
      const leftMs = timeouts.stallMs - silentMs;
      if (leftMs >= 1) {
        this.#watch = clock.deadline(leftMs, look, leftMs * timeouts.stretch);
        return;
      }
      const seconds = timeouts.stallMs / 1000;
      recorder.note(`no octet was sent or received for ${seconds} s: the tester closes`);
      recorder.fired("stalled", seconds);
      this.#finish();
    };
    this.#watch = clock.deadline(timeouts.stallMs, look, timeouts.stallMs * timeouts.stretch);
  }

  /** The connection is closing or closed. */
  stop(): void {
    this.#watch?.cancel();
  }
}
