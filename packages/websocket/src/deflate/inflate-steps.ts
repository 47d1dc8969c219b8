import type { Inflated } from "../protocol/codec.js";
import { copyOctets } from "../protocol/copy.js";
import { VIOLATIONS } from "../protocol/violation.js";
import { History } from "./history.js";
import { NOTHING, Outcome, join } from "./zlib-stream.js";
import type { Ran } from "./zlib-stream.js";

/**
 * Inflating a message, without zlib: says which octets an inflater gets next and what its answers mean. The same steps
 * serve work done at once and work done on the thread pool.
 *
 * A message, or the rest of one, passes through up to three phases (RFC 7692 §7.2.2):
 *
 * - `Payload`: the octets as they came.
 * - `Restoring`: a block was marked as the last one, so that zlib reads nothing more and, once it is reset, has lost its
 *   window. A stored block with the latest output brings it back; what comes out is thrown away.
 * - `Closing`: the four octets that the sender has left out. They complete an empty block and give nothing, and more
 *   empty blocks after them give nothing either. With a message that was cut off inside a block this goes wrong, except
 *   for one in ten thousand if the last of these blocks is marked as such, and one in a hundred and fifty if not.
 */
export class InflateSteps {
  /** What the inflater gets next: `source[from..to)`, for at most `limit` octets of output. */
  source: Uint8Array = NOTHING;
  from = 0;
  to = 0;
  limit = 0;
  /** Whether the inflater has to be reset before that. The caller that resets it clears this. */
  isResetDue = false;

  readonly #keepsWindow: boolean;
  readonly #history: History;
  /** A block that is marked as the last one has come, and nothing behind it yet. Kept as long as the window. */
  #hasEnded = false;
  /** The inflater was given back, and the next one has no window. */
  #isWindowLost = false;
  /** The latest octet of the message; undefined as long as it has none. */
  #lastOctet: number | undefined = undefined;

  #phase: Phase = Phase.Payload;
  #payload: Uint8Array = NOTHING;
  #at = 0;
  #isLast = false;
  #limit = 0;
  #endsLeft = 0;
  #chunks: Uint8Array[] = [];
  #given = 0;
  #chunksKept = 0;

  /** @param keepsWindow whether messages may refer to earlier ones (context takeover) */
  constructor(keepsWindow: boolean, windowBits: number) {
    this.#keepsWindow = keepsWindow;
    this.#history = new History(windowBits);
  }

  /** Starts on a message or a part of it. The result, if there is nothing to inflate; otherwise a run is due. */
  begin(octets: Uint8Array, isLast: boolean, limit: number): Inflated | undefined {
    this.#payload = octets;
    this.#at = 0;
    this.#isLast = isLast;
    this.#limit = limit;
    this.#endsLeft = ENDS_ALLOWED + octets.length / OCTETS_PER_END;
    if (octets.length > 0) this.#lastOctet = octets[octets.length - 1]!;
    // No octets count as an empty message, as with most receivers. §7.2.3.6 has one octet for it.
    const isNothing = octets.length === 0 && (!isLast || this.#lastOctet === undefined);
    if (isNothing || (this.#hasEnded && this.#isRestEmpty())) return this.#finish();
    if (this.#hasEnded || this.#isWindowLost) return this.#restart();
    if (octets.length === 0) this.#aimAtClosing();
    else this.#aimAtPayload();
    return undefined;
  }

  /** Takes the result of the run. The result, if that was the last one; otherwise the next run is due. */
  take(ran: Ran): Inflated | undefined {
    switch (this.#phase) {
      case Phase.Payload:
        return this.#takePayload(ran);
      case Phase.Restoring:
        if (ran.outcome !== Outcome.Done) return this.#fail("invalid-deflate-data");
        this.#aimAtPayload();
        return undefined;
      case Phase.Closing:
        return this.#takeClosing(ran);
    }
  }

  /** Between messages: the next one goes to an inflater without a window, which has to be restored first. */
  loseWindow(): void {
    this.#isWindowLost = true;
  }

  /** Copies what is left of the payload: from now on the memory that `begin` was given may change. */
  own(): void {
    this.#payload = copyOctets(this.#payload, this.#at);
    this.#at = 0;
    if (this.#phase === Phase.Payload) this.#aimAtPayload();
  }

  #takePayload(ran: Ran): Inflated | undefined {
    this.#at += ran.taken;
    this.#given += ran.given;
    for (const chunk of ran.chunks) this.#chunks.push(chunk);
    switch (ran.outcome) {
      case Outcome.Broken:
        return this.#fail("invalid-deflate-data");
      case Outcome.TooMuch:
        return this.#fail("message-too-big");
      case Outcome.More:
        this.#aimAtPayload();
        return undefined;
      case Outcome.Done:
        if (!this.#isLast) return this.#finish();
        this.#aimAtClosing();
        return undefined;
      case Outcome.Ended:
        this.#hasEnded = true;
        return this.#isRestEmpty() ? this.#finish() : this.#restart();
    }
  }

  #takeClosing(ran: Ran): Inflated | undefined {
    if (ran.outcome === Outcome.Ended && ran.taken === 0) {
      // The last block ended with the payload: the sender has forgotten the octet 00 behind it (§7.2.3.4).
      this.#hasEnded = true;
      return this.#finish();
    }
    const isClosed =
      this.to === CLOSING_OPEN
        ? ran.outcome === Outcome.Done
        : ran.outcome === Outcome.Ended && this.from + ran.taken === CLOSING_ENDED;
    return isClosed ? this.#finish() : this.#fail("invalid-deflate-data");
  }

  /** Behind a last block: whether only the beginning of an empty block is left, or nothing. */
  #isRestEmpty(): boolean {
    const octets = this.#payload.length - this.#at;
    return octets === 0 || (this.#isLast && octets === 1 && this.#payload[this.#at] === 0);
  }

  #restart(): Inflated | undefined {
    this.#endsLeft--;
    if (this.#endsLeft < 0) return this.#fail("invalid-deflate-data");
    this.#remember();
    this.#hasEnded = false;
    this.#isWindowLost = false;
    if (this.#history.octets === 0) this.#aimAtPayload();
    else {
      this.#aim(Phase.Restoring, this.#history.toStoredBlock(), 0, Number.POSITIVE_INFINITY);
    }
    this.isResetDue = true;
    return undefined;
  }

  #aimAtPayload(): void {
    this.#aim(Phase.Payload, this.#payload, this.#at, this.#limit - this.#given);
  }

  #aimAtClosing(): void {
    // A payload ends with the three zero bits that begin an empty stored block, and padding up to the next octet. Ones
    // at the end are unusual padding at best. Eight of them are none: some senders leave the four octets in.
    const last = this.#lastOctet!;
    const start = last === 0xff ? TAIL_OCTETS : 0;
    this.#aim(Phase.Closing, CLOSING, start, 0);
    // To be sure would cost the window. It can be restored, but that should not be needed after every message.
    if (this.#keepsWindow && last < 0x20) this.to = CLOSING_OPEN;
  }

  #aim(phase: Phase, source: Uint8Array, from: number, limit: number): void {
    this.#phase = phase;
    this.source = source;
    this.from = from;
    this.to = source.length;
    this.limit = limit;
  }

  #finish(): Uint8Array {
    if (this.#keepsWindow || !this.#isLast) this.#remember();
    const result = this.#given === 0 ? new Uint8Array(0) : join(this.#chunks, this.#given);
    this.#forgetRun();
    if (this.#isLast) {
      this.#lastOctet = undefined;
      if (!this.#keepsWindow) {
        this.#hasEnded = false;
        this.#history.clear();
      }
    }
    return result;
  }

  #fail(id: "invalid-deflate-data" | "message-too-big"): Inflated {
    this.#forgetRun();
    this.#history.clear();
    return VIOLATIONS[id];
  }

  #remember(): void {
    for (; this.#chunksKept < this.#chunks.length; this.#chunksKept++)
      this.#history.append(this.#chunks[this.#chunksKept]!);
  }

  #forgetRun(): void {
    this.#chunks = [];
    this.#chunksKept = 0;
    this.#given = 0;
    this.#payload = NOTHING;
    this.source = NOTHING;
  }
}

const Phase = { Payload: 0, Restoring: 1, Closing: 2 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** The octets that do not go over the wire (§7.2.1), an empty stored block, an empty last block, and one octet more. */
const CLOSING: Uint8Array = Uint8Array.of(0, 0, 0xff, 0xff, 0, 0, 0, 0xff, 0xff, 3, 0, 0);
const TAIL_OCTETS = 4;
/** Up to here the stream goes on; up to there it has ended. */
const CLOSING_OPEN = 9;
const CLOSING_ENDED = 11;

/**
 * How many blocks may be marked as the last one: 16, and one more for every 32 octets. Each costs up to 7 µs to restore
 * the window and takes a peer two octets; with this bound it costs no more than the same octets in tiny messages.
 */
const ENDS_ALLOWED = 16;
const OCTETS_PER_END = 32;
