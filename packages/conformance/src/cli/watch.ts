import { resolve } from "node:path";

import type { StartedServer } from "../child/started-server.js";
import { untilRestarted } from "../run/restart.js";
import type { RunOptions } from "../run/run-options.js";
import { ExitCode } from "./exit-code.js";
import type { Io } from "./io.js";
import { toggle, type Option } from "./option.js";
import type { StartCommand } from "./start-command.js";
import { UsageError } from "./usage-error.js";
import { watchFiles, type WatchedFiles } from "./watch-files.js";

/** `--watch`. */
export const watchOption: Option<boolean> = toggle(
  "When the run is over, wait until the server was restarted: it is gone, then it answers again. Then what went wrong is played, or every case if nothing did. With --start the command goes on running; it is started again when a file in the working folder has changed, or when it has ended. Ctrl-C ends it. Changes during a run count for files that the command names.",
);

export interface WatchValues {
  readonly watch: boolean;
  readonly ui: boolean;
  readonly lastFailed: boolean;
  readonly start: StartCommand | undefined;
  readonly out: string;
  readonly baseline: string | undefined;
}

/** What is played, and with which servers. */
export interface Watchable<V> {
  /** How the servers are reached. */
  readonly options: RunOptions;
  /** The server of `--start`, not yet started; undefined without that option. Throws a UsageError if it cannot be. */
  readonly server: () => Promise<StartedServer | undefined>;
  /** Plays once; returns the exit code. The server may run on afterwards. */
  readonly play: (values: V, server: StartedServer | undefined) => Promise<ExitCode>;
}

/**
 * How often in a row the same may happen that no change of the user's need be the cause of: a command that ends while
 * nothing is played, a server that is gone when the run is over.
 */
const MOST_BY_ITSELF = 3;

/**
 * Plays once, or again and again as `--watch` says; returns the exit code of the last run. Throws a UsageError for options
 * that do not go together.
 */
export async function playWatched<V extends WatchValues>(
  values: V,
  io: Io,
  watchable: Watchable<V>,
): Promise<ExitCode> {
  if (values.watch && values.ui) throw new UsageError("--watch and --ui exclude each other");
  const server = await watchable.server();
  if (values.watch) return new Watch(values, io, watchable, server).play();
  try {
    return await watchable.play(values, server);
  } finally {
    await server?.stop();
  }
}

/** Why cases are played again. */
type Change = "files" | "ended" | "was-gone" | "went";

class Watch<V extends WatchValues> {
  readonly #values: V;
  readonly #io: Io;
  readonly #watchable: Watchable<V>;
  readonly #named: ReadonlySet<string>;
  readonly #files: WatchedFiles | undefined;
  #server: StartedServer | undefined;
  /** The last change, and how often it came in a row. */
  #last: { readonly change: Change; readonly times: number } | undefined;

  constructor(values: V, io: Io, watchable: Watchable<V>, server: StartedServer | undefined) {
    const { start, out, baseline } = values;
    const folder = process.cwd();
    this.#values = values;
    this.#io = io;
    this.#watchable = watchable;
    this.#server = server;
    this.#named = new Set(start?.line.args.map((word) => resolve(folder, word)));
    // Without a command to start again, files change nothing.
    if (start !== undefined)
      this.#files = watchFiles(folder, baseline === undefined ? [out] : [out, baseline]);
  }

  async play(): Promise<ExitCode> {
    const { signal } = this.#io;
    try {
      let code = await this.#watchable.play(this.#values, this.#server);
      this.#io.expectInterruption();
      while (!signal.aborted) {
        this.#files?.forget((path) => this.#named.has(path));
        const change = await this.#change();
        if (change === null) break;
        this.#count(change);
        code = await this.#again(change, code !== ExitCode.expected);
      }
      return code;
    } finally {
      this.#files?.close();
      await this.#server?.stop();
    }
  }

  /** Waits; null if it was interrupted. */
  async #change(): Promise<Change | null> {
    const over = new AbortController();
    const signal = AbortSignal.any([this.#io.signal, over.signal]);
    const waits: Promise<Change | null>[] = [];
    if (this.#files !== undefined) waits.push(this.#files.changed(signal).then(() => "files"));
    const server = this.#server;
    const endedTooOften = this.#isTooOften("ended");
    if (server?.isRunning === true && !endedTooOften) {
      waits.push(server.ended(signal).then(() => "ended"));
    }
    // A command that does not run comes back when it is started.
    if (this.#values.start === undefined || (server?.isRunning === true && !endedTooOften)) {
      waits.push(this.#restart(signal));
    }
    this.#announce();
    try {
      const change = await Promise.race(waits);
      return this.#io.signal.aborted ? null : change;
    } finally {
      over.abort();
      await Promise.all(waits);
    }
  }

  #restart(signal: AbortSignal): Promise<Change | null> {
    const { options } = this.#watchable;
    const countsGone = !this.#isTooOften("was-gone");
    const onGone = (): void => {
      // Its end may be noticed a moment later.
      if (this.#values.start === undefined) this.#io.complain("the server is gone; waiting until it answers");
    };
    return untilRestarted(options, signal, { countsGone, onGone });
  }

  #announce(): void {
    const { complain } = this.#io;
    if (this.#isTooOften("ended")) {
      complain(`the command has ended ${MOST_BY_ITSELF} times while nothing was played`);
    } else if (this.#isTooOften("was-gone")) {
      complain(`the server was gone after ${MOST_BY_ITSELF} runs in a row; it counts when it goes again`);
    }
    const what = this.#files === undefined ? "a restart of the server" : "changes";
    complain(`waiting for ${what}; Ctrl-C ends it`);
  }

  #count(change: Change): void {
    const times = this.#last?.change === change ? this.#last.times + 1 : 1;
    this.#last = { change, times };
  }

  #isTooOften(change: Change): boolean {
    return this.#last?.change === change && this.#last.times >= MOST_BY_ITSELF;
  }

  /** What cannot be used now can after the next change. */
  async #again(change: Change, lastFailed: boolean): Promise<ExitCode> {
    try {
      if (change === "files" || change === "ended" || this.#server === undefined) {
        await this.#server?.stop();
        this.#server = undefined;
        this.#server = await this.#watchable.server();
      }
      return await this.#watchable.play({ ...this.#values, lastFailed }, this.#server);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#io.complain(error.message);
      return ExitCode.usage;
    }
  }
}
