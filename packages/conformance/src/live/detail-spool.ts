import { mkdtempSync, rmSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { PageDetail } from "../report/page/page-event.js";

/** The largest size of the file. Details that come later are not stored. */
const MAX_OCTETS = 1024 * 1024 * 1024;

/** Keeps details of cases in a temporary file, which is removed when the process ends. Memory holds their positions. */
export class DetailSpool {
  readonly #folder: string;
  readonly #file: FileHandle;
  readonly #places = new Map<string, { readonly offset: number; readonly octets: number }>();
  readonly #remove: () => void;
  #size = 0;

  private constructor(folder: string, file: FileHandle) {
    this.#folder = folder;
    this.#file = file;
    this.#remove = () => rmSync(this.#folder, { recursive: true, force: true });
    process.on("exit", this.#remove);
  }

  /** Throws the error of the system if there is no place for temporary files. */
  static async create(): Promise<DetailSpool> {
    const folder = mkdtempSync(join(tmpdir(), "wireproof-live-"));
    return new DetailSpool(folder, await open(join(folder, "details"), "wx+", 0o600));
  }

  /** The detail of a case replaces an earlier one. */
  async put(detail: PageDetail): Promise<void> {
    const octets = Buffer.from(JSON.stringify(detail));
    if (this.#size + octets.length > MAX_OCTETS) return;
    const offset = this.#size;
    this.#size += octets.length;
    await this.#file.write(octets, 0, octets.length, offset);
    this.#places.set(keyOf(detail.end.peer, detail.end.case), { offset, octets: octets.length });
  }

  /** The detail as JSON; null if there is none for that case. */
  async get(peer: string, id: string): Promise<Buffer | null> {
    const place = this.#places.get(keyOf(peer, id));
    if (place === undefined) return null;
    const octets = Buffer.alloc(place.octets);
    await this.#file.read(octets, 0, place.octets, place.offset);
    return octets;
  }

  async close(): Promise<void> {
    process.off("exit", this.#remove);
    await this.#file.close();
    this.#remove();
  }
}

function keyOf(peer: string, id: string): string {
  return `${peer}\n${id}`;
}
