import { Piece } from "../protocol/output.js";

/** Pieces that are written one part after the other, each when the part before it has been taken. */
export class Parts {
  #pieces: readonly Piece[] = NONE;
  /** The first that is not written as a whole, and where the rest of it begins. */
  #at = 0;
  #from = 0;
  /** What is left. */
  octets = 0;

  set(pieces: readonly Piece[]): void {
    this.#pieces = pieces;
    this.#at = 0;
    this.#from = pieces[0]?.from ?? 0;
    this.octets = pieces.reduce((octets, { from, to }) => octets + to - from, 0);
  }

  /** The next octets, at most so many. */
  take(most: number): Piece[] {
    const part: Piece[] = [];
    let room = Math.min(most, this.octets);
    this.octets -= room;
    while (room > 0) {
      const { memory, to } = this.#pieces[this.#at]!;
      const from = this.#from;
      const end = Math.min(to, from + room);
      part.push(new Piece(memory, from, end, undefined));
      room -= end - from;
      this.#from = end;
      if (end === to) this.#from = this.#pieces[++this.#at]?.from ?? 0;
    }
    if (this.octets === 0) this.#pieces = NONE;
    return part;
  }
}

const NONE: readonly Piece[] = [];
