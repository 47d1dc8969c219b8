import type { Outcome } from "wireproof";
import type { FullOptions } from "./full-options.js";
import type { WallSeconds } from "./group-clock.js";
import { GROUPS, groupOf, ORIGINAL_ALL } from "./groups.js";
import type { Play } from "./plays.js";
import { table } from "./table.js";
import type { ZlibSeconds } from "./zlib-estimate.js";

export interface Measured {
  readonly plays: readonly Play[];
  readonly wall: WallSeconds;
  /** CPU time of the two processes, in microseconds. */
  readonly suite: NodeJS.CpuUsage;
  readonly peer: NodeJS.CpuUsage;
  readonly suiteRssMiB: number;
  readonly peerRssMiB: number;
  readonly zlib: ZlibSeconds & { readonly isMeasured: boolean };
}

/** The suite is a thread, for the most part, and the lean peer two: two cores is what they can fill. */
const CORES = 2;
/** The wall time that is aimed at, as a multiple of what zlib alone takes on two cores. */
const BOUND_FACTOR = 1.3;
const LIMIT_ALL: Readonly<Record<FullOptions["messages"], number>> = { full: 250, enough: 20 };
const LIMIT_RSS_MIB = 400;
const SHOWN_FAILURES = 12;
const FINE: ReadonlySet<Outcome> = new Set<Outcome>(["pass", "non-strict", "informational"]);

export function printFull(options: FullOptions, measured: Measured): void {
  const { peer, messages, profile } = options;
  console.log(`${options.cases.length} cases, peer ${peer}, messages ${messages}, profile ${profile}`);
  for (const line of verdicts(measured.plays)) console.log(line);
  console.log(`\n${table(wallRows(options, measured.wall))}`);
  console.log(`\n${table(cpuRows(measured))}`);
  console.log(`\n${boundText(measured)}`);
  const { suiteRssMiB, peerRssMiB } = measured;
  console.log(
    `Peak RSS: suite ${suiteRssMiB.toFixed(0)} MiB (limit ${LIMIT_RSS_MIB}), peer ${peerRssMiB.toFixed(0)} MiB.`,
  );
}

/**
 * How often each outcome came, and which load cases failed: their figures are worth nothing. Peers may fail other
 * cases; the lean one fails most cases that send invalid data.
 */
function* verdicts(plays: readonly Play[]): Iterable<string> {
  const last = [...new Map(plays.map((play) => [play.case, play])).values()];
  const counts = new Map<Outcome, number>();
  for (const { verdict } of last) counts.set(verdict.outcome, (counts.get(verdict.outcome) ?? 0) + 1);
  yield [...counts].map(([outcome, count]) => `${outcome} ${count}`).join(", ");
  const failed = last.filter(({ verdict }) => !FINE.has(verdict.outcome) || isUnclean(verdict.closing));
  const loads = failed.filter(({ case: id }) => groupOf(id) !== GROUPS[0]);
  yield `failed or closed badly: ${failed.length}, load cases among them: ${loads.length}`;
  for (const { case: id, verdict } of loads.slice(0, SHOWN_FAILURES)) {
    const because = FINE.has(verdict.outcome) ? verdict.closingBecause : verdict.because;
    yield `  ${id} ${verdict.outcome}, closing ${verdict.closing}: ${because}`;
  }
}

function isUnclean(closing: string): boolean {
  return closing !== "ok" && closing !== "not-applicable";
}

/** The original's figures are for whole groups at full messages, which it always sends. */
function wallRows({ cases, messages }: FullOptions, wall: WallSeconds): readonly (readonly string[])[] {
  const rows = [["sections", "cases", "wall s", "original (full)", "times faster", "limit"]];
  const counts = GROUPS.map((group) => cases.filter(({ id }) => groupOf(id) === group).length);
  for (const [index, group] of GROUPS.entries()) {
    const count = counts[index] ?? 0;
    const original = count === group.cases ? group.original : null;
    if (count > 0) rows.push(wallRow(group.name, count, wall.groups.get(group) ?? 0, original, ""));
  }
  const isAll = GROUPS.every((group, index) => counts[index] === group.cases);
  const limit = isAll ? `<= ${LIMIT_ALL[messages]}` : "";
  rows.push(wallRow("all", cases.length, wall.all, isAll ? ORIGINAL_ALL : null, limit));
  return rows;
}

function wallRow(
  name: string,
  count: number,
  seconds: number,
  original: number | null,
  limit: string,
): string[] {
  const compared = original === null ? ["", ""] : [String(original), (original / seconds).toFixed(1)];
  return [name, String(count), seconds.toFixed(2), ...compared, limit];
}

/** Where two cores times the wall time went. */
function cpuRows({ wall, suite, peer, zlib }: Measured): readonly (readonly string[])[] {
  const available = CORES * wall.all;
  const used = seconds(suite) + seconds(peer);
  const share = (part: number): string => `${((100 * part) / available).toFixed(0)} %`;
  const row = (name: string, usage: NodeJS.CpuUsage, own: number): string[] => {
    const cpu = seconds(usage);
    const parts = [cpu, usage.user / 1e6, usage.system / 1e6, own, cpu - own];
    return [name, ...parts.map((part) => part.toFixed(2)), share(own), share(cpu - own)];
  };
  return [
    [
      "process",
      "CPU s",
      "user",
      "system",
      zlib.isMeasured ? "zlib" : "zlib (est.)",
      "the rest",
      "zlib",
      "the rest",
    ],
    row("suite", suite, zlib.suite),
    row("peer", peer, zlib.peer),
    row("both", { user: suite.user + peer.user, system: suite.system + peer.system }, zlib.suite + zlib.peer),
    ["idle", (available - used).toFixed(2), "", "", "", "", "", share(available - used)],
  ];
}

function boundText({ wall, zlib }: Measured): string {
  const all = zlib.suite + zlib.peer;
  if (all === 0) return "Nothing was compressed: there is no bound.";
  const bound = (BOUND_FACTOR * all) / CORES;
  const verdict = wall.all <= bound ? "kept" : "missed";
  return (
    `Bound ${BOUND_FACTOR} × ${all.toFixed(1)} s of zlib ÷ ${CORES} = ${bound.toFixed(1)} s: ${verdict} with ` +
    `${wall.all.toFixed(1)} s, ${((CORES * wall.all) / all).toFixed(2)} × zlib ÷ ${CORES}.`
  );
}

function seconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}
