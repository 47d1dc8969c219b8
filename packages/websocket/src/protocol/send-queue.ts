import type { Slab } from "./slab.js";

/** A frame that has to be sent: payload data as the application gave it, or whole frames that are ready. */
export class Frame {
  readonly opcode: number;
  readonly octets: Uint8Array;
  readonly isLast: boolean;
  readonly isCompressed: boolean;
  /** Frames that are ready as they are: how many messages; 0: `octets` is payload data. */
  readonly preparedMessages: number;
  /** The slab that gets the octets back when the deflater has read them. */
  slab: Slab | undefined = undefined;

  constructor(
    opcode: number,
    octets: Uint8Array,
    isLast: boolean,
    isCompressed: boolean,
    preparedMessages = 0,
  ) {
    this.opcode = opcode;
    this.octets = octets;
    this.isLast = isLast;
    this.isCompressed = isCompressed;
    this.preparedMessages = preparedMessages;
  }
}

/** Frames that wait their turn. */
export class SendQueue {
  /** Payload data in all of them. */
  octets = 0;
  #frames: Frame[] = [];
  #head = 0;

  get isEmpty(): boolean {
    return this.#head === this.#frames.length;
  }

  push(frame: Frame): void {
    this.#frames.push(frame);
    this.octets += frame.octets.length;
  }

  shift(): Frame | undefined {
    const frame = this.#frames[this.#head];
    if (frame === undefined) return undefined;
    this.#head += 1;
    this.octets -= frame.octets.length;
    if (this.#head >= COMPACTED && this.#head * 2 >= this.#frames.length) this.#compact();
    return frame;
  }

  clear(): void {
    this.#frames = [];
    this.#head = 0;
    this.octets = 0;
  }

  #compact(): void {
    this.#frames = this.#frames.slice(this.#head);
    this.#head = 0;
  }
}

/** So many frames may be missing at the front of the array before the others are moved. */
const COMPACTED = 64;
