import { asSentence, ofPeer } from "../judge/fault-text.js";
import { hintFor } from "../judge/hints.js";
import type { Observation } from "../judge/observation.js";
import type { Draft } from "./draft.js";
import type { PeerDown, PeerExit } from "./event.js";
import type { Gone, PeerTrial, Told } from "./peer-trial.js";

/** What a peer did so that it serves nobody any more, or never did. */
export interface GoneFaults {
  readonly drafts: readonly Draft[];
  /** Cases of which nothing else is to be said. */
  readonly explained: ReadonlySet<string>;
}

/** How a peer ended, hung or was never there: faults of no requirement, and worse than any. */
export function goneFaults(trial: PeerTrial): GoneFaults {
  const drafts: Draft[] = [];
  const explained = new Set<string>();
  const never = neverOpened(trial);
  if (never !== undefined) return { drafts: [never], explained };
  const ends = trial.gone.filter(({ event }) => event.type === "peer-exit" || event.after !== null);
  for (const observation of ["exhausted", "crash"] as const) {
    const some = ends.filter(
      ({ exhaustion }) => (exhaustion !== undefined) === (observation === "exhausted"),
    );
    const draft = ended(trial, some, observation, explained);
    if (draft !== undefined) drafts.push(draft);
  }
  const hang = hung(trial);
  if (hang !== undefined) {
    drafts.push(hang);
    for (const id of hang.cases) explained.add(id);
  }
  return { drafts, explained };
}

/** No connection opened, so that no case was played. */
function neverOpened({ gone, hasConnection, firstCase }: PeerTrial): Draft | undefined {
  if (hasConnection || firstCase === undefined) return undefined;
  const down = gone.find(({ event }) => event.type === "peer-down" && event.after === null)?.event;
  if (down?.type !== "peer-down") return undefined;
  const { because, answer, hint } = down;
  const said = answer === undefined ? {} : { answer };
  return {
    ...draftOf("unreachable", asSentence(because), firstCase),
    evidence: { case: firstCase, attempt: 1, wire: [], ...said },
    hint,
  };
}

/** The end of a process explains what a case says that was alone in flight: those are put into `explained`. */
function ended(
  { told }: PeerTrial,
  ends: readonly Gone[],
  observation: Observation,
  explained: Set<string>,
): Draft | undefined {
  const [clearest] = ends.toSorted((a, b) => suspectsOf(a.event).length - suspectsOf(b.event).length);
  const first = clearest === undefined ? undefined : suspectsOf(clearest.event)[0];
  if (clearest === undefined || first === undefined) return undefined;
  const exits = ends.flatMap(({ event }) => (event.type === "peer-exit" ? [event.cases] : []));
  const alone = exits.filter(({ length }) => length === 1).flat();
  for (const id of alone) explained.add(id);
  // Of those that were in flight together, most had no part in it: played again, they are in order.
  const inFlight = exits.flat();
  const wrong = inFlight.filter((id) => (told.get(id)?.facts.blames.length ?? 1) > 0);
  const { event, exhaustion } = clearest;
  const printed = exhaustion === undefined ? "" : ` It had printed: ${exhaustion}`;
  return {
    ...draftOf(observation, `${event.because}${printed}`, first),
    connections: ends.length,
    cases: new Set(alone.length > 0 ? alone : wrong.length > 0 ? wrong : inFlight),
    evidence: told.get(first)?.evidence ?? { case: first, attempt: 1, wire: [] },
    hint: event.type === "peer-down" ? hintFor(undefined, observation) : undefined,
  };
}

/**
 * The simplest case passed at first and no longer at the end, whatever was played in between. The last cases that got
 * nothing from the peer, and not even an end of the connection, are explained by that.
 */
function hung(trial: PeerTrial): Draft | undefined {
  const { damage, isClient, told } = trial;
  if (damage === undefined) return undefined;
  const all = [...told.values()];
  const alive = all.findLastIndex((one) => !isSilent(one));
  const silent = all.slice(alive + 1);
  const { evidence } = silent[0] ?? told.get(damage.case) ?? {};
  const first = silent[0]?.facts.id ?? damage.case;
  return {
    ...draftOf(
      "hang",
      ofPeer(
        `the peer stopped working during the run: it passed ${damage.case} at first, and no longer at the end`,
        isClient,
      ),
      first,
    ),
    connections: silent.length,
    cases: new Set(silent.map(({ facts }) => facts.id)),
    evidence: { case: first, attempt: 1, wire: [], ...evidence, because: damage.because },
    hint: hintFor(undefined, "hang"),
  };
}

/** Nothing came on the connection, and it was the tester that gave up. */
function isSilent({ facts: { blames, received, endsFirst } }: Told): boolean {
  return blames.length > 0 && Object.keys(received).length === 0 && !endsFirst;
}

/** The cases during which a peer went away; of one that no longer takes connections, the last one before. */
function suspectsOf(event: PeerExit | PeerDown): readonly string[] {
  const after = event.after === null ? [] : [event.after];
  return event.type === "peer-exit" && event.cases.length > 0 ? event.cases : after;
}

function draftOf(observation: Observation, because: string, first: string): Draft {
  return {
    requirement: undefined,
    observation,
    isCaused: false,
    outcome: "fail",
    because,
    first,
    connections: 0,
    cases: new Set(),
    evidence: { case: first, attempt: 1, wire: [] },
    clarity: 0,
    hint: undefined,
  };
}
