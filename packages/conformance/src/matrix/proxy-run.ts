import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";

import { mintCertificate } from "../mint-certificate.js";
import { startEchoServer } from "../modes/echo-server.js";
import { cut, escapeText, safeJson } from "../report/escape.js";
import { readRunFile } from "../report/read-run-file.js";
import { resultsOf, type CaseResult } from "../report/run-results.js";
import { EVIDENCE_LINES } from "../run/finding.js";
import type { WireEvent } from "../run/event.js";
import { systemClock } from "../time/clock.js";
import { programDigest } from "./build.js";
import { freePort } from "./free-port.js";
import type { ProxyProgram, Stack } from "./manifest.js";
import type { Packages } from "./packages.js";
import { IDLE_SECONDS } from "./probes/ending-probes.js";
import { PROBES, playProbes, type ProbeOutcome } from "./probes/play-probes.js";
import { Rig } from "./probes/rig.js";
import { hasIdleLimit, prepareProxy, ProxyError, startProxy } from "./proxy-process.js";
import { proxyResults, type HttpVersion, type ProxyResults } from "./results.js";
import { roleResult, storedEvidence } from "./role-result.js";
import { runSuite, type Limits } from "./suite-run.js";

/** A proxy with one version of HTTP in front. */
export interface ProxyJob {
  readonly stack: Stack;
  /** What the client speaks. */
  readonly over: HttpVersion;
  readonly program: ProxyProgram;
}

/** How proxies are tested. */
export interface ProxyOptions {
  readonly packages: Packages;
  /** Folders: of the manifests, of the results, and of run files. */
  readonly stacks: string;
  readonly results: string;
  readonly runs: string;
  readonly limits: Limits;
  /** Test also what is unchanged. */
  readonly again: boolean;
  readonly suite: string;
  /** SHA-256 of the chosen cases; null where none can be played. */
  readonly setOf: (over: HttpVersion) => string | null;
  /** Options of `wireproof test` that choose the cases. */
  readonly selection: readonly string[];
  /** One line of progress. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

type CaseResults = ReadonlyMap<string, CaseResult>;
type Difference = ProxyResults["differences"][number];

/** In the run of the suite no connection is idle for so long. */
const PATIENT_SECONDS = 600;
const START_SECONDS = 60;

/** The proxies of all stacks, in the order of their names. */
export function proxyJobsOf(stacks: readonly Stack[]): readonly ProxyJob[] {
  return stacks.flatMap((stack) =>
    (["http1", "http2"] as const).flatMap((over) => {
      const program = (over === "http2" ? stack.http2 : stack)?.proxy;
      return program === undefined ? [] : { stack, over, program };
    }),
  );
}

/** The name of its results and of its run file: `nginx`, `haproxy.http2`. */
export function proxyName({ stack, over }: Pick<ProxyJob, "stack" | "over">): string {
  return `${stack.folder}${over === "http2" ? ".http2" : ""}`;
}

/** Tests proxies one after the other, and stores the result of each. Returns how many could not be tested to the end. */
export async function runProxies(jobs: readonly ProxyJob[], options: ProxyOptions): Promise<number> {
  const { say, signal } = options;
  const direct = new DirectRuns(options);
  let failed = 0;
  for (const job of jobs) {
    if (signal.aborted) break;
    const title = `${job.stack.folder}, ${job.program.path}`;
    const here = await options.packages.availability(job.stack);
    const set = options.setOf(job.over);
    if (!here.available || set === null) {
      say(`${title}: not available here: ${here.available ? "no chosen case is for it" : here.because}`);
      continue;
    }
    const key = {
      stack: job.stack.folder,
      version: here.version,
      path: job.program.path,
      folder: programDigest(join(options.stacks, job.stack.folder), job.program),
      suite: options.suite,
      set,
    };
    if (!options.again && isUnchanged(options.results, job, key)) {
      say(`${title}: unchanged, ${here.version}`);
      continue;
    }
    say(`${title}: begins, ${escapeText(here.version)}`);
    const result = await new ProxyTest(job, key, options, direct).result();
    if (signal.aborted) break;
    store(options.results, job, result);
    if (result.status !== "tested") failed++;
    say(`${title}: ${resultText(result)}`);
  }
  return signal.aborted ? failed + 1 : failed;
}

type ProxyKey = Pick<ProxyResults, "stack" | "version" | "path" | "folder" | "suite" | "set">;

/** The test of one proxy. */
class ProxyTest {
  readonly #job: ProxyJob;
  readonly #key: ProxyKey;
  readonly #options: ProxyOptions;
  readonly #direct: DirectRuns;
  readonly #source: string;
  readonly #folder: string;
  #tls: string | undefined;

  constructor(job: ProxyJob, key: ProxyKey, options: ProxyOptions, direct: DirectRuns) {
    this.#job = job;
    this.#key = key;
    this.#options = options;
    this.#direct = direct;
    this.#source = join(options.stacks, job.stack.folder);
    this.#folder = resolve(options.runs, "builds", `${proxyName(job)}.proxy`);
  }

  async result(): Promise<ProxyResults> {
    const startedAt = systemClock.date();
    const empty = { ...this.#key, startedAt, sections: {}, differences: [], probes: [] };
    try {
      if (this.#job.over === "http2") {
        const { key, cert } = await mintCertificate();
        this.#tls = key + cert;
      }
      // The probes write HTTP/1.1 themselves.
      const probes = this.#job.over === "http2" ? [] : await this.#probe();
      return { ...empty, ...(await this.#compare()), probes };
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      return { ...empty, status: "failed", because: error.message };
    }
  }

  async #probe(): Promise<readonly ProbeOutcome[]> {
    const rig = await Rig.start();
    const outcomes: ProbeOutcome[] = [];
    try {
      for (const isIdle of [false, true]) {
        const probes = PROBES.filter((one) => (one.isIdle === true) === isIdle);
        if (isIdle && !hasIdleLimit(this.#source, this.#job.program)) {
          const seen = "This proxy has no setting for idle connections.";
          outcomes.push(...probes.map(({ name }) => ({ name, outcome: "unknown" as const, seen })));
          continue;
        }
        const idleSeconds = isIdle ? IDLE_SECONDS : PATIENT_SECONDS;
        const proxy = await startProxy(this.#start(rig.port, idleSeconds), this.#options.signal);
        try {
          rig.proxyPort = proxy.port;
          outcomes.push(...(await playProbes(rig, probes, this.#options.signal)));
          const crash = proxy.crash();
          if (crash !== undefined) throw new ProxyError(`The proxy ${crash} during the probes.`);
        } finally {
          await proxy.stop();
        }
      }
    } finally {
      await rig.close();
      writeFileSync(
        join(this.#options.runs, `${proxyName(this.#job)}.probes.txt`),
        `${rig.log.join("\n")}\n`,
      );
    }
    return outcomes;
  }

  /** Runs the suite through the proxy, and what comes out otherwise than without it once more, alone. */
  async #compare(): Promise<Pick<ProxyResults, "status" | "because" | "sections" | "differences">> {
    const { over } = this.#job;
    const direct = await this.#direct.all(over);
    const file = join(this.#options.runs, `${proxyName(this.#job)}.proxy.ndjson`);
    const limit = await this.#suite(file, []);
    const { status, because, sections } = await roleResult(readRunFile(file), {
      role: "server",
      over,
      packages: [],
      profile: "modern",
      ...this.#key,
      ...(limit === undefined ? {} : { cut: limit }),
    });
    const through = await caseResults(file);
    const suspects = [...through.keys()].filter((id) => differs(direct.get(id), through.get(id)));
    const differences = status === "failed" ? [] : await this.#confirm(suspects, direct, through);
    return { status, ...(because === undefined ? {} : { because }), sections, differences };
  }

  async #confirm(
    suspects: readonly string[],
    direct: CaseResults,
    through: CaseResults,
  ): Promise<readonly Difference[]> {
    if (suspects.length === 0) return [];
    const only = ["--cases", suspects.join(","), "--concurrency", "1"];
    const file = join(this.#folder, "..", `${proxyName(this.#job)}.again.ndjson`);
    await this.#suite(file, only);
    const again = await caseResults(file);
    const directly = await this.#direct.some(this.#job.over, only);
    const wires = await lastLines(file, new Set(suspects));
    return suspects.flatMap((id): readonly Difference[] => {
      const [a, b] = [direct.get(id), again.get(id)];
      const isSteady = label(directly.get(id)) === label(a) && label(b) === label(through.get(id));
      if (!isSteady || a === undefined || b === undefined) return [];
      const because = a.outcome === b.outcome ? b.closingBecause : b.because;
      const wire = wires.get(id) ?? [];
      return [
        {
          case: id,
          direct: label(a),
          through: label(b),
          because: cut(because === "" ? "No reason is known." : because, 400),
          evidence: storedEvidence({ case: id, attempt: b.attempt, wire }),
        },
      ];
    });
  }

  /** Runs the suite through the proxy into a run file. Returns why it was cut off, if it was. */
  async #suite(file: string, further: readonly string[]): Promise<string | undefined> {
    const isTls = this.#job.over === "http2";
    const echo = await startEchoServer({ host: "127.0.0.1", port: 0, path: undefined, tls: undefined });
    try {
      const port = await freePort();
      const start = prepareProxy(this.#start(Number(new URL(echo.url).port), PATIENT_SECONDS), port);
      return await runInto(
        file,
        this.#folder,
        [`${isTls ? "wss" : "ws"}://127.0.0.1:${port}/`, "--start", start, "--wait", String(START_SECONDS)],
        further,
        this.#job.over,
        this.#options,
      );
    } finally {
      await echo.close();
    }
  }

  #start(behind: number, idleSeconds: number): Parameters<typeof startProxy>[0] {
    return {
      source: this.#source,
      program: this.#job.program,
      folder: this.#folder,
      behind,
      idleSeconds,
      ...(this.#tls === undefined ? {} : { tls: this.#tls }),
    };
  }
}

/** Runs of the suite against the same server without a proxy, each once for all proxies. */
class DirectRuns {
  readonly #options: ProxyOptions;
  readonly #runs = new Map<HttpVersion, Promise<CaseResults>>();

  constructor(options: ProxyOptions) {
    this.#options = options;
  }

  all(over: HttpVersion): Promise<CaseResults> {
    const known = this.#runs.get(over);
    if (known !== undefined) return known;
    const run = this.some(over, []);
    this.#runs.set(over, run);
    return run;
  }

  async some(over: HttpVersion, further: readonly string[]): Promise<CaseResults> {
    const { runs, say } = this.#options;
    if (further.length === 0) say(`without a proxy, ${over === "http2" ? "HTTP/2" : "HTTP/1.1"}: begins`);
    const tls = over === "http2" ? await mintCertificate() : undefined;
    const echo = await startEchoServer({
      host: "127.0.0.1",
      port: 0,
      path: undefined,
      tls,
      http2: over === "http2",
    });
    try {
      const folder = resolve(runs, "builds", `direct.${over}`);
      mkdirSync(folder, { recursive: true });
      const file = join(runs, `direct.${over}${further.length === 0 ? "" : ".again"}.ndjson`);
      await runInto(file, folder, [`${echo.url}/`], further, over, this.#options);
      return await caseResults(file);
    } finally {
      await echo.close();
    }
  }
}

/** Runs the suite in a process of its own. Returns why it was cut off, if it was. */
async function runInto(
  file: string,
  folder: string,
  target: readonly string[],
  further: readonly string[],
  over: HttpVersion,
  { limits, selection, signal }: ProxyOptions,
): Promise<string | undefined> {
  const report = join(folder, "report");
  rmSync(report, { recursive: true, force: true });
  const { cut: limit, said } = await runSuite(
    [
      "test",
      ...target,
      ...(over === "http2" ? ["--http2", "--insecure"] : []),
      ...["--out", "report", "--reporter", "terminal=report/terminal.txt"],
      ...(further.length === 0 ? selection : further),
    ],
    folder,
    limits,
    signal,
  );
  const made = join(report, "run.ndjson");
  if (!existsSync(made)) throw new ProxyError(limit ?? `It could not be tested: ${said}.`);
  copyFileSync(made, file);
  return limit;
}

async function caseResults(file: string): Promise<CaseResults> {
  const run = await resultsOf(readRunFile(file));
  const [peer] = run.peers.values();
  return peer?.results ?? new Map();
}

/** The last lines of the wire log of some cases. */
async function lastLines(
  file: string,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly Pick<WireEvent, "at" | "entry">[]>> {
  const lines = new Map<string, Pick<WireEvent, "at" | "entry">[]>();
  for await (const event of readRunFile(file)) {
    if (event.type === "case-start" && ids.has(event.case)) lines.set(event.case, []);
    if (event.type !== "wire" || !ids.has(event.case)) continue;
    const kept = lines.get(event.case) ?? [];
    kept.push({ at: event.at, entry: event.entry });
    lines.set(event.case, kept.slice(-EVIDENCE_LINES));
  }
  return lines;
}

function differs(direct: CaseResult | undefined, through: CaseResult | undefined): boolean {
  return direct !== undefined && through !== undefined && label(direct) !== label(through);
}

/** `pass`; or `pass, unclean` where the connection did not end as it had to. */
function label(result: CaseResult | undefined): string {
  if (result === undefined) return "not-run";
  const { outcome, closing } = result;
  return closing === "ok" || closing === "not-applicable" ? outcome : `${outcome}, ${closing}`;
}

function resultText({ status, because, differences, probes }: ProxyResults): string {
  if (status === "failed") return escapeText(`failed: ${because ?? ""}`);
  const counts = (["kept", "changed", "broken", "unknown"] as const)
    .map((outcome) => [outcome, probes.filter((one) => one.outcome === outcome).length] as const)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} ${outcome}`);
  const first = differences[0];
  const text = first === undefined ? "" : `, first ${first.case}: ${first.because}`;
  return escapeText(
    cut(
      `${differences.length} cases come out otherwise${text}; probes: ${counts.join(", ") || "none"}${status === "cut" ? `; cut: ${because ?? ""}` : ""}`,
      300,
    ),
  );
}

function fileOf(results: string, job: ProxyJob): string {
  return join(results, "proxies", `${proxyName(job)}.json`);
}

function isUnchanged(results: string, job: ProxyJob, key: ProxyKey): boolean {
  const file = fileOf(results, job);
  if (!existsSync(file)) return false;
  const read = proxyResults.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!read.success || read.data.status === "failed") return false;
  const { data } = read;
  return (Object.keys(key) as (keyof ProxyKey)[]).every((name) => data[name] === key[name]);
}

/** A line for each difference and each probe, so that the difference between two commits shows what has changed. */
function store(results: string, job: ProxyJob, { differences, probes, ...rest }: ProxyResults): void {
  const lines = (list: readonly unknown[]): string =>
    list.length === 0 ? "[]" : `[\n${list.map((one) => safeJson(one)).join(",\n")}\n]`;
  const text = `${safeJson(rest).slice(0, -1)},\n"differences":${lines(differences)},\n"probes":${lines(probes)}}\n`;
  mkdirSync(join(results, "proxies"), { recursive: true });
  // Renamed when it is complete: a run that is killed leaves no half of a file.
  const file = fileOf(results, job);
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}
