import {
  compareIds,
  untestedUrls,
  type CaseInfo,
  type Note,
  type PageAgainst,
  type PageCase,
  type PageCoverage,
  type PageEvent,
  type PagePeer,
  type PeerDown,
  type PeerExit,
  type PeerFindings,
  type RunEnd,
  type RunStart,
} from "wireproof/page";

/** A peer of the run: a column of the matrix. */
export interface Peer {
  /** Its key in the run. */
  readonly key: string;
  /** Null for a peer that never answered, or was never asked. */
  readonly agent: string | null;
  readonly url: string;
  readonly up: PagePeer | null;
  readonly down: PeerDown | null;
  /** How its process ended before the run did, each time. */
  readonly exits: readonly PeerExit[];
  /** What its connections showed together; null until its cases are over. */
  readonly found: PeerFindings | null;
  /** Cases that were selected for it; null for all of the run. */
  readonly selected: ReadonlySet<string> | null;
  /** The result that counts, by case. */
  readonly results: Map<string, PageCase>;
  /** Cases in flight. */
  readonly inFlight: Set<string>;
}

/** Everything the page knows about a run. It grows event by event. */
export class RunModel {
  start: RunStart | null = null;
  end: RunEnd | null = null;
  against: PageAgainst | null = null;
  /** What the run says of the requirements; null until it is over. */
  coverage: PageCoverage | null = null;
  /** Selected cases in catalogue order. */
  cases: readonly CaseInfo[] = [];
  /** Selected cases and all others, in catalogue order. */
  catalogue: readonly CaseInfo[] = [];
  notes: readonly Note[] = [];
  peers: readonly Peer[] = [];

  apply(event: PageEvent): void {
    switch (event.type) {
      case "run":
        return this.#begin(event);
      case "catalogue":
        this.catalogue = [...this.cases, ...event.cases].sort((a, b) => compareIds(a.id, b.id));
        return;
      case "against":
        this.against = event;
        return;
      case "coverage":
        this.coverage = event;
        return;
      case "peer-up":
        return this.#up(event);
      case "peer-down":
        return this.#change(event.peer, event.url, { down: event });
      case "peer-exit":
        return this.#change(event.peer, event.url, {
          exits: [...(this.peer(event.peer)?.exits ?? []), event].slice(-MAX_NOTES),
        });
      case "findings":
        if (this.peer(event.peer) !== undefined) this.#change(event.peer, "", { found: event });
        return;
      case "case-start":
        this.peer(event.peer)?.inFlight.add(event.case);
        return;
      case "case-unconfirmed":
        // It has no result until it was played again.
        this.peer(event.peer)?.inFlight.delete(event.case);
        return;
      case "case-end": {
        const peer = this.peer(event.peer);
        peer?.inFlight.delete(event.case);
        peer?.results.set(event.case, event);
        return;
      }
      case "note":
        this.notes = [...this.notes, event].slice(-MAX_NOTES);
        return;
      case "run-end":
        this.end = event;
        this.#addUntested();
        for (const peer of this.peers) peer.inFlight.clear();
        return;
      default:
        // A later version of the suite may send more.
        return;
    }
  }

  peer(key: string): Peer | undefined {
    return this.peers.find((peer) => peer.key === key);
  }

  info(id: string): CaseInfo | undefined {
    return this.catalogue.find((info) => info.id === id);
  }

  isSelected(id: string): boolean {
    return this.cases.some((info) => info.id === id);
  }

  #begin(start: RunStart): void {
    this.start = start;
    this.end = null;
    this.against = null;
    this.coverage = null;
    this.cases = start.cases;
    this.catalogue = start.cases;
    this.notes = [];
    this.peers = [];
  }

  /** Servers that an interrupted run never came to have a column, too. */
  #addUntested(): void {
    if (this.start === null) return;
    const seen = this.peers.map(({ url }) => url);
    for (const [index, url] of untestedUrls(this.start.config, this.end?.totals ?? null, seen).entries())
      this.#change(`untested-${index}`, url, {});
  }

  #up(event: PagePeer): void {
    const selected = event.run === undefined ? null : new Set(event.run.selected);
    this.#change(event.peer, event.url, { up: event, agent: event.agent, url: event.url, selected });
  }

  #change(key: string, url: string, change: Partial<Peer>): void {
    const known = this.peer(key);
    const base = known ?? {
      key,
      agent: null,
      url,
      up: null,
      down: null,
      exits: [],
      found: null,
      selected: null,
      results: new Map<string, PageCase>(),
      inFlight: new Set<string>(),
    };
    const next: Peer = { ...base, ...change };
    this.peers =
      known === undefined ? [...this.peers, next] : this.peers.map((one) => (one === known ? next : one));
  }
}

const MAX_NOTES = 500;

/** The name that a peer goes by on the page. */
export function peerLabel(peer: Peer): string {
  return peer.agent ?? peer.url;
}
