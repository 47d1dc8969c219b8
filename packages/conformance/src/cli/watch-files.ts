import { readdirSync, watch, type FSWatcher } from "node:fs";
import { basename, join, resolve } from "node:path";

import { systemClock } from "../time/clock.js";
import { pause } from "../time/pause.js";

/** Folders that are watched at most; a system has a limit for all its programs. */
const MOST_FOLDERS = 2000;
/** So long nothing may change before a change counts: editors and compilers write in several steps. */
const QUIET_MS = 100;

/** Watches a folder and what is in it. */
export interface WatchedFiles {
  /** Forgets what has changed so far, files for which `keeps` is true excepted. */
  readonly forget: (keeps: (path: string) => boolean) => void;
  /** Settles when something has changed and nothing changes any more, or when the signal is aborted. */
  readonly changed: (signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
}

/**
 * Watches a folder with the folders in it. Hidden ones, `node_modules`, and those that are `ignored`, are left out, and so
 * is what is in more than 2,000 folders.
 */
export function watchFiles(folder: string, ignored: readonly string[]): WatchedFiles {
  const left = new Set(ignored.map((path) => resolve(folder, path)));
  const watchers = new Map<string, FSWatcher>();
  const paths = new Set<string>();
  let wake: () => void = () => undefined;

  const isLeft = (path: string): boolean =>
    basename(path).startsWith(".") || basename(path) === "node_modules" || left.has(path);

  const enter = (path: string): void => {
    if (watchers.has(path) || watchers.size >= MOST_FOLDERS) return;
    try {
      const watcher = watch(path, (_, name) => {
        const changed = name === null ? path : join(path, name);
        if (isLeft(changed)) return;
        // It may be a new folder; a file cannot be entered.
        enter(changed);
        paths.add(changed);
        wake();
      });
      watcher.on("error", () => watcher.close());
      watchers.set(path, watcher);
      for (const entry of readdirSync(path, { withFileTypes: true })) {
        const inner = join(path, entry.name);
        if (entry.isDirectory() && !isLeft(inner)) enter(inner);
      }
    } catch {
      // It is gone already, may not be read, or is no folder.
    }
  };
  enter(resolve(folder));

  /** Settles when nothing has changed for a while, or at once when the signal is aborted. */
  const quiet = async (signal: AbortSignal): Promise<void> => {
    for (let again = true; again && !signal.aborted;) {
      again = false;
      const change = new AbortController();
      wake = () => {
        again = true;
        change.abort();
      };
      await pause(systemClock, QUIET_MS, AbortSignal.any([signal, change.signal]));
    }
  };

  return {
    forget: (keeps) => {
      for (const path of paths) if (!keeps(path)) paths.delete(path);
    },
    changed: async (signal) => {
      if (paths.size === 0 && !signal.aborted) {
        await new Promise<void>((done) => {
          wake = done;
          signal.addEventListener("abort", () => done(), { once: true });
        });
      }
      await quiet(signal);
      paths.clear();
      wake = () => undefined;
    },
    close: () => {
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}
