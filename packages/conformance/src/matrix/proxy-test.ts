import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { compareIds } from "../case/case-id.js";
import { mintCertificate } from "../mint-certificate.js";
import { startEchoServer } from "../modes/echo-server.js";
import { cut } from "../report/escape.js";
import { readRunFile } from "../report/read-run-file.js";
import type { CaseResult } from "../report/run-results.js";
import { systemClock } from "../time/clock.js";
import { freePort } from "./free-port.js";
import { IDLE_SECONDS } from "./probes/ending-probes.js";
import { PROBES, playProbes, type ProbeOutcome } from "./probes/play-probes.js";
import { Rig } from "./probes/rig.js";
import { proxyName, type ProxyJob, type ProxyKey } from "./proxy-job.js";
import { hasIdleLimit, prepareProxy, ProxyError, startProxy, type ProxyStart } from "./proxy-process.js";
import {
  caseResults,
  differs,
  label,
  linesOf,
  runInto,
  type CaseResults,
  type DirectRuns,
  type SuiteOptions,
} from "./proxy-suite.js";
import type { ProxyResults } from "./results.js";
import { roleResult, storedEvidence } from "./role-result.js";

type Difference = ProxyResults["differences"][number];

/** In the run of the suite no connection is idle for so long. */
const PATIENT_SECONDS = 600;
const START_SECONDS = 60;
/** Cases that differ in the same way and are played again. */
const MOST_REPEATED = 10;
const SENTENCE_LIMIT = 400;

/** Asks a proxy the probes, and runs the suite through it. */
export function testProxy(
  job: ProxyJob,
  key: ProxyKey,
  options: SuiteOptions,
  direct: DirectRuns,
): Promise<ProxyResults> {
  return new ProxyTest(job, key, options, direct).result();
}

class ProxyTest {
  readonly #job: ProxyJob;
  readonly #key: ProxyKey;
  readonly #options: SuiteOptions;
  readonly #direct: DirectRuns;
  readonly #source: string;
  readonly #folder: string;
  #tls: string | undefined;

  constructor(job: ProxyJob, key: ProxyKey, options: SuiteOptions, direct: DirectRuns) {
    this.#job = job;
    this.#key = key;
    this.#options = options;
    this.#direct = direct;
    this.#source = join(options.stacks, job.stack.folder);
    this.#folder = resolve(options.runs, "builds", `${proxyName(job)}.proxy`);
  }

  async result(): Promise<ProxyResults> {
    const startedAt = systemClock.date();
    let probes: readonly ProbeOutcome[] = [];
    const nothing = { sections: {}, differences: [] };
    try {
      if (this.#job.over === "http2") {
        const { key, cert } = await mintCertificate();
        this.#tls = key + cert;
      }
      // The probes write HTTP/1.1 themselves.
      else probes = await this.#probe();
      return { ...this.#key, startedAt, ...(await this.#compare()), probes };
    } catch (error) {
      if (!(error instanceof ProxyError)) throw error;
      return { ...this.#key, startedAt, status: "failed", because: error.message, ...nothing, probes };
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

  /** Runs the suite through the proxy, and what comes out otherwise than without it once more. */
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
    const suspects = [...through.keys()]
      .filter((id) => differs(direct.get(id), through.get(id)))
      .toSorted(compareIds);
    const differences = status === "failed" ? [] : await this.#confirm(suspects, direct, through);
    return { status, ...(because === undefined ? {} : { because }), sections, differences };
  }

  async #confirm(
    suspects: readonly string[],
    direct: CaseResults,
    through: CaseResults,
  ): Promise<readonly Difference[]> {
    const kinds = new Map<string, string[]>();
    for (const id of suspects) {
      const kind = `${label(direct.get(id))} → ${label(through.get(id))}`;
      kinds.set(kind, [...(kinds.get(kind) ?? []), id]);
    }
    const repeated = [...kinds.values()].flatMap((ids) => ids.slice(0, MOST_REPEATED));
    if (repeated.length === 0) return [];
    const only = ["--cases", repeated.join(",")];
    const file = join(this.#options.runs, `${proxyName(this.#job)}.proxy.again.ndjson`);
    await this.#suite(file, only);
    const again = await caseResults(file);
    const directly = await this.#direct.some(this.#job.over, only);
    const isSteady = (id: string): boolean =>
      label(directly.get(id)) === label(direct.get(id)) && label(again.get(id)) === label(through.get(id));
    const steady = [...kinds.values()].flatMap((ids) => {
      const first = ids.slice(0, MOST_REPEATED).filter(isSteady);
      // Of many that differ in the same way, the first ones speak for all.
      return ids.length > MOST_REPEATED && first.length === MOST_REPEATED ? ids : first;
    });
    const wires = await linesOf(file, new Set(repeated));
    return steady
      .toSorted(compareIds)
      .map((id) => this.#difference(id, direct, again.get(id) ?? through.get(id), wires));
  }

  #difference(
    id: string,
    direct: CaseResults,
    result: CaseResult | undefined,
    wires: Awaited<ReturnType<typeof linesOf>>,
  ): Difference {
    const isOutcome = direct.get(id)?.outcome !== result?.outcome;
    const because = (isOutcome ? result?.because : result?.closingBecause) ?? "";
    const wire = wires.get(id);
    return {
      case: id,
      direct: label(direct.get(id)),
      through: label(result),
      because: because === "" ? "No reason is known." : cut(because, SENTENCE_LIMIT),
      ...(wire === undefined
        ? {}
        : { evidence: storedEvidence({ case: id, attempt: result?.attempt ?? 1, wire }) }),
    };
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

  #start(behind: number, idleSeconds: number): ProxyStart {
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
