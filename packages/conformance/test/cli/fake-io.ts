import type { Io } from "../../src/cli/io.js";
import type { Sink } from "../../src/cli/sink.js";

/** An Io that keeps what is written. */
export interface FakeIo extends Io {
  readonly written: () => string;
  readonly complaints: readonly string[];
  /** What reports wrote to standard error. */
  readonly writtenToStderr: () => string;
}

export function fakeIo(changes: Partial<Io> = {}): FakeIo {
  const complaints: string[] = [];
  let text = "";
  let errors = "";
  const write = (data: string | Uint8Array): Promise<void> => {
    text += typeof data === "string" ? data : new TextDecoder().decode(data);
    return Promise.resolve();
  };
  const stdout: Sink = { write, end: () => Promise.resolve() };
  const stderr: Sink = {
    write: (data) => {
      errors += typeof data === "string" ? data : new TextDecoder().decode(data);
      return Promise.resolve();
    },
    end: () => Promise.resolve(),
  };
  return {
    stdout,
    stderr,
    env: {},
    print: write,
    complain: (sentence) => complaints.push(sentence),
    isTty: false,
    hasColor: false,
    columns: 80,
    signal: new AbortController().signal,
    expectInterruption: () => undefined,
    written: () => text,
    complaints,
    writtenToStderr: () => errors,
    ...changes,
  };
}
