import { reasonOf } from "../reason-of.js";
import { createWriteStream } from "node:fs";
import { open, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { Writable } from "node:stream";

import { quote } from "../report/escape.js";
import { makeFolder } from "./make-folder.js";

/** A place to write to, with back-pressure: `write` settles when more may be written. */
export interface Sink {
  /** Throws a BrokenPipe if the reader is gone, an OutputError if it cannot be written. */
  write(data: string | Uint8Array): Promise<void>;
  /** Settles when everything is written. Throws as `write` does. */
  end(): Promise<void>;
}

/** Something cannot be written. The message is one sentence; exit code 2. */
export class OutputError extends Error {
  override readonly name = "OutputError";
}

/** The reader of a pipe is gone. This is not an error: it has read enough. */
export class BrokenPipe extends Error {
  override readonly name = "BrokenPipe";
}

/** Opens a file, empties it unless it is appended to, and makes its folder if needed. Throws an OutputError. */
export async function openFile(path: string, append = false): Promise<Sink> {
  try {
    await makeFolder(dirname(path));
    const handle = await open(path, append ? "a" : "w");
    return new StreamSink(createWriteStream(path, { fd: handle }), quote(path), true);
  } catch (error) {
    throw cannotWrite(quote(path), error);
  }
}

/** Writes a whole file and replaces its content. Throws an OutputError. */
export async function writeWhole(path: string, data: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, data);
  } catch (error) {
    throw cannotWrite(quote(path), error);
  }
}

/** A stream that stays open, such as standard output. */
export function streamSink(stream: Writable, name: string): Sink {
  return new StreamSink(stream, name, false);
}

export function cannotWrite(name: string, error: unknown): OutputError {
  return new OutputError(`cannot write ${name}: ${reasonOf(error)}`);
}

class StreamSink implements Sink {
  readonly #stream: Writable;
  readonly #name: string;
  readonly #isOwned: boolean;
  #failure: Error | undefined;
  #wake: () => void = () => undefined;

  constructor(stream: Writable, name: string, isOwned: boolean) {
    this.#stream = stream;
    this.#name = name;
    this.#isOwned = isOwned;
    // These listeners stay: an error event without a listener ends the process.
    stream.on("error", (error) => this.#fail(error));
    stream.on("drain", () => this.#wake());
  }

  async write(data: string | Uint8Array): Promise<void> {
    this.#check();
    if (this.#stream.write(data)) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#check();
  }

  async end(): Promise<void> {
    this.#check();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      // The callback may get the error before the event is emitted.
      const done = (error?: Error | null): void => {
        if (error) this.#fail(error);
        resolve();
      };
      if (this.#isOwned) this.#stream.end(done);
      else this.#stream.write("", done);
    });
    this.#check();
  }

  #fail(error: NodeJS.ErrnoException): void {
    this.#failure ??= error.code === "EPIPE" ? new BrokenPipe("EPIPE") : cannotWrite(this.#name, error);
    this.#wake();
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}
