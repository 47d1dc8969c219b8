import { compareIds } from "../case/case-id.js";
import { hasFailed } from "../judge/verdict.js";
import type { CaseEnd, CaseInfo, PeerUp, RunEvent, RunStart } from "./event.js";
import { RunFindings } from "./findings.js";
import { RunTotals } from "./totals.js";

/** The stored run of one shard. */
export interface ShardRun {
  /** The run file, as the user wrote it. */
  readonly file: string;
  readonly first: RunStart;
  /** All of its events, the first included. */
  readonly events: AsyncIterable<RunEvent>;
}

/** The runs are not shards of one run. The message is one sentence. */
export class ShardError extends Error {
  override readonly name = "ShardError";
}

/**
 * Shards of one run as that run: each peer once, with its cases from all of them, and what was found about it found anew.
 * Cases that are in several shards count once; if they went wrong in one of them, that counts. If a shard is missing or was
 * cut short, the whole has no end, and a note says why. Throws a ShardError.
 */
export async function* mergeShards(shards: readonly ShardRun[]): AsyncGenerator<RunEvent, void> {
  const sorted = shards.toSorted((a, b) => indexOf(a) - indexOf(b));
  checkTogether(sorted);
  const start = joinedStart(sorted.map(({ first }) => first));
  yield start;
  const merged = new MergedPeers(start.config.role === "server");
  merged.findings.see(start);
  const missing = missingShards(sorted);
  if (missing.length > 0) yield { type: "note", text: missingText(missing, sorted) };
  let isWhole = missing.length === 0;
  let durationMs = 0;
  let isInterrupted = false;
  for (const shard of sorted) {
    let hasEnded = false;
    merged.begin();
    for await (const event of shard.events) {
      if (event.type === "run-end") {
        hasEnded = true;
        durationMs += event.totals.durationMs;
        isInterrupted ||= event.totals.interrupted;
      } else if (event.type !== "run" && event.type !== "findings") yield* merged.take(event);
    }
    if (!hasEnded) yield { type: "note", text: `The run of ${shardName(shard)} has no end.` };
    isWhole &&= hasEnded;
  }
  yield* merged.findings.all();
  if (!isWhole) return;
  const selected = start.cases.length * merged.size;
  yield { type: "run-end", totals: merged.totals.totals(selected, durationMs, isInterrupted) };
}

function indexOf({ first }: ShardRun): number {
  return first.config.shard?.index ?? 0;
}

function shardName({ file, first }: ShardRun): string {
  const { shard } = first.config;
  return shard === undefined ? file : `shard ${shard.index} of ${shard.of}, ${file},`;
}

const SAME: readonly (readonly [string, (start: RunStart) => unknown])[] = [
  ["version of the suite", ({ suite }) => suite],
  ["profile", ({ profile }) => profile],
  ["set of cases", ({ set }) => set],
  ["number of messages", ({ messages }) => messages],
  ["kind of peers", ({ config }) => config.role],
  ["number of shards", ({ config }) => config.shard?.of],
  ["number of URLs", ({ config }) => config.urls.length],
];

function checkTogether(shards: readonly ShardRun[]): void {
  const [head, ...others] = shards;
  if (head === undefined) throw new ShardError("there is no run to merge");
  for (const other of others) {
    const different = SAME.find(([, of]) => of(other.first) !== of(head.first));
    if (different !== undefined) {
      throw new ShardError(`${head.file} and ${other.file} are not of one run: the ${different[0]} differs`);
    }
  }
  if (head.first.config.shard === undefined) return checkDisjoint(shards);
  for (const [position, shard] of shards.entries()) {
    const before = shards[position - 1];
    if (before !== undefined && indexOf(before) === indexOf(shard)) {
      throw new ShardError(`${before.file} and ${shard.file} are both shard ${indexOf(shard)}`);
    }
  }
}

/** Runs of chosen cases can be merged too, if they do not answer the same question twice. */
function checkDisjoint(shards: readonly ShardRun[]): void {
  const owners = new Map<string, string>();
  for (const { file, first } of shards) {
    for (const { id } of first.cases) {
      const owner = owners.get(id);
      if (owner !== undefined) {
        throw new ShardError(`${owner} and ${file} both have case ${id}, and are no shards of one run`);
      }
      owners.set(id, file);
    }
  }
}

function missingShards(shards: readonly ShardRun[]): readonly number[] {
  const of = shards[0]?.first.config.shard?.of ?? 0;
  const there = new Set(shards.map(indexOf));
  return Array.from({ length: of }, (_, position) => position + 1).filter((index) => !there.has(index));
}

function missingText(missing: readonly number[], shards: readonly ShardRun[]): string {
  const of = shards[0]?.first.config.shard?.of ?? 0;
  const list = missing.join(", ");
  return missing.length === 1
    ? `Shard ${list} of ${of} is missing; its cases were not run.`
    : `Shards ${list} of ${of} are missing; their cases were not run.`;
}

function joinedStart(starts: readonly RunStart[]): RunStart {
  const [first] = starts;
  if (first === undefined) throw new ShardError("there is no run to merge");
  const cases = new Map<string, CaseInfo>(
    starts.flatMap((start) => start.cases.map((info) => [info.id, info])),
  );
  const { shard: _shard, ...config } = first.config;
  return {
    ...first,
    startedAt: starts.map(({ startedAt }) => startedAt).toSorted()[0] ?? first.startedAt,
    config,
    cases: [...cases.values()].toSorted((a, b) => compareIds(a.id, b.id)),
  };
}

/** A result that was written already. */
interface Written {
  attempt: number;
  isUnexpected: boolean;
}

/** Puts the peers of all shards together, and leaves out what a shard repeats. */
class MergedPeers {
  readonly findings = new RunFindings();
  readonly totals = new RunTotals();
  readonly #areClients: boolean;
  /** Key in the merged run, by what makes a peer the same in another shard. */
  readonly #keys = new Map<string, string>();
  readonly #up = new Set<string>();
  readonly #written = new Map<string, Written>();
  /** Of the shard that is being read: its keys, and what waits for the result of a case that was written already. */
  #ofShard = new Map<string, string>();
  #waiting = new Map<string, RunEvent[]>();
  /** Results of the shards before this one. */
  #earlier = new Map<string, Written>();

  constructor(areClients: boolean) {
    this.#areClients = areClients;
  }

  get size(): number {
    return this.#keys.size;
  }

  /** Another shard begins. */
  begin(): void {
    this.#ofShard = new Map();
    this.#waiting = new Map();
    this.#earlier = new Map(this.#written);
  }

  /** What becomes of an event. */
  *take(event: RunEvent): Generator<RunEvent, void> {
    for (const one of this.#unrepeated(this.#renamed(event))) {
      if (one.type === "peer-up" && this.#isUp(one)) continue;
      this.#note(one);
      this.findings.see(one);
      this.totals.see(one);
      yield one;
    }
  }

  /** A server is the same by its place on the command line, a client by its name. */
  #renamed(event: RunEvent): RunEvent {
    if (!("peer" in event) || event.peer === undefined) return event;
    if (event.type === "peer-up" && this.#areClients) {
      this.#ofShard.set(event.peer, this.#keyOf(`agent ${event.agent}`));
    }
    const known = this.#ofShard.get(event.peer) ?? this.#keyOf(`key ${event.peer}`);
    return { ...event, peer: known };
  }

  #keyOf(identity: string): string {
    const key = this.#keys.get(identity) ?? `peer-${this.#keys.size + 1}`;
    this.#keys.set(identity, key);
    return key;
  }

  #isUp({ peer }: PeerUp): boolean {
    const wasUp = this.#up.has(peer);
    this.#up.add(peer);
    return wasUp;
  }

  /** Events of a case that an earlier shard has too wait for its result, and are left out unless it is worse. */
  *#unrepeated(event: RunEvent): Generator<RunEvent, void> {
    if (!("case" in event)) return yield event;
    const id = `${event.peer} ${event.case}`;
    const earlier = this.#earlier.get(id);
    if (earlier === undefined) return yield event;
    const waiting = this.#waiting.get(id) ?? [];
    this.#waiting.set(id, waiting);
    waiting.push({ ...event, attempt: event.attempt + earlier.attempt });
    if (event.type !== "case-end") return;
    this.#waiting.delete(id);
    if (isUnexpected(event) && !earlier.isUnexpected) yield* waiting;
  }

  #note(event: RunEvent): void {
    if (event.type !== "case-end") return;
    this.#written.set(`${event.peer} ${event.case}`, {
      attempt: event.attempt,
      isUnexpected: isUnexpected(event),
    });
  }
}

function isUnexpected({ verdict: { outcome, closing } }: CaseEnd): boolean {
  return hasFailed(outcome) || (closing !== "ok" && closing !== "not-applicable");
}
