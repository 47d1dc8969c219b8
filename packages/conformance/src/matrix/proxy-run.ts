import { cut, escapeText } from "../report/escape.js";
import type { Packages } from "./packages.js";
import { isUnchanged, storeProxy } from "./proxy-files.js";
import { proxyKey, proxyName, proxyTitle, type ProxyJob } from "./proxy-job.js";
import { DirectRuns, type SuiteOptions } from "./proxy-suite.js";
import { testProxy } from "./proxy-test.js";
import type { HttpVersion, ProxyResults } from "./results.js";

/** How proxies are tested. */
export interface ProxyOptions extends SuiteOptions {
  readonly packages: Packages;
  /** Folder of the results. */
  readonly results: string;
  /** Test also what is unchanged. */
  readonly again: boolean;
  readonly suite: string;
  /** SHA-256 of the chosen cases; null where none can be played. */
  readonly setOf: (over: HttpVersion) => string | null;
}

/** Tests proxies one after the other, and stores the result of each. Returns how many could not be tested to the end. */
export async function runProxies(jobs: readonly ProxyJob[], options: ProxyOptions): Promise<number> {
  const { say, signal } = options;
  const direct = new DirectRuns(options);
  let failed = 0;
  for (const job of jobs) {
    if (signal.aborted) break;
    const title = proxyTitle(job);
    const here = await options.packages.availability(job.stack);
    const set = options.setOf(job.over);
    if (!here.available || set === null) {
      say(`${title}: not available here: ${here.available ? "no chosen case is for it" : here.because}`);
      continue;
    }
    const key = proxyKey(job, options.stacks, { version: here.version, suite: options.suite, set });
    if (!options.again && isUnchanged(options.results, proxyName(job), key)) {
      say(`${title}: unchanged, ${here.version}`);
      continue;
    }
    say(`${title}: begins, ${escapeText(here.version)}`);
    const result = await testProxy(job, key, options, direct);
    if (signal.aborted) break;
    storeProxy(options.results, proxyName(job), result);
    if (result.status !== "tested") failed++;
    say(`${title}: ${resultText(result)}`);
  }
  return signal.aborted ? failed + 1 : failed;
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
