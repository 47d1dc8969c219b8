import { ProcessLog } from "../case-page-process.js";
import type { CaseEnd, CaseStart, PeerUp, RunEvent, RunStart } from "../../run/event.js";
import { RunCoverage } from "../../covered/run-coverage.js";
import type { ReportContext } from "../reporter.js";
import { againCommand } from "../terminal/again.js";
import { pageCase } from "./page-case.js";
import {
  AGAIN_CASE,
  type PageCase,
  type PageCoverage,
  type PageDetail,
  type PageEvent,
  type PageWire,
} from "./page-event.js";

/** How the program is called, for commands that repeat a case, and what the page shows besides the run. */
export type FeedContext = Pick<ReportContext, "command" | "catalogue" | "against">;

/** An event for the page; with the end of a case comes the detail that a case page needs. */
export type FeedItem =
  | { readonly event: Exclude<PageEvent, PageCase> }
  | { readonly event: PageCase; readonly detail: PageDetail };

/** What was seen of a play that is not over. */
interface Flight {
  readonly peer: string;
  readonly wire: PageWire[];
  readonly process: ProcessLog;
}

/**
 * Turns the events of a run into those of the page. It holds the wire logs of the cases in flight, and nothing of
 * those that are over.
 */
export class PageFeed {
  readonly #about: FeedContext;
  readonly #coverage = new RunCoverage();
  readonly #flights = new Map<string, Flight>();
  #start: RunStart | undefined;

  constructor(about: FeedContext) {
    this.#about = about;
  }

  /** Everything that the page gets because of an event, in order: the event, and what is known only now. */
  items(event: RunEvent): readonly FeedItem[] {
    const item = this.next(event);
    const items = item === undefined ? [] : [item];
    if (event.type === "run") return [...items, ...this.#besides(event)];
    if (event.type === "run-end") return [{ event: this.#coverageEvent() }, ...items];
    return items;
  }

  /** What the page has to know of an event; undefined for nothing. */
  next(event: RunEvent): FeedItem | undefined {
    this.#coverage.see(event);
    switch (event.type) {
      case "run":
        this.#start = event;
        return { event };
      case "peer-up":
        return { event: { ...event, again: this.#again(event) } };
      case "case-start":
        this.#flights.set(keyOf(event), { peer: event.peer, wire: [], process: new ProcessLog() });
        return { event };
      case "wire":
        this.#flights.get(keyOf(event))?.wire.push({ at: event.at, entry: event.entry });
        return undefined;
      case "case-end":
        return this.#land(event);
      case "case-unconfirmed":
        return { event: { type: event.type, peer: event.peer, case: event.case, attempt: event.attempt } };
      case "peer-output":
      case "peer-exit":
        for (const { peer, process } of this.#flights.values()) if (peer === event.peer) process.take(event);
        return event.type === "peer-exit" ? { event } : undefined;
      case "note":
      case "peer-down":
      case "findings":
      case "run-end":
        return { event };
      case "checkpoint":
        return undefined;
    }
  }

  /** The cases that were not selected, and the run to compare with. */
  #besides({ cases }: RunStart): readonly FeedItem[] {
    const { catalogue = [], against } = this.#about;
    const selected = new Set(cases.map(({ id }) => id));
    const others = catalogue.filter(({ id }) => !selected.has(id));
    return [
      ...(others.length > 0 ? [{ event: { type: "catalogue", cases: others } as const }] : []),
      ...(against === undefined ? [] : [{ event: against }]),
    ];
  }

  #coverageEvent(): PageCoverage {
    const peers = this.#coverage.peers().map((one) => ({
      peer: one.peer,
      role: one.role,
      documents: one.documents,
    }));
    return { type: "coverage", peers };
  }

  #land(end: CaseEnd): FeedItem {
    const flight = this.#flights.get(keyOf(end));
    // With those of plays that were not confirmed.
    for (let attempt = 1; attempt <= end.attempt; attempt++) this.#flights.delete(keyOf({ ...end, attempt }));
    const process = flight?.process.facts;
    const detail = { end, wire: flight?.wire ?? [], ...(process === undefined ? {} : { process }) };
    return { event: pageCase(end), detail };
  }

  #again(peer: PeerUp): string {
    const run = peer.run ?? this.#start;
    return run === undefined ? "" : againCommand(this.#about.command, run, peer.url, AGAIN_CASE);
  }
}

/** A client may run a case on several connections at once: each connection is a separate play. */
function keyOf({ peer, case: id, attempt }: Pick<CaseStart, "peer" | "case" | "attempt">): string {
  return `${peer}\n${id}\n${attempt}`;
}
