import { readFileSync } from "node:fs";
import { openIdle } from "./load/idle.js";
import { messageOf } from "./measure-cpu.js";
import { singleExchange } from "./messages.js";
import { median, type Figure, type Problem, type RowResult } from "./result.js";
import type { Row } from "./rows.js";
import { ServerProcess } from "./server-process.js";
import { addressOf, setupOf, type Candidate, type Certificate } from "./subject.js";

/**
 * This share of the connections is open already at the baseline. Code, pools, and what the heap reserves when it
 * first grows are the same for any number of connections: they would be counted as memory of the connections.
 */
const OPEN_BEFORE = 1 / 3;
/** Until the server has done what it does after a message, in milliseconds. */
const REST_MS = 1000;
/** Memory hardly differs from one process to the next. */
const MOST_ROUNDS = 3;
/** Descriptors that the process needs besides those of the connections. */
const OTHER_FILES = 200;
const FEW_FILES = 2048;

/** Resident memory a connection that has nothing to do costs, in a process of its own each time. */
export async function measureMemory(
  row: Row,
  candidates: readonly Candidate[],
  certificate: Certificate,
  rounds: number,
  about: (server: string, text: string) => void,
): Promise<RowResult> {
  const figures: Figure[] = [];
  const problems: Problem[] = [];
  const connections = possibleConnections(row);
  for (const candidate of candidates) {
    const measured: number[] = [];
    try {
      for (let round = 0; round < Math.min(rounds, MOST_ROUNDS); round++) {
        measured.push(await measureOnce(row, candidate, certificate, connections, about));
      }
      figures.push(figure(candidate.name, measured));
    } catch (error) {
      problems.push({ server: candidate.name, because: messageOf(error) });
    }
  }
  return { row: { ...row, work: { do: "idle", connections } }, figures, problems };
}

/** KiB a connection. */
async function measureOnce(
  row: Row,
  candidate: Candidate,
  certificate: Certificate,
  connections: number,
  about: (server: string, text: string) => void,
): Promise<number> {
  const { server, up } = await ServerProcess.start(candidate.launch, setupOf(row, certificate));
  try {
    about(candidate.name, up.about);
    const to = addressOf(row, candidate, up.port);
    const exchange = singleExchange(row.deflate, candidate.isRaw);
    const openBefore = Math.floor(connections * OPEN_BEFORE);
    const first = await openIdle(to, row.deflate, openBefore, exchange);
    try {
      await first.stay(REST_MS);
      const before = await server.ask("settle");
      const others = await openIdle(to, row.deflate, connections - openBefore, exchange);
      try {
        await Promise.all([first.stay(REST_MS), others.stay(REST_MS)]);
        const after = await server.ask("settle");
        return (after.rssBytes - before.rssBytes) / 1024 / (connections - openBefore);
      } finally {
        others.close();
      }
    } finally {
      first.close();
    }
  } finally {
    await server.stop();
  }
}

function figure(server: string, rounds: readonly number[]): Figure {
  return { server, value: median(rounds), rounds, serverBusy: null, generatorBusy: null, perSecond: null };
}

/** As many as were asked for, or as the limit of open files lets this process and the server have. */
function possibleConnections({ work }: Row): number {
  const wanted = work.do === "idle" ? work.connections : 0;
  return Math.min(wanted, openFilesLimit() - OTHER_FILES);
}

/** Linux tells it; elsewhere a number that is rarely too high. */
function openFilesLimit(): number {
  try {
    const limits = readFileSync("/proc/self/limits", "latin1");
    const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1] ?? "";
    return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft) || FEW_FILES;
  } catch {
    return FEW_FILES;
  }
}
