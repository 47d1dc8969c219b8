import { Opcode } from "../case/opcode.js";
import { RECORDED_EVENTS, type CaseRecord, type EventView, type ViolationRecord } from "./record.js";
import {
  SHOWN_LATE,
  SHOWN_OCTETS,
  SHOWN_TOTAL,
  WIRE_LOG_ENTRIES,
  type FrameView,
  type Http2FrameView,
  type WireEntry,
} from "./wire-log.js";
import { MaskingKeyLog } from "./masking-keys.js";
import type { Clock } from "../time/clock.js";
import { VIOLATIONS, type ViolationName } from "./violation.js";

type Counts = Map<number, number>;

/** Records what happens on one connection: the entries of the wire log, statistics, events, violations. */
export class Recorder {
  readonly #clock: Clock;
  readonly #emit: (at: number, entry: WireEntry) => void;
  readonly #start: number;
  readonly startedAt: string;
  readonly events: EventView[] = [];
  eventCount = 0;
  readonly violations: ViolationRecord[] = [];
  readonly timers: string[] = [];
  /** How long those timers were that are limits, in seconds. */
  readonly limits: Record<string, number> = {};
  readonly #keys = new MaskingKeyLog();
  readonly #lostBefore: number;
  readonly #octets = { received: new Map<number, number>(), sent: new Map<number, number>() };
  readonly #frames = { received: new Map<number, number>(), sent: new Map<number, number>() };
  #entries = 0;
  /** Octets shown in the wire log so far. */
  #shown = 0;
  #isCut = false;
  #showing = true;
  /** What was logged since a violation in a frame that has not ended; null outside of a read. */
  #held: { readonly at: number; readonly entry: WireEntry }[] | null = null;

  /** `emit` gets every entry of the wire log with the microseconds since now. */
  constructor(clock: Clock, emit: (at: number, entry: WireEntry) => void) {
    this.#clock = clock;
    this.#emit = emit;
    this.#start = clock.now();
    this.#lostBefore = clock.lostMs();
    this.startedAt = clock.date();
  }

  /** Microseconds since the case began. */
  get elapsed(): number {
    return this.#clock.now() - this.#start;
  }

  /** Whether octets and frames are shown now. They are always counted. */
  get isShowing(): boolean {
    return this.#showing && this.#entries < WIRE_LOG_ENTRIES;
  }

  /** Switches on or off that octets and frames are shown. Load cases switch it off. */
  show(showing: boolean): void {
    if (showing === this.#showing) return;
    this.#showing = showing;
    this.#log({ dir: "=", log: showing });
  }

  octets(dir: ">" | "<", octets: Uint8Array, queued = false): void {
    count(dir === ">" ? this.#octets.sent : this.#octets.received, octets.length);
    if (!this.#showing || this.#full()) return;
    this.#log({ dir, octets: octets.length, hex: this.#cut(shown(octets)), ...(queued ? { queued } : {}) });
  }

  /**
   * Takes what one read brought. A violation shows in the header of a frame, and the frame when it has ended: the log has
   * the frame first, as long as it ends in the same read.
   */
  reading(take: () => void): void {
    this.#held = [];
    try {
      take();
    } finally {
      this.#release();
      this.#held = null;
    }
  }

  /** `view` is only called if the frame is shown. A Close frame is always shown, and so is what follows it. */
  frame(dir: ">" | "<", opcode: number, view: () => FrameView): void {
    count(dir === ">" ? this.#frames.sent : this.#frames.received, opcode);
    if (opcode === Opcode.close) this.show(true);
    if (!this.#showing || this.#full()) return;
    const frame = view();
    const entry: WireEntry = { dir, frame: { ...frame, payload: this.#cut(frame.payload) } };
    const first = this.#held?.[0];
    if (dir === ">" || first === undefined) return this.#log(entry);
    this.#entries++;
    this.#emit(first.at, entry);
    this.#release();
  }

  /** A frame of HTTP/2; those that carry octets are shown and hidden with them. */
  http2(dir: ">" | "<", view: () => Http2FrameView): void {
    if (!this.#showing || this.#full()) return;
    const { payload, fields, ...frame } = view();
    const cut = payload === undefined ? {} : { payload: this.#cut(payload) };
    // Fields are many times as long as their payload where the peer packs them.
    const kept = fields === undefined || this.#shown > SHOWN_TOTAL ? {} : { fields };
    for (const [name, value] of fields ?? []) this.#shown += name.length + value.length;
    this.#log({ dir, http2: { ...frame, ...cut, ...kept } });
  }

  /** A frame of the peer was masked with this key. */
  maskingKey(key: Uint8Array): void {
    this.#keys.push(key);
  }

  event(event: EventView): void {
    this.eventCount++;
    if (this.events.length < RECORDED_EVENTS) this.events.push(event);
  }

  /** `isClosing`: in the peer's Close frame, or after it. */
  violation(name: ViolationName, isClosing: boolean): void {
    const { requirement, sentence } = VIOLATIONS[name];
    // Recorded once for the events and once for the closing: one does not hide the other.
    if (this.violations.some((known) => known.violation === name && (known.closing ?? false) === isClosing)) {
      return;
    }
    this.violations.push({
      violation: name,
      requirement,
      at: this.elapsed,
      ...(isClosing ? { closing: true } : {}),
    });
    this.#log({ dir: "!", violation: `the peer ${sentence}`, requirement });
  }

  /** A timer of the case. It is always logged, even if the log is full. */
  timer(
    timer: "wait" | "kill" | "close",
    phase: "set" | "fired",
    seconds: number,
    detail: { tag?: string; early?: boolean } = {},
  ): void {
    this.#log({ dir: "=", timer, phase, seconds: rounded(seconds), ...detail });
  }

  /** Milliseconds by which the limits of this case were made longer, because the machine was busy. */
  get lostMs(): number {
    return Math.round(this.#clock.lostMs() - this.#lostBefore);
  }

  /** Remembers that a deadline has passed, and how long it was: it may have decided the verdict. */
  fired(name: string, seconds?: number): void {
    this.timers.push(name);
    if (seconds !== undefined) this.limits[name] = rounded(seconds);
  }

  note(note: string): void {
    this.#log({ dir: "=", note });
  }

  statistics(): Pick<CaseRecord, "octets" | "frames" | "maskingKeys"> {
    const maskingKeys = this.#keys.record;
    return {
      octets: { received: asObject(this.#octets.received), sent: asObject(this.#octets.sent) },
      frames: { received: asObject(this.#frames.received), sent: asObject(this.#frames.sent) },
      ...(maskingKeys === undefined ? {} : { maskingKeys }),
    };
  }

  /** A peer that never stops sending must not fill the disk. */
  #cut(hex: string): string {
    const cut = this.#shown > SHOWN_TOTAL ? hex.slice(0, 2 * SHOWN_LATE) : hex;
    this.#shown += cut.length / 2;
    return cut;
  }

  #full(): boolean {
    if (this.#entries < WIRE_LOG_ENTRIES) return false;
    if (!this.#isCut) {
      this.#isCut = true;
      this.#log({ dir: "=", note: `the wire log stops here, after ${WIRE_LOG_ENTRIES} entries` });
    }
    return true;
  }

  #log(entry: WireEntry): void {
    this.#entries++;
    const at = this.elapsed;
    if (this.#held !== null && (this.#held.length > 0 || entry.dir === "!")) this.#held.push({ at, entry });
    else this.#emit(at, entry);
  }

  #release(): void {
    for (const { at, entry } of this.#held ?? []) this.#emit(at, entry);
    if (this.#held !== null) this.#held = [];
  }
}

/** The first octets in hexadecimal, as many as the wire log shows. */
export function shown(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, Math.min(octets.length, SHOWN_OCTETS)).toString("hex");
}

/** To milliseconds: a factor for deadlines can leave crumbs. */
function rounded(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

function count(counts: Counts, key: number): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function asObject(counts: Counts): Record<string, number> {
  return Object.fromEntries([...counts].sort(([a], [b]) => a - b).map(([key, n]) => [String(key), n]));
}
