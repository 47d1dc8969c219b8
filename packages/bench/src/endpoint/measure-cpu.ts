import type { Load } from "./load/load.js";
import { median, type Figure, type Problem, type RowResult } from "./result.js";
import type { Row } from "./rows.js";
import { startSubject, stopSubject, type Candidate, type Certificate, type Subject } from "./subject.js";

export interface Pace {
  readonly intervalMs: number;
  readonly rounds: number;
}

/** Until the compilers of the server and of the generator have seen enough. */
const FIRST_WARM_UP_MS = 1500;
/** Until caches are warm again after the turn of another server. */
const WARM_UP_MS = 200;

interface Sample {
  readonly microsPerUnit: number;
  readonly perSecond: number;
  readonly serverBusy: number;
  readonly generatorBusy: number;
}

interface Contender {
  readonly subject: Subject;
  readonly samples: Sample[];
}

/** Server CPU time of a row: all servers are started, and measured in turns, so that a disturbance hits all of them. */
export async function measureCpu(
  row: Row,
  candidates: readonly Candidate[],
  certificate: Certificate,
  pace: Pace,
  about: (server: string, text: string) => void,
): Promise<RowResult> {
  const problems: Problem[] = [];
  const contenders = new Set<Contender>();
  const drop = async (contender: Contender, error: unknown): Promise<void> => {
    contenders.delete(contender);
    problems.push({ server: contender.subject.name, because: messageOf(error) });
    await stopSubject(contender.subject);
  };
  try {
    for (const candidate of candidates) {
      try {
        const subject = await startSubject(row, candidate, certificate);
        about(subject.name, subject.about);
        contenders.add({ subject, samples: [] });
      } catch (error) {
        problems.push({ server: candidate.name, because: messageOf(error) });
      }
    }
    for (let round = 0; round < pace.rounds; round++) {
      const warmUpMs = round === 0 ? FIRST_WARM_UP_MS : WARM_UP_MS;
      // Backwards every second time: the first in a round takes up to 14 % more than the same server at the end of it.
      const turns = round % 2 === 0 ? [...contenders] : [...contenders].reverse();
      for (const contender of turns) {
        await sample(contender.subject, warmUpMs, pace.intervalMs).then(
          (one) => contender.samples.push(one),
          (error: unknown) => drop(contender, error),
        );
      }
    }
    return { row, figures: [...contenders].map(figure), problems };
  } finally {
    for (const { subject } of contenders) await stopSubject(subject);
  }
}

async function sample({ load, server }: Subject, warmUpMs: number, intervalMs: number): Promise<Sample> {
  load.start();
  await during(load, warmUpMs);
  const before = await read();
  await during(load, intervalMs);
  const after = await read();
  await load.stop();
  const wall = 1000 * (after.atMs - before.atMs);
  const completed = after.completed - before.completed;
  if (completed === 0) throw new Error("nothing was answered while it was measured");
  const serverMicros = after.serverMicros - before.serverMicros;
  return {
    microsPerUnit: serverMicros / completed,
    perSecond: (1e6 * completed) / wall,
    serverBusy: serverMicros / wall,
    generatorBusy: (after.ownMicros - before.ownMicros) / wall,
  };

  async function read(): Promise<Record<"completed" | "atMs" | "ownMicros" | "serverMicros", number>> {
    const { completed } = load;
    const atMs = performance.now();
    const { user, system } = process.cpuUsage();
    return { completed, atMs, ownMicros: user + system, serverMicros: await server.cpuMicros() };
  }
}

async function during(load: Load, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  try {
    await Promise.race([over, load.failure]);
  } finally {
    clearTimeout(timer);
  }
}

function figure({ subject, samples }: Contender): Figure {
  const rounds = samples.map(({ microsPerUnit }) => microsPerUnit);
  return {
    server: subject.name,
    value: median(rounds),
    rounds,
    serverBusy: median(samples.map(({ serverBusy }) => serverBusy)),
    generatorBusy: median(samples.map(({ generatorBusy }) => generatorBusy)),
    perSecond: median(samples.map(({ perSecond }) => perSecond)),
  };
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
