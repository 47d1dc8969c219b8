import { escapeText } from "./escape.js";
import { hasFailed, OUTCOMES, type Outcome } from "../judge/verdict.js";
import type { CaseEnd, RunEvent } from "../run/event.js";
import { signed } from "./layout.js";
import type { ReportChunk, ReportContext, Reporter } from "./reporter.js";
import type { BlockStyle } from "./terminal/failures.js";
import { exitSentence } from "./terminal/exits.js";
import { LiveRegion, type Progress } from "./terminal/live-region.js";
import { OUTCOME_SIGNS, painter } from "./terminal/paint.js";
import { isUnexpected } from "./run-results.js";
import { RunState, type PeerState } from "./terminal/run-state.js";
import { peerLines, summaryLines } from "./terminal/summary.js";
import { OUTCOME_WORDS, count, peerName } from "./words.js";

const MAX_WIDTH = 110;
const MIN_WIDTH = 40;

/** Progress while the run lasts, then every failure and the summary. */
export const terminalReporter: Reporter = createTerminalReporter(() => performance.now());

/** The terminal reporter on a clock of the caller's: it decides only how often the live line is redrawn. */
export function createTerminalReporter(nowMs: () => number): Reporter {
  return (events, about) => report(events, about, nowMs);
}

async function* report(
  events: AsyncIterable<RunEvent>,
  about: ReportContext,
  nowMs: () => number,
): AsyncGenerator<ReportChunk> {
  const output = new TerminalOutput(about, nowMs);
  for await (const event of events) {
    const data = output.take(event);
    if (data !== "") yield { data };
  }
  yield { data: output.end() };
}

class TerminalOutput {
  readonly #state: RunState = new RunState();
  readonly #style: BlockStyle;
  readonly #outDir: string;
  readonly #page: string | undefined;
  readonly #live: LiveRegion | null;
  readonly #announcedSections: Set<string> = new Set();
  /** Cases of each peer that ended since it was last summed up. */
  readonly #newCases: Map<string, Set<string>> = new Map();
  /** The ids of each section, in the order of the run. */
  readonly #sectionIds: Map<string, string[]> = new Map();
  #current = "";

  constructor(about: ReportContext, nowMs: () => number) {
    const paint = painter(about.color);
    const width = Math.min(MAX_WIDTH, Math.max(MIN_WIDTH, about.columns));
    this.#style = { paint, width, command: about.command };
    this.#outDir = about.outDir;
    this.#page = about.page;
    this.#live = about.tty ? new LiveRegion(about.columns, paint, nowMs) : null;
  }

  /** What to write because of an event. */
  take(event: RunEvent): string {
    const before = event.type === "case-end" ? this.#outcomeBefore(event) : undefined;
    this.#state.take(event);
    if (event.type === "case-end") this.#newCasesOf(event.peer).add(event.case);
    const lines = this.#linesFor(event, before);
    if (this.#live === null) return lines.map((line) => `${line}\n`).join("");
    const printed = lines.length === 0 ? "" : `${this.#live.erase()}${lines.join("\n")}\n`;
    return printed + (event.type === "run-end" ? "" : this.#redraw(event));
  }

  end(): string {
    const erase = this.#live?.erase() ?? "";
    if (this.#state.start === null) return erase;
    const late = this.#live === null ? this.#remainingSections() : [];
    const summedUp = [...this.#state.peers.values()].filter(
      ({ peer, results }) => results.size > 0 && this.#newCasesOf(peer).size === 0,
    );
    const keys = new Set(summedUp.map(({ peer }) => peer));
    const before = late.map((line) => `${line}\n`).join("");
    const lines = summaryLines(this.#state, this.#style, this.#outDir, keys);
    // Alone on the last line, where it is seen, and can be opened and copied.
    const page = this.#page === undefined ? [] : [escapeText(this.#page)];
    return `${erase}${before}${[...lines, ...page].join("\n")}\n`;
  }

  #outcomeBefore(event: CaseEnd): Outcome | undefined {
    return this.#state.peers.get(event.peer)?.results.get(event.case)?.outcome;
  }

  #linesFor(event: RunEvent, before: Outcome | undefined): string[] {
    const { width, paint } = this.#style;
    if (event.type === "checkpoint") return this.#summingUp(event.peer);
    if (event.type === "note") return signed(paint("cyan", "i"), event.text, width);
    if (event.type === "peer-exit") {
      return signed(paint("red", "✗"), exitSentence(event, this.#state.ids), width);
    }
    if (event.type === "peer-up") {
      const cases = count(this.#state.ids.length, "case");
      return [`Testing ${peerName(event.agent, event.url)}: ${cases}`];
    }
    if (this.#live !== null) return [];
    if (event.type === "case-end") return this.#sectionLines(event, before);
    return [];
  }

  /**
   * A client that asks for reports is summed up when it has run every case since the last time: some ask behind
   * each case. One that the run has started is summed up at its end, which is when the run ends.
   */
  #summingUp(key: string | undefined): string[] {
    if (this.#state.start?.config.start !== undefined) return [];
    const peer = this.#state.peers.get(key ?? "");
    if (peer === undefined || this.#newCasesOf(peer.peer).size < this.#state.ids.length) return [];
    this.#newCasesOf(peer.peer).clear();
    return peerLines(this.#state, peer, this.#style, this.#outDir);
  }

  #newCasesOf(peer: string): Set<string> {
    const cases = this.#newCases.get(peer) ?? new Set();
    this.#newCases.set(peer, cases);
    return cases;
  }

  /** Without a live line: a line for each section that is over, in order, and one if a result changes later. */
  #sectionLines(event: CaseEnd, before: Outcome | undefined): string[] {
    const peer = this.#state.peers.get(event.peer);
    if (peer === undefined) return [];
    if (this.#announcedSections.has(`${event.peer}\n${sectionOf(event.case)}`)) {
      const { outcome } = event.verdict;
      if (before === outcome || before === undefined) return [];
      return [`  ${escapeText(event.case)} played again: ${OUTCOME_WORDS[outcome].toLowerCase()}`];
    }
    return this.#finishedSections(peer, true);
  }

  /** Those that waited for a section of which not every case was run. */
  #remainingSections(): string[] {
    return [...this.#state.peers.values()].flatMap((peer) => this.#finishedSections(peer, false));
  }

  /** `inOrder`: those behind a section that is not over wait for it. */
  #finishedSections(peer: PeerState, inOrder: boolean): string[] {
    const lines: string[] = [];
    for (const [section, ids] of this.#sections()) {
      const key = `${peer.peer}\n${section}`;
      if (this.#announcedSections.has(key)) continue;
      if (ids.some((id) => !peer.results.has(id))) {
        if (inOrder) break;
        continue;
      }
      this.#announcedSections.add(key);
      lines.push(this.#sectionLine(peer, section, ids));
    }
    return lines;
  }

  #sections(): ReadonlyMap<string, readonly string[]> {
    if (this.#sectionIds.size > 0) return this.#sectionIds;
    for (const id of this.#state.ids) {
      const ids = this.#sectionIds.get(sectionOf(id)) ?? [];
      this.#sectionIds.set(sectionOf(id), ids);
      ids.push(id);
    }
    return this.#sectionIds;
  }

  #sectionLine(peer: PeerState, section: string, ids: readonly string[]): string {
    const results = ids.flatMap((id) => peer.results.get(id) ?? []);
    const { sign, colour } = OUTCOME_SIGNS[results.some(isUnexpected) ? "fail" : "pass"];
    const title = this.#state.infos.get(ids[0] ?? "")?.section ?? "";
    const name = this.#state.peers.size > 1 && peer.agent !== null ? `${escapeText(peer.agent)}  ` : "";
    const outcomes = OUTCOMES.flatMap((outcome) => {
      const number = results.filter((result) => result.outcome === outcome).length;
      return number === 0 ? [] : [`${number} ${OUTCOME_WORDS[outcome].toLowerCase()}`];
    });
    const closings = results.filter((result) => isUnexpected(result) && !hasFailed(result.outcome));
    const endings = closings.length === 0 ? [] : [count(closings.length, "bad closing")];
    const about = `${section} ${escapeText(title)}: ${[...outcomes, ...endings].join(", ")}`;
    return `${this.#style.paint(colour, sign)} ${name}${about}`;
  }

  #redraw(event: RunEvent): string {
    if (event.type === "case-start") {
      this.#current = escapeText(`${event.case} ${this.#state.infos.get(event.case)?.section ?? ""}`);
    }
    if (event.type === "wire") return "";
    return this.#live?.draw(() => this.#progress()) ?? "";
  }

  #progress(): Progress {
    const outcomes = new Map<Outcome, number>();
    let done = 0;
    for (const peer of this.#state.peers.values()) {
      for (const { outcome } of peer.results.values()) {
        done++;
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
    }
    const peers = this.#state.start?.config.urls.length ?? 0;
    const total = Math.max(peers, this.#state.peers.size) * this.#state.ids.length;
    return { done, total, outcomes: new Map(inOrder(outcomes)), current: this.#current };
  }
}

function inOrder(outcomes: ReadonlyMap<Outcome, number>): [Outcome, number][] {
  return OUTCOMES.flatMap((outcome): [Outcome, number][] => {
    const number = outcomes.get(outcome);
    return number === undefined ? [] : [[outcome, number]];
  });
}

function sectionOf(id: string): string {
  return id.slice(0, Math.max(0, id.indexOf(".")));
}
