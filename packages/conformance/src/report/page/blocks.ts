import { promisify } from "node:util";
import { deflateRaw } from "node:zlib";

const deflate = promisify(deflateRaw);

/** Lines that are compressed together: enough to have much in common, few enough to be read quickly. */
const BLOCK_CHARACTERS = 256 * 1024;
/** Of one peer. With it a page of 517 cases stays below 6 MB, whatever a peer sends. */
const DETAIL_LIMIT = 5 * 1024 * 1024;

/** A part of the page: compressed lines of JSON as an element that no browser runs. */
export type BlockKind = "events" | "detail";

/**
 * Gathers lines of JSON and makes blocks of them. Base64 has no character that could end the element they are in.
 */
export class BlockWriter {
  readonly #kind: BlockKind;
  #lines: string[] = [];
  #characters = 0;
  #number = 0;

  constructor(kind: BlockKind) {
    this.#kind = kind;
  }

  /** Number of the block in which the next line will be. */
  get number(): number {
    return this.#number;
  }

  /** Returns the element of a block that is full now, or nothing. */
  async add(value: unknown): Promise<string | undefined> {
    const line = JSON.stringify(value);
    this.#lines.push(line);
    this.#characters += line.length + 1;
    return this.#characters < BLOCK_CHARACTERS ? undefined : this.flush();
  }

  /** Returns the element of what was gathered, or nothing if there is nothing. */
  async flush(): Promise<string | undefined> {
    if (this.#lines.length === 0) return undefined;
    const text = this.#lines.join("\n");
    this.#lines = [];
    this.#characters = 0;
    // On another thread: the run goes on meanwhile, and its cases measure time.
    const packed = (await deflate(text, { level: 9 })).toString("base64");
    const number = this.#number++;
    return `<script type="text/plain" data-${this.#kind}="${number}">${packed}</script>\n`;
  }
}

/** Counts what details take; false when the next one has no place any more. */
export class DetailBudget {
  #peers = 0;
  #used = 0;

  addPeer(): void {
    this.#peers++;
  }

  spend(characters: number): void {
    this.#used += characters;
  }

  get hasRoom(): boolean {
    return this.#used < Math.max(1, this.#peers) * DETAIL_LIMIT;
  }
}
