import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { Opcode } from "../case/opcode.js";
import type { EventView, LoopRecord } from "../record/record.js";
import type { Clock } from "../time/clock.js";
import type { MessageSource } from "./loop-messages.js";
import { ComparingReader, type MessageReader } from "../tester/message-reader.js";
import { PayloadDigest, sameShape } from "../record/event-view.js";

export interface EchoLoopContext {
  readonly source: MessageSource;
  /** Messages that have to come back. */
  readonly wanted: number;
  /** What has to be the same in a message and its echo: type and content, or only type and length. */
  readonly compares: "content" | "length";
  readonly clock: Clock;
  /** Messages that go out together; more than one only if all are the same. */
  readonly burst: number;
  /** Sends messages, the first with this index. */
  readonly send: (messages: readonly Uint8Array[], index: number) => void;
  /** All messages have come back, or an echo differed. */
  readonly onEnd: (isComplete: boolean) => void;
}

/**
 * Sends one message at a time, or a burst, and compares the echoes while they arrive. If all are the same, the next
 * message or burst goes out.
 */
export class EchoLoop {
  readonly #context: EchoLoopContext;
  readonly #latency: RecordableHistogram = createHistogram();
  #sent = 0;
  #matched = 0;
  #sentAt = 0;
  #current: Uint8Array = new Uint8Array(0);
  /** The first echo that differed. It ends the loop, unless only type and length are compared and are the same. */
  #mismatch: LoopRecord["mismatch"];
  #isBroken = false;
  #reading: ComparingReader | null = null;

  constructor(context: EchoLoopContext) {
    this.#context = context;
  }

  start(): void {
    this.#sendNext();
  }

  get isOver(): boolean {
    return this.#isBroken || this.#matched === this.#context.wanted;
  }

  /** The reader for a message that begins; null once the loop is over. */
  reader(opcode: number): MessageReader | null {
    if (this.isOver) return null;
    this.#reading = new ComparingReader(this.#current, opcode);
    return this.#reading;
  }

  /** The message is complete. */
  messageEnded(opcode: number): void {
    const reading = this.#reading;
    if (reading === null || this.isOver) return;
    this.#reading = null;
    const isSame = reading.isSame && opcode === this.#context.source.opcode;
    if (!isSame && !this.#tolerates(reading.event())) {
      this.#isBroken = true;
      return this.#context.onEnd(false);
    }
    this.#latency.record(Math.max(1, this.#context.clock.now() - this.#sentAt));
    this.#matched++;
    if (this.isOver) this.#context.onEnd(true);
    else if (this.#matched === this.#sent) this.#sendNext();
  }

  record(): LoopRecord {
    return {
      wanted: this.#context.wanted,
      sent: this.#sent,
      matched: this.#matched,
      ...(this.#mismatch === undefined ? {} : { mismatch: this.#mismatch }),
      ...(this.#matched === 0 ? {} : { latency: summary(this.#latency) }),
    };
  }

  #sendNext(): void {
    const { source, send, clock, burst, wanted } = this.#context;
    const index = this.#sent;
    const count = Math.min(burst, wanted - index);
    this.#sent += count;
    this.#current = source.at(index);
    this.#sentAt = clock.now();
    send(Array<Uint8Array>(count).fill(this.#current), index);
  }

  /** Records an echo that differs. True if type and length are the same, and nothing else is compared. */
  #tolerates(observed: EventView): boolean {
    const digest = new PayloadDigest();
    digest.push(this.#current);
    const binary = this.#context.source.opcode === Opcode.binary;
    const expected: EventView = { type: "message", binary, ...digest.finish() };
    this.#mismatch ??= { index: this.#matched, expected, observed };
    return this.#context.compares === "length" && sameShape(expected, observed);
  }
}

function summary(histogram: RecordableHistogram): NonNullable<LoopRecord["latency"]> {
  return {
    min: histogram.min,
    mean: Math.round(histogram.mean),
    p50: histogram.percentile(50),
    p99: histogram.percentile(99),
    max: histogram.max,
  };
}
