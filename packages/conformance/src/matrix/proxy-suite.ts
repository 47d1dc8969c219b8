import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

import { mintCertificate } from "../mint-certificate.js";
import { startEchoServer } from "../modes/echo-server.js";
import { readRunFile } from "../report/read-run-file.js";
import { resultsOf, type CaseResult } from "../report/run-results.js";
import { EVIDENCE_LINES } from "../run/finding.js";
import type { WireEvent } from "../run/event.js";
import { ProxyError } from "./proxy-process.js";
import type { HttpVersion } from "./results.js";
import { runSuite, type Limits } from "./suite-run.js";

/** How the suite is run. */
export interface SuiteOptions {
  /** Folders: of the manifests, and of run files. */
  readonly stacks: string;
  readonly runs: string;
  readonly limits: Limits;
  /** Options of `wireproof test` that choose the cases. */
  readonly selection: readonly string[];
  /** One line of progress. */
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export type CaseResults = ReadonlyMap<string, CaseResult>;

/** Lines of a wire log that request and answer take. */
const HANDSHAKE_LINES = 2;

/** Runs of the suite against the same server without a proxy, each once for all proxies. */
export class DirectRuns {
  readonly #options: SuiteOptions;
  readonly #runs = new Map<HttpVersion, Promise<CaseResults>>();

  constructor(options: SuiteOptions) {
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
export async function runInto(
  file: string,
  folder: string,
  target: readonly string[],
  further: readonly string[],
  over: HttpVersion,
  { limits, selection, signal }: SuiteOptions,
): Promise<string | undefined> {
  const report = join(folder, "report");
  rmSync(report, { recursive: true, force: true });
  const { cut: limit, said } = await runSuite(
    [
      "test",
      ...target,
      ...(over === "http2" ? ["--http2", "--insecure"] : []),
      "--out",
      "report",
      "--reporter",
      "terminal=report/terminal.txt",
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

export async function caseResults(file: string): Promise<CaseResults> {
  const run = await resultsOf(readRunFile(file));
  const [peer] = run.peers.values();
  return peer?.results ?? new Map();
}

/** The first and the last lines of the wire log of some cases. */
export async function linesOf(
  file: string,
  ids: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly Pick<WireEvent, "at" | "entry">[]>> {
  const lines = new Map<string, Pick<WireEvent, "at" | "entry">[]>();
  for await (const event of readRunFile(file)) {
    if (event.type === "case-start" && ids.has(event.case)) lines.set(event.case, []);
    if (event.type !== "wire" || !ids.has(event.case)) continue;
    const kept = lines.get(event.case) ?? [];
    kept.push({ at: event.at, entry: event.entry });
    // The opening handshake of HTTP/1.1, and the end.
    const first = kept.some(({ entry }) => "http2" in entry) ? 0 : HANDSHAKE_LINES;
    if (kept.length > EVIDENCE_LINES) kept.splice(first, 1);
    lines.set(event.case, kept);
  }
  return lines;
}

export function differs(direct: CaseResult | undefined, through: CaseResult | undefined): boolean {
  return direct !== undefined && through !== undefined && label(direct) !== label(through);
}

/** `pass`; or `pass, unclean` where the connection did not end as it had to. */
export function label(result: CaseResult | undefined): string {
  if (result === undefined) return "not-run";
  const { outcome, closing } = result;
  return closing === "ok" || closing === "not-applicable" ? outcome : `${outcome}, ${closing}`;
}
