import { readdirSync, readFileSync } from "node:fs";

/** A process, as the system shows it. */
interface Process {
  readonly pid: number;
  readonly parent: number;
  /** The id of its session: what is started in a session of its own keeps it when its parent ends. */
  readonly session: number;
}

/** How much a stack has. */
export interface Usage {
  readonly processes: number;
  /** Memory in octets: what several processes share counts once where that is known. */
  readonly octets: number;
}

/**
 * The processes below one of ours, which are those of a stack. Only Linux shows them; elsewhere there are none.
 */
export class ProcessesBelow {
  readonly #root: number;
  /** Sessions that were begun below it: they are its own even when their parents are gone. */
  readonly #sessions = new Set<number>();

  constructor(root: number) {
    this.#root = root;
  }

  /** Ids of all that run now, without the root. */
  list(): readonly number[] {
    const all = readProcesses();
    // Once it has ended, another process may get its id.
    const root = all.find(({ pid, parent }) => pid === this.#root && parent === process.pid);
    const known = new Set(all.map(({ session }) => session));
    for (const session of this.#sessions) if (!known.has(session)) this.#sessions.delete(session);
    const below = new Set(root === undefined ? [] : [root.pid]);
    // A process may have a lower id than its parent, so one walk is not enough.
    for (let size = -1; size !== below.size;) {
      size = below.size;
      for (const { pid, parent, session } of all) {
        if (below.has(parent) || this.#sessions.has(session)) below.add(pid);
      }
    }
    if (root !== undefined) below.delete(root.pid);
    for (const { pid, session } of all) if (below.has(pid) && session === pid) this.#sessions.add(session);
    return [...below];
  }

  /** How much they have. Memory is counted exactly only beyond `limit` octets, because that is slow. */
  usage(limit: number): Usage {
    const pids = this.list();
    const resident = sum(pids, "status", /^VmRSS:\s*(\d+) kB/m);
    const exact = resident > limit ? sum(pids, "smaps_rollup", /^Pss:\s*(\d+) kB/m) : 0;
    return { processes: pids.length, octets: exact === 0 ? resident : exact };
  }

  /** Ends whatever is left. */
  kill(): void {
    for (const pid of this.list()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has ended, or is not ours to end.
      }
    }
  }
}

function readProcesses(): readonly Process[] {
  return names("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    // The name of the program is in parentheses, and may have some itself.
    const fields = textOf(`/proc/${name}/stat`)
      .replace(/^.*\) /s, "")
      .split(" ");
    const [, parent, , session] = fields;
    if (session === undefined) return [];
    return { pid: Number(name), parent: Number(parent), session: Number(session) };
  });
}

function sum(pids: readonly number[], file: string, pattern: RegExp): number {
  const amounts = pids.map((pid) => Number(pattern.exec(textOf(`/proc/${pid}/${file}`))?.[1] ?? 0));
  return amounts.reduce((total, kibi) => total + kibi * 1024, 0);
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
