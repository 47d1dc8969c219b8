import type { CaseEnd, RunEnd, RunEvent } from "./event.js";
import { RunFindings } from "./findings.js";
import { RunTotals } from "./totals.js";

export interface Retrying {
  /** How often cases that went wrong are played again, 1 or more. */
  readonly retries: number;
  /** Whether a result is worse than as expected. */
  readonly isWrong: (end: CaseEnd) => boolean;
  /** Plays these cases of all peers again. */
  readonly again: (ids: readonly string[]) => Promise<AsyncIterable<RunEvent>>;
}

/**
 * The events of a run and of its retries, as one run: cases that went wrong are played again when all have had their turn,
 * until they no longer do or `retries` is used up. The last result of a case counts; the attempts say that it had others.
 */
export async function* retried(
  events: AsyncIterable<RunEvent>,
  { retries, isWrong, again }: Retrying,
): AsyncGenerator<RunEvent, void> {
  const joined = new JoinedRun(isWrong);
  for await (const event of events) yield* joined.take(event);
  for (let round = 0; round < retries && !joined.isInterrupted; round++) {
    const ids = joined.wrong;
    if (ids.length === 0) break;
    joined.beginRound();
    for await (const event of await again(ids)) yield* joined.takeAgain(event);
  }
  yield* joined.end();
}

interface PeerState {
  readonly key: string;
  readonly agent: string;
  /** The last play of each case. */
  readonly attempts: Map<string, number>;
  readonly wrong: Set<string>;
}

class JoinedRun {
  readonly #isWrong: (end: CaseEnd) => boolean;
  readonly #totals = new RunTotals();
  readonly #findings = new RunFindings();
  readonly #peers = new Map<string, PeerState>();
  readonly #ends: RunEnd[] = [];
  /** Key in this round → the peer of the first run. */
  #renamed = new Map<string, PeerState>();
  /** What was wrong, and the attempts, when this round began. */
  #before = new Map<
    PeerState,
    { readonly wrong: ReadonlySet<string>; readonly attempts: ReadonlyMap<string, number> }
  >();

  constructor(isWrong: (end: CaseEnd) => boolean) {
    this.#isWrong = isWrong;
  }

  get isInterrupted(): boolean {
    return this.#ends.length === 0 || this.#ends.some(({ totals }) => totals.interrupted);
  }

  /** Ids of the cases that went wrong with any peer. */
  get wrong(): readonly string[] {
    return [...new Set([...this.#peers.values()].flatMap(({ wrong }) => [...wrong]))];
  }

  *take(event: RunEvent): Iterable<RunEvent> {
    if (event.type === "run-end") this.#ends.push(event);
    if (event.type === "run-end" || event.type === "findings") return;
    if (event.type === "peer-up") {
      const { peer: key, agent } = event;
      this.#peers.set(key, { key, agent, attempts: new Map(), wrong: new Set() });
    }
    yield* this.#pass(event);
  }

  beginRound(): void {
    this.#renamed = new Map();
    this.#before = new Map(
      [...this.#peers.values()].map((peer) => [
        peer,
        { wrong: new Set(peer.wrong), attempts: new Map(peer.attempts) },
      ]),
    );
  }

  /** Of a retry only what concerns cases that went wrong with this peer is a part of the run. */
  *takeAgain(event: RunEvent): Iterable<RunEvent> {
    if (event.type === "run-end") this.#ends.push(event);
    if (event.type === "run" || event.type === "run-end" || event.type === "findings") return;
    if (event.type === "peer-up") {
      const known = [...this.#peers.values()].find(({ agent }) => agent === event.agent);
      if (known !== undefined) this.#renamed.set(event.peer, known);
      return;
    }
    if (!("peer" in event) || event.peer === undefined) return yield* this.#pass(event);
    // A peer that is down from the beginning has no name yet: it has the same key, since the order is the same.
    const peer = this.#renamed.get(event.peer) ?? this.#peers.get(event.peer);
    if (peer === undefined) return;
    if (!("case" in event)) return yield* this.#pass({ ...event, peer: peer.key });
    const before = this.#before.get(peer);
    if (before?.wrong.has(event.case) !== true) return;
    const attempt = event.attempt + (before.attempts.get(event.case) ?? 0);
    yield* this.#pass({ ...event, peer: peer.key, attempt });
  }

  /** What was found in all rounds, and the last event. */
  *end(): Iterable<RunEvent> {
    const [first] = this.#ends;
    if (first === undefined) return;
    yield* this.#findings.all();
    const { outcomes, notRun } = first.totals;
    const selected = Object.values(outcomes).reduce((sum, number) => sum + number, notRun);
    const durationMs = this.#ends.reduce((sum, { totals }) => sum + totals.durationMs, 0);
    yield { type: "run-end", totals: this.#totals.totals(selected, durationMs, this.isInterrupted) };
  }

  *#pass(event: RunEvent): Iterable<RunEvent> {
    this.#totals.see(event);
    this.#findings.see(event);
    if (event.type === "case-end" || event.type === "case-unconfirmed") {
      const peer = this.#peers.get(event.peer);
      peer?.attempts.set(event.case, Math.max(event.attempt, peer.attempts.get(event.case) ?? 0));
      if (event.type === "case-end" && this.#isWrong(event)) peer?.wrong.add(event.case);
      else if (event.type === "case-end") peer?.wrong.delete(event.case);
    }
    yield event;
  }
}
