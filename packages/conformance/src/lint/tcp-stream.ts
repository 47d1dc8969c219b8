import type { Segment } from "./segment.js";

/** Where in the capture octets were. */
export interface Place {
  readonly packet: number;
  readonly atNanos: bigint | null;
}

/** Takes the octets of one direction in the order in which they were sent. */
export interface StreamSink {
  octets(octets: Buffer, place: Place): void;
  /** Octets were not captured, this many of them. Nothing follows. */
  gap(missing: number, place: Place): void;
}

/** Octets and segments that may wait until those before them come. More than that is a gap. */
const WAITING_OCTETS = 1024 * 1024;
const WAITING_SEGMENTS = 4096;

interface Waiting {
  readonly seq: number;
  readonly octets: Buffer;
  readonly cut: number;
  readonly place: Place;
}

/**
 * Puts the segments of one direction in order (RFC 9293 §3.4): out of order, sent again, overlapping. Of octets that
 * were sent twice, the first ones count. Without a SYN the first segment with a payload begins the stream.
 */
export class TcpStream {
  readonly #sink: StreamSink;
  /** The next sequence number; undefined as long as nothing was seen. */
  #next: number | undefined;
  #waiting: Waiting[] = [];
  #waitingOctets = 0;
  #isBroken = false;

  constructor(sink: StreamSink) {
    this.#sink = sink;
  }

  /** Whether the sequence number of a SYN begins another connection than this one. */
  isOther(seq: number): boolean {
    return this.#next !== undefined && this.#next !== (seq + 1) >>> 0;
  }

  add({ seq, syn, payload, cut }: Segment, place: Place): void {
    if (this.#isBroken) return;
    const first = syn ? (seq + 1) >>> 0 : seq;
    if (syn) this.#next ??= first;
    if (payload.length === 0 && cut === 0) return;
    this.#next ??= first;
    const ahead = distance(this.#next, first);
    if (ahead > 0) this.#wait({ seq: first, octets: Buffer.from(payload), cut, place });
    else {
      this.#deliver(first, payload, cut, place);
      this.#drain();
    }
  }

  /** Nothing more comes: what still waits has a gap before it. */
  end(): void {
    const [first] = this.#waiting;
    if (first !== undefined && !this.#isBroken)
      this.#break(distance(this.#next ?? 0, first.seq), first.place);
  }

  #wait(segment: Waiting): void {
    const at = this.#waiting.findIndex(({ seq }) => distance(segment.seq, seq) > 0);
    if (at < 0) this.#waiting.push(segment);
    else this.#waiting.splice(at, 0, segment);
    this.#waitingOctets += segment.octets.length;
    if (this.#waiting.length > WAITING_SEGMENTS || this.#waitingOctets > WAITING_OCTETS) this.end();
  }

  #drain(): void {
    for (let [first] = this.#waiting; first !== undefined && !this.#isBroken; [first] = this.#waiting) {
      if (distance(this.#next ?? 0, first.seq) > 0) return;
      this.#waiting.shift();
      this.#waitingOctets -= first.octets.length;
      this.#deliver(first.seq, first.octets, first.cut, first.place);
    }
  }

  /** `seq` is not after the next number. */
  #deliver(seq: number, octets: Buffer, cut: number, place: Place): void {
    const known = distance(seq, this.#next ?? seq);
    if (known < octets.length) {
      this.#next = (seq + octets.length) >>> 0;
      this.#sink.octets(octets.subarray(known), place);
    }
    const missing = octets.length + cut - Math.max(known, octets.length);
    if (cut > 0 && missing > 0) this.#break(missing, place);
  }

  #break(missing: number, place: Place): void {
    this.#isBroken = true;
    this.#waiting = [];
    this.#waitingOctets = 0;
    this.#sink.gap(missing, place);
  }
}

/** How far it is from one sequence number to another, which may be before it: they wrap at 2^32. */
function distance(from: number, to: number): number {
  return (to - from) | 0;
}
