import type { Blame } from "./blame.js";
import { isControl, Opcode } from "../case/opcode.js";
import type { CaseRecord } from "../record/record.js";
import type { WireEntry } from "../record/wire-log.js";

/** What the tester sent on a connection, as far as its wire log shows it. */
export interface Sent {
  /** Frames without Close frames. */
  readonly frames: number;
  /** Frames were written together, so that one read of the peer can have several. */
  readonly together: boolean;
  /** A Close frame was written together with frames before it. */
  readonly closeTogether: boolean;
  readonly fragments: boolean;
  /** Control frames between the fragments of a message. */
  readonly controlInside: boolean;
  readonly pings: boolean;
  readonly text: boolean;
  readonly binary: boolean;
  /** The longest frame of a message. */
  readonly longest: number;
  /** A frame was cut into writes. */
  readonly chopped: boolean;
}

/** What is kept of a case: all that causes are found with. */
export interface CaseFacts {
  readonly id: string;
  readonly attempt: number;
  readonly blames: readonly Blame[];
  /** The case has to fail the connection; undefined where that is not known. */
  readonly mustFail: boolean | undefined;
  /** The case has a good result, and all events that it expects came. */
  readonly isComplete: boolean;
  /** Events that the case expects. */
  readonly wanted: number;
  readonly opened: boolean;
  readonly isDeflated: boolean;
  readonly sent: Sent;
  /** Octets that the tester wrote, whether its wire log shows them or not. */
  readonly octetsSent: number;
  /** The peer ended the connection before the tester did. */
  readonly endsFirst: boolean;
  /** The peer's Close frame is that of the tester, and illegal. */
  readonly echoesIllegalClose: boolean;
  /** Close code of a peer that closed by itself; null if it did not, or gave none. */
  readonly ownCode: number | null;
  /** Frames that came, by opcode. */
  readonly received: Readonly<Record<string, number>>;
}

/** Reads the wire log of one connection, entry by entry. */
export class SentReader {
  #frames = 0;
  #row = 0;
  #together = false;
  #closeTogether = false;
  #fragments = false;
  #controlInside = false;
  #pings = false;
  #text = false;
  #binary = false;
  #longest = 0;
  #chopped = false;
  #isInside = false;

  see(entry: WireEntry): void {
    if ("octets" in entry || "http2" in entry || "note" in entry) return;
    // What comes, and a pause, mean that the next frame is not in the same read.
    if (entry.dir === "<" || ("timer" in entry && entry.timer === "wait")) this.#row = 0;
    if ("timer" in entry && entry.phase === "fired") this.#row = 0;
    if (!("frame" in entry) || entry.dir === "<") return;
    const { opcode, fin, length, sync, chop } = entry.frame;
    const isAlone = sync === true || chop !== undefined;
    this.#chopped ||= chop !== undefined;
    this.#row = isAlone ? 0 : this.#row + 1;
    if (opcode === Opcode.close) {
      this.#closeTogether ||= this.#row > 1;
      return;
    }
    this.#frames++;
    this.#together ||= this.#row > 1;
    this.#pings ||= opcode === Opcode.ping;
    if (isControl(opcode)) {
      this.#controlInside ||= this.#isInside;
      return;
    }
    this.#text ||= opcode === Opcode.text;
    this.#binary ||= opcode === Opcode.binary;
    this.#fragments ||= !fin || opcode === Opcode.continuation;
    this.#longest = Math.max(this.#longest, length);
    this.#isInside = !fin;
  }

  get sent(): Sent {
    return {
      frames: this.#frames,
      together: this.#together,
      closeTogether: this.#closeTogether,
      fragments: this.#fragments,
      controlInside: this.#controlInside,
      pings: this.#pings,
      text: this.#text,
      binary: this.#binary,
      longest: this.#longest,
      chopped: this.#chopped,
    };
  }
}

/** Octets that the tester wrote. */
export function octetsSentOf({ octets }: CaseRecord): number {
  return Object.entries(octets.sent).reduce((sum, [size, often]) => sum + Number(size) * often, 0);
}

/** Whether permessage-deflate was agreed on. */
export function isDeflated({ extension }: CaseRecord): boolean {
  return extension?.includes("permessage-deflate") === true;
}

/** Whether the peer sent back what the tester had sent, although no Close frame may be like that. */
export function hasEchoedIllegalClose({ close, violations }: CaseRecord): boolean {
  const { remotePayload, localPayload } = close;
  return (
    remotePayload !== null && remotePayload === localPayload && violations.some((one) => one.closing === true)
  );
}
