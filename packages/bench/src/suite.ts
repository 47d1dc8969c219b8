import { mintCertificate, mutants, startEchoServer, type RunningPeer } from "@wireproof/peers";
import { cases as everyCase, run, type Profile } from "wireproof";
import { groupOf, GROUPS } from "./groups.js";
import { table } from "./table.js";

interface Subject {
  readonly name: string;
  readonly start: () => Promise<RunningPeer>;
  readonly profile: Profile;
  readonly concurrency?: number;
  /** Seconds that the same cases may take. */
  readonly limit: number | null;
  /** Seconds that the original suite takes for them. */
  readonly original: number | null;
}

const echo = (): Promise<RunningPeer> => startEchoServer();
const secureEcho = async (): Promise<RunningPeer> => startEchoServer({ tls: await mintCertificate() });
const noclose = (): Promise<RunningPeer> => mutants.noclose.start();

/** Sections 1–7 and 10, which every peer answers at once; the others are measured by `full`. */
const cases = everyCase.filter(({ id }) => groupOf(id) === GROUPS[0]);

/** Of each subject the median counts. */
const ROUNDS = 3;

const SUBJECTS: readonly Subject[] = [
  { name: "conforming, TCP, modern", start: echo, profile: "modern", limit: 3, original: 11 },
  {
    name: "conforming, TCP, modern, one at a time",
    start: echo,
    profile: "modern",
    concurrency: 1,
    limit: null,
    original: 11,
  },
  { name: "conforming, TLS, modern", start: secureEcho, profile: "modern", limit: 5, original: 11 },
  { name: "conforming, TCP, autobahn", start: echo, profile: "autobahn", limit: null, original: 11 },
  { name: "never answers Close frames, modern", start: noclose, profile: "modern", limit: 15, original: 180 },
  { name: "the same, autobahn", start: noclose, profile: "autobahn", limit: 15, original: 180 },
];

/** Sections 1–7 and 10 against local servers: wall time, beside the limit and the original's recorded time. */
export async function suite(): Promise<void> {
  const rows = [["peer", "cases", "seconds", "limit", "original", "times faster", "peak RSS MB"]];
  for (const subject of SUBJECTS) {
    const seconds = await medianOf(ROUNDS, () => measure(subject));
    const { limit, original } = subject;
    rows.push([
      subject.name,
      String(cases.length),
      seconds.toFixed(2),
      limit === null ? "" : `< ${limit}`,
      original === null ? "" : String(original),
      original === null ? "" : (original / seconds).toFixed(0),
      (process.resourceUsage().maxRSS / 1024).toFixed(0),
    ]);
  }
  console.log(table(rows));
}

/** How wall time depends on the number of cases in flight: what the default was chosen by. */
export async function concurrency(): Promise<void> {
  const rows = [["in flight", "conforming, s", "conforming over TLS, s", "never answers Close, s"]];
  for (const inFlight of [1, 4, 8, 16, 32, 64, 128]) {
    const seconds: string[] = [];
    for (const start of [echo, secureEcho, noclose]) {
      // One at a time, a peer that answers no Close frame takes minutes and teaches nothing.
      if (start === noclose && inFlight < 8) seconds.push("");
      else seconds.push((await medianOf(ROUNDS, () => timed(start, "modern", inFlight))).toFixed(2));
    }
    rows.push([String(inFlight), ...seconds]);
  }
  console.log(table(rows));
}

function measure(subject: Subject): Promise<number> {
  return timed(subject.start, subject.profile, subject.concurrency);
}

async function timed(
  start: () => Promise<RunningPeer>,
  profile: Profile,
  inFlight?: number,
): Promise<number> {
  const peer = await start();
  const began = performance.now();
  const options = { urls: [peer.url], cases, profile, insecure: true };
  let results = 0;
  for await (const event of run(inFlight === undefined ? options : { ...options, concurrency: inFlight })) {
    if (event.type === "run-end") results = cases.length - event.totals.notRun;
  }
  const seconds = (performance.now() - began) / 1000;
  await peer.close();
  if (results !== cases.length) throw new Error(`only ${results} of ${cases.length} cases were run`);
  return seconds;
}

async function medianOf(rounds: number, measureOnce: () => Promise<number>): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await measureOnce());
  return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0;
}
