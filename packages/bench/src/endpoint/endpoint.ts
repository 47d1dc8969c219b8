import { writeFile } from "node:fs/promises";
import { availableParallelism, cpus, release, totalmem, type } from "node:os";
import { mintCertificate } from "@wireproof/peers";
import { markdown } from "./markdown.js";
import { measureBystander } from "./measure-bystander.js";
import { measureCpu } from "./measure-cpu.js";
import { measureMemory } from "./measure-memory.js";
import { endpointOptions, type EndpointOptions } from "./options.js";
import { printResult } from "./report.js";
import type { Machine, Problem, RowResult, RunResult } from "./result.js";
import type { Row } from "./rows.js";
import { self } from "./self.js";
import { BEFORE, canPlay, type ServerKind } from "./servers.js";
import { withConnections, type Candidate, type Certificate } from "./subject.js";

/** Server CPU time a message, and memory a connection, of ours and of others side by side. */
export async function endpoint(args: readonly string[]): Promise<void> {
  const options = endpointOptions(args);
  if (typeof options === "string") {
    console.error(options);
    process.exitCode = 2;
    return;
  }
  if (options.isSelf) return self();
  const run = await measureAll(options);
  printResult(run);
  if (options.json !== null) await writeFile(options.json, `${JSON.stringify(run, null, 2)}\n`);
  if (options.markdown !== null) await writeFile(options.markdown, markdown(withoutBefore(run)));
  if (run.rows.some(({ problems }) => problems.length > 0)) process.exitCode = 1;
}

/** The page shows this version; the one before is for whoever changes it. */
function withoutBefore(run: RunResult): RunResult {
  const { [BEFORE]: _, ...about } = run.about;
  const rows = run.rows.map((result) => ({
    ...result,
    figures: result.figures.filter(({ server }) => server !== BEFORE),
  }));
  return { ...run, about, rows };
}

async function measureAll(options: EndpointOptions): Promise<RunResult> {
  const { rows, intervalMs, rounds, connections } = options;
  const certificate = await mintCertificate();
  const about: Record<string, string> = {};
  const { candidates, leftOut } = candidatesOf(options.servers);
  const kinds = new Map(options.servers.map((kind) => [kind.name, kind]));
  const isPlaying = (name: string, row: Row): boolean => {
    const kind = kinds.get(name);
    return kind !== undefined && canPlay(kind, row);
  };
  const results: RowResult[] = [];
  for (const row of rows) {
    console.error(`${row.id} …`);
    const playing = candidates.filter(({ name }) => isPlaying(name, row));
    const setAbout = (server: string, text: string): void => void (about[server] = text);
    const wanted = withConnections(row, connections);
    results.push(await measureRow(wanted, playing, certificate, { intervalMs, rounds }, setAbout));
  }
  return { machine: machine(), intervalSeconds: intervalMs / 1000, rounds, about, leftOut, rows: results };
}

function measureRow(
  row: Row,
  candidates: readonly Candidate[],
  certificate: Certificate,
  pace: { intervalMs: number; rounds: number },
  about: (server: string, text: string) => void,
): Promise<RowResult> {
  if (row.work.do === "bystander") return measureBystander(row, candidates, certificate, pace.rounds, about);
  return row.work.do === "idle"
    ? measureMemory(row, candidates, certificate, pace.rounds, about)
    : measureCpu(row, candidates, certificate, pace, about);
}

function candidatesOf(servers: readonly ServerKind[]): {
  candidates: readonly Candidate[];
  leftOut: readonly Problem[];
} {
  const candidates: Candidate[] = [];
  const leftOut: Problem[] = [];
  for (const server of servers) {
    const { name, isRaw, streams } = server;
    const found = server.launch();
    if (typeof found === "string") leftOut.push({ server: name, because: found });
    else candidates.push({ name, isRaw, ...(streams === undefined ? {} : { streams }), launch: found });
  }
  return { candidates, leftOut };
}

/** What the figures depend on. */
function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: totalmem() / 1024 ** 3,
    system: `${type()} ${release()}`,
    node: process.versions.node,
    date: new Date().toISOString().slice(0, 10),
  };
}
