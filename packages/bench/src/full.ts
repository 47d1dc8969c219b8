import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessUsage } from "@wireproof/peers";
import { run, type RunOptions } from "wireproof";
import { startPeerProcess, type PeerProcess } from "./child-peer.js";
import { fullOptions, type FullOptions } from "./full-options.js";
import { printFull, type Measured } from "./full-report.js";
import { GroupClock } from "./group-clock.js";
import { played, type Play } from "./plays.js";
import { estimateZlib } from "./zlib-estimate.js";
import { METER_FOLDER, meter } from "./zlib-meter.js";

/**
 * All cases, or some of them, against a peer in a separate process: where wall and CPU time went, beside what the
 * original took and what zlib alone needs.
 */
export async function full(args: readonly string[]): Promise<void> {
  const options = fullOptions(args);
  if (typeof options === "string") {
    console.error(options);
    process.exitCode = 2;
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "wireproof-bench-"));
  try {
    printFull(options, await measure(options, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(options: FullOptions, folder: string): Promise<Measured> {
  const peer = await startPeerProcess(options.peer, { [METER_FOLDER]: folder });
  const suiteZlib = meter();
  try {
    const played = await measurePlays(options, peer);
    const suite = suiteZlib();
    await peer.stop();
    return { ...played, zlib: zlibOf(options, played.plays, suite, folder) };
  } finally {
    await peer.stop();
  }
}

/** `ws` compresses on threads, where it cannot be measured separately. */
function zlibOf(
  options: FullOptions,
  plays: readonly Play[],
  suite: number,
  folder: string,
): Measured["zlib"] {
  if (options.peer === "ws") return { ...estimateZlib(plays), isMeasured: false };
  const files = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
  return { suite, peer: files.reduce((sum, seconds) => sum + Number(seconds), 0), isMeasured: true };
}

async function measurePlays(options: FullOptions, peer: PeerProcess): Promise<Omit<Measured, "zlib">> {
  const peerBefore = await peer.usage();
  const before = process.cpuUsage();
  const clock = new GroupClock(performance.now());
  const plays = await playAll(options, peer.url, clock);
  const suite = process.cpuUsage(before);
  const { maxRSS } = process.resourceUsage();
  const after = await peer.usage();
  return {
    plays,
    wall: clock.stop(performance.now()),
    suite,
    peer: difference(after, peerBefore),
    suiteRssMiB: maxRSS / 1024,
    peerRssMiB: after.maxRssKiB / 1024,
  };
}

async function playAll(options: FullOptions, url: string, clock: GroupClock): Promise<readonly Play[]> {
  const { cases, profile, messages } = options;
  const settings: RunOptions = { urls: [url], cases, profile, messages };
  const byId = new Map(cases.map((one) => [one.id, one]));
  const plays: Play[] = [];
  for await (const event of run(settings)) {
    clock.see(event, performance.now());
    if (event.type === "peer-down") throw new Error(`the peer went away: ${event.because}`);
    if (event.type !== "case-end") continue;
    const one = byId.get(event.case);
    if (one !== undefined) plays.push(played(one, event));
  }
  return plays;
}

function difference(after: ProcessUsage, before: ProcessUsage): NodeJS.CpuUsage {
  return { user: after.user - before.user, system: after.system - before.system };
}
