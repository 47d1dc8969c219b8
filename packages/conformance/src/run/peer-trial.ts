import { blamesOf, type AboutCase } from "../judge/blame.js";
import {
  hasEchoedIllegalClose,
  isDeflated,
  octetsSentOf,
  SentReader,
  type CaseFacts,
} from "../judge/case-facts.js";
import { refusalHint } from "../judge/hints.js";
import { faultsOf, openingKeyFaults, openingKeyOf, type Fault, type KeyFault } from "../judge/lint.js";
import { hasFailed, type Outcome } from "../judge/verdict.js";
import { MaskingKeyTally, type MaskingKeyFacts } from "../record/masking-keys.js";
import { OpeningKeyTally } from "../record/opening-keys.js";
import { isOverHttp2 } from "../record/http2-record.js";
import type { CaseRecord, LatencyRecord } from "../record/record.js";
import type { CaseEnd, CaseUnconfirmed, Note, PeerDown, PeerExit, PeerOutput, WireEvent } from "./event.js";
import { EvidenceLines, refusalText } from "./evidence.js";
import { ExhaustionLine } from "./exhaustion-line.js";
import type { FindingEvidence } from "./finding.js";

/** What the octets of connections show, whatever their cases are about. */
export interface Trail extends Fault {
  readonly evidence: FindingEvidence;
  /** It is about the opening handshake, not about frames. */
  readonly isOfOpening: boolean;
  connections: number;
  /** The cases on whose connections it showed. */
  readonly cases: Set<string>;
}

/** How a peer ended, or that it cannot be reached. */
export interface Gone {
  readonly event: PeerExit | PeerDown;
  /** What it printed before, if that says that memory or file descriptors ran out. */
  readonly exhaustion: string | undefined;
}

/** It passed this case at first, and no longer at the end of the run. */
export interface Damage {
  readonly case: string;
  readonly because: string;
}

/** On which connections the keys of a client showed something. */
export interface KeyTrail {
  first: string | undefined;
  connections: number;
}

/** What the last verdict of a case says. */
export interface Told {
  readonly facts: CaseFacts;
  /** The title of the case; undefined where the run does not say it. */
  readonly title: string | undefined;
  readonly outcome: Outcome;
  /** Requirements that the verdict names. */
  readonly failed: readonly (string | undefined)[];
  readonly evidence: FindingEvidence;
  /** Times of its messages, where they were measured. */
  readonly latency: LatencyRecord | undefined;
  /** Lines of its whole wire log. */
  readonly lines: number;
  readonly hint: string | undefined;
}

const NO_LINES = new EvidenceLines();
const NOTHING_SENT = new SentReader().sent;

/** What a peer has shown so far. */
export class PeerTrial {
  /** Case and attempt: a result that is confirmed later comes twice, and is one connection. */
  readonly #plays = new Set<string>();
  readonly trails: Map<string, Trail> = new Map();
  readonly told: Map<string, Told> = new Map();
  /** Cases that were not played, because another one had shown that it is of no use. */
  readonly notPlayed: Set<string> = new Set();
  readonly gone: Gone[] = [];
  damage: Damage | undefined;
  readonly #exhaustion = new ExhaustionLine();
  /** The wire logs of the plays in flight, and of those that are not confirmed yet. */
  readonly #inFlight = new Map<string, { readonly lines: EvidenceLines; readonly sent: SentReader }>();
  readonly #openingKeys = new OpeningKeyTally();
  readonly #maskingKeys = new MaskingKeyTally();
  readonly keyTrails: Readonly<Record<KeyFault["shownBy"], KeyTrail>> = {
    repeats: { first: undefined, connections: 0 },
    foreseen: { first: undefined, connections: 0 },
    all: { first: undefined, connections: 0 },
  };
  /** Its connections are streams of HTTP/2. */
  isOverHttp2 = false;
  /** The tester is the server. */
  isClient: boolean;
  /** The first case that was selected; undefined if none was. */
  readonly firstCase: string | undefined;

  constructor(isClient: boolean, firstCase: string | undefined) {
    this.isClient = isClient;
    this.firstCase = firstCase;
  }

  /** Number of connections that were looked at. */
  get connections(): number {
    return this.#plays.size;
  }

  /** What all masking keys of a client show. */
  get maskingKeys(): MaskingKeyFacts {
    return this.#maskingKeys.facts;
  }

  get hasConnection(): boolean {
    return this.#plays.size > 0;
  }

  /** There is something to be said of it: it had a connection, or could not be reached at all. */
  get isKnown(): boolean {
    return (
      this.hasConnection || this.gone.some(({ event }) => event.type === "peer-down" && event.after === null)
    );
  }

  seeWire({ case: id, attempt, at, entry }: WireEvent): void {
    const play = `${id} ${attempt}`;
    const flight = this.#inFlight.get(play) ?? { lines: new EvidenceLines(), sent: new SentReader() };
    this.#inFlight.set(play, flight);
    flight.lines.see(at, entry);
    flight.sent.see(entry);
  }

  see(event: CaseEnd | CaseUnconfirmed, about: AboutCase | undefined): void {
    const { record, case: id } = event;
    if (record.untried !== undefined) return;
    if (record.notPlayed !== undefined) {
      this.notPlayed.add(id);
      return;
    }
    const play = `${id} ${event.attempt}`;
    const flight = this.#inFlight.get(play);
    // A result that is not confirmed can be accepted later, without another play.
    if (event.type === "case-end")
      for (let attempt = 1; attempt <= event.attempt; attempt++) this.#inFlight.delete(`${id} ${attempt}`);
    const lines = flight?.lines ?? NO_LINES;
    this.isClient ||= record.role === "server";
    this.isOverHttp2 ||= isOverHttp2(record);
    if (!this.#plays.has(play)) {
      this.#plays.add(play);
      for (const fault of faultsOf(record))
        this.#follow(
          fault,
          evidenceOf(event, lines, fault.requirement),
          fault.requirement === record.handshake.requirement,
        );
      if (record.role === "server") this.#seeClient(record, evidenceOf(event, lines));
    }
    if (event.type === "case-end") this.#tell(event, about, lines, flight?.sent.sent ?? NOTHING_SENT);
  }

  /** Its process ended, or it takes no connections any more. */
  seeGone(event: PeerExit | PeerDown): void {
    const exhaustion = event.type === "peer-exit" ? this.#exhaustion.take() : undefined;
    if (this.gone.length < GONE_KEPT) this.gone.push({ event, exhaustion });
  }

  seeOutput({ lines }: PeerOutput): void {
    for (const { text } of lines) this.#exhaustion.see(text);
  }

  seeNote({ text, damaged }: Note): void {
    if (damaged !== undefined) this.damage = { case: damaged, because: text };
  }

  #seeClient({ handshake, maskingKeys }: CaseRecord, evidence: FindingEvidence): void {
    const id = evidence.case;
    const key = openingKeyOf(handshake.request);
    if (key !== undefined)
      for (const fault of openingKeyFaults(key, this.#openingKeys.add(key, handshake.opened)))
        this.#follow(fault, evidence);
    if (maskingKeys === undefined) return;
    if (this.#maskingKeys.add(maskingKeys) > 0) follow(this.keyTrails.repeats, id);
    if (maskingKeys.foreseen > 0) follow(this.keyTrails.foreseen, id);
    follow(this.keyTrails.all, id);
  }

  #follow(fault: Fault, evidence: FindingEvidence, isOfOpening = false): void {
    const trail = this.trails.get(fault.requirement) ?? {
      ...fault,
      evidence,
      isOfOpening,
      connections: 0,
      cases: new Set(),
    };
    this.trails.set(fault.requirement, trail);
    trail.connections++;
    trail.cases.add(evidence.case);
  }

  /** The last verdict of a case counts: what an earlier one said is taken back. */
  #tell(event: CaseEnd, about: AboutCase | undefined, lines: EvidenceLines, sent: CaseFacts["sent"]): void {
    const { case: id, attempt, verdict, verdicts, record } = event;
    const { count, banner } = lines;
    const evidence = evidenceOf(event, lines, verdict.requirement);
    const blames = blamesOf(withModernClosing(verdict, verdicts.modern), record, about);
    const isOpen = record.handshake.opened;
    const wanted = verdict.expected[0]?.events.length ?? 0;
    const facts: CaseFacts = {
      id,
      attempt,
      blames,
      mustFail: about?.mustFail,
      isComplete: verdict.outcome === "pass" && record.eventCount >= wanted,
      wanted,
      opened: isOpen,
      isDeflated: isDeflated(record),
      sent,
      octetsSent: octetsSentOf(record),
      endsFirst: !record.close.closedByTester && record.close.tcp !== "ended-by-tester",
      echoesIllegalClose: hasEchoedIllegalClose(record),
      ownCode: record.close.closedByTester ? null : record.close.remoteCode,
      received: record.frames.received,
    };
    const { outcome, requirement, closingRequirement } = verdict;
    const failed = [hasFailed(outcome) ? requirement : undefined, closingRequirement];
    const hint = isOpen ? undefined : refusalHint(record.handshake, banner);
    // Told again, a case takes its place at the end.
    this.told.delete(id);
    const latency = record.loop?.latency;
    // Of a case that shows nothing, nothing is shown.
    const kept = blames.length === 0 && latency === undefined ? { ...evidence, wire: [] } : evidence;
    this.told.set(id, {
      facts,
      title: about?.title,
      outcome,
      latency,
      failed,
      evidence: kept,
      lines: count,
      hint,
    });
  }
}

/** So many ends of a peer are looked at. */
const GONE_KEPT = 100;

function evidenceOf(
  { case: id, attempt, record }: CaseEnd | CaseUnconfirmed,
  lines: EvidenceLines,
  requirement?: string,
): FindingEvidence {
  const { handshake } = record;
  const said = handshake.opened ? undefined : refusalText(handshake, lines.banner);
  const wire = lines.wireFor(requirement);
  return { case: id, attempt, wire, ...(said === undefined ? {} : { answer: said }) };
}

/** The original names no requirement of a closing; the verdict by the RFC does, if it finds the same wrong. */
function withModernClosing(
  verdict: CaseEnd["verdict"],
  modern: CaseEnd["verdict"] | undefined,
): CaseEnd["verdict"] {
  if (verdict.closingRequirement !== undefined || modern?.closingRequirement === undefined) return verdict;
  if (verdict.closing === "ok" || verdict.closing === "not-applicable") return verdict;
  return { ...verdict, closingRequirement: modern.closingRequirement };
}

function follow(trail: KeyTrail, id: string): void {
  trail.first ??= id;
  trail.connections++;
}
