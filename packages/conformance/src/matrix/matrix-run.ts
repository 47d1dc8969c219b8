import { existsSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { OUTCOMES } from "../judge/verdict.js";
import { mintCertificate } from "../mint-certificate.js";
import { cut, escapeText } from "../report/escape.js";
import { readRunFile } from "../report/read-run-file.js";
import { systemClock } from "../time/clock.js";
import { build, BuildError } from "./build.js";
import { freePort } from "./free-port.js";
import { isUnchanged, jobKey, jobName, jobTitle, type Job, type JobKey } from "./job.js";
import type { Availability, Packages } from "./packages.js";
import { store, storedResults, storedRole } from "./result-files.js";
import type { RoleResult } from "./results.js";
import { failedResult, roleResult, totalsOf } from "./role-result.js";
import { runSuite, type Limits, type SuiteEnd } from "./suite-run.js";
import { forEachOf } from "./workers.js";

/** How stacks are tested. */
export interface MatrixOptions {
  readonly jobs: readonly Job[];
  readonly packages: Packages;
  /** Folders: node_modules; of the manifests, of the results, of run files and of what is built. */
  readonly modules: string;
  readonly stacks: string;
  readonly results: string;
  readonly runs: string;
  /** How many at a time. */
  readonly atATime: number;
  readonly limits: Limits;
  /** Run also what is unchanged. */
  readonly again: boolean;
  readonly suite: string;
  readonly profile: RoleResult["profile"];
  /** SHA-256 of what is asked for; null where no case can be played. */
  readonly setOf: (job: Job) => string | null;
  /** Options of `wireproof test` and `wireproof test-client` that choose the cases. */
  readonly selection: readonly string[];
  /** One line of progress. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

/** How a job came out. */
type JobEnd = RoleResult["status"] | "unchanged" | "not available" | "interrupted";

export type MatrixTotals = ReadonlyMap<JobEnd, number>;

/** A server may take so long to listen: a Java server on a busy machine does. */
const START_SECONDS = 60;

/** Tests stacks, some at a time, and stores the result of each as soon as it is there. */
export async function runMatrix(options: MatrixOptions): Promise<MatrixTotals> {
  const totals = new Map<JobEnd, number>();
  const add = (end: JobEnd, count: number): void => {
    totals.set(end, (totals.get(end) ?? 0) + count);
  };
  let left = options.jobs.length;
  await forEachOf(options.jobs, options.atATime, options.signal, async (job, signal) => {
    left--;
    add(await runJob(job, { ...options, signal }), 1);
  });
  if (left > 0) add("interrupted", left);
  return totals;
}

async function runJob(job: Job, options: MatrixOptions): Promise<JobEnd> {
  const { packages, results, say, signal } = options;
  const title = jobTitle(job);
  const here = await packages.availability(job.stack);
  const set = options.setOf(job);
  if (!here.available || set === null) {
    say(`${title}: not available here: ${here.available ? "no chosen case is for it" : here.because}`);
    return "not available";
  }
  const { suite, profile, stacks } = options;
  const key = jobKey(job, stacks, here, { suite, profile, set });
  if (!options.again && isUnchanged(storedRole(storedResults(results, job.stack.folder), job), key)) {
    say(`${title}: unchanged, ${here.version}`);
    return "unchanged";
  }
  say(`${title}: begins, ${versionText(here)}`);
  const startedAt = systemClock.date();
  const result = await tested(job, key, options).catch((error: unknown) => {
    if (!(error instanceof BuildError)) throw error;
    return signal.aborted ? null : failedResult(key, startedAt, error.message);
  });
  // What was measured until then stays in its folder; the next run begins this job anew.
  if (result === null) {
    say(`${title}: interrupted`);
    return "interrupted";
  }
  store(results, job.stack.folder, result);
  say(`${title}: ${resultText(result)}`);
  return result.status;
}

/** Builds and tests a role. Null if it was interrupted. */
async function tested(job: Job, key: JobKey, options: MatrixOptions): Promise<RoleResult | null> {
  const { limits, modules, runs, stacks, signal } = options;
  const folder = resolve(runs, "builds", jobName(job));
  const { program, stack } = job;
  const source = join(stacks, stack.folder);
  await build({ source, program, packages: key.packages, folder, modules }, signal);
  const report = join(folder, "report");
  rmSync(report, { recursive: true, force: true });
  const startedAt = systemClock.date();
  const end = await runSuite(await suiteArguments(job, folder, options.selection), folder, limits, signal);
  const runFile = join(report, "run.ndjson");
  if (signal.aborted) return null;
  if (!existsSync(runFile)) return failedResult(key, startedAt, withoutRun(end));
  const kept = join(runs, `${jobName(job)}.ndjson`);
  renameSync(runFile, kept);
  return roleResult(readRunFile(kept), { ...key, ...(end.cut === undefined ? {} : { cut: end.cut }) });
}

function withoutRun({ cut: limit, said }: SuiteEnd): string {
  return limit ?? `It could not be tested: ${said.replace(/^wireproof: /, "").replace(/\.$/, "")}.`;
}

async function suiteArguments(
  job: Job,
  folder: string,
  selection: readonly string[],
): Promise<readonly string[]> {
  const { stack, program, role, over } = job;
  const isHttp2 = over === "http2";
  const common = ["--agent", stack.name, "--out", "report", "--reporter", "terminal=report/terminal.txt"];
  const options = [...common, ...selection];
  if (role === "client")
    return ["test-client", ...(isHttp2 ? ["--http2", "--tls"] : []), ...options, "--", program.start];
  if (isHttp2) {
    const { key, cert } = await mintCertificate();
    writeFileSync(join(folder, "tls.pem"), key + cert, { mode: 0o600 });
  }
  const port = String(await freePort());
  const path = "path" in program ? program.path : "/";
  return [
    "test",
    `${isHttp2 ? "wss" : "ws"}://127.0.0.1:${port}${path}`,
    ...(isHttp2 ? ["--http2", "--insecure"] : []),
    "--start",
    program.start.replaceAll("{port}", port),
    "--wait",
    String(START_SECONDS),
    ...options,
  ];
}

/** `8.23.0`, and what is here in another version than the manifest says. */
export function versionText({ version, others }: Extract<Availability, { available: true }>): string {
  return [version, ...others].map(escapeText).join(", ");
}

/** How a role came out, in a line: counts, and the first finding. */
function resultText(result: RoleResult): string {
  const { status, because = "", findings, seconds } = result;
  const [first] = findings;
  const totals = totalsOf(result);
  const counts = [...OUTCOMES, "not-run" as const]
    .filter((key) => totals[key] !== undefined)
    .map((key) => `${totals[key]} ${key}`)
    .join(", ");
  const found =
    first === undefined ? "" : `; first of ${findings.length}: ${first.severity}: ${first.because}`;
  if (status === "failed") return line(`failed: ${because}`);
  return line(`${counts} in ${Math.round(seconds)} s${status === "cut" ? `, cut: ${because}` : ""}${found}`);
}

function line(text: string): string {
  return escapeText(cut(text, 300));
}
