import type { Case } from "../case/case.js";
import type { Profile } from "../record/record.js";
import type { CaseEnd, RunEvent } from "./event.js";
import { judge, judgeBoth } from "../judge/judge.js";
import { servesBoth } from "../judge/serves-both.js";
import { RunFindings } from "./findings.js";
import { RunTotals } from "./totals.js";

/**
 * Judges a stored run again with the rules of a profile, from its records alone. A case that the other profile
 * would have played differently loses its result, and a note says so; the same holds for a case that is no longer in the
 * catalogue.
 *
 * @param events - The events of the run, such as {@link readRunFile} reads them.
 * @param profile - Whose rules apply.
 * @param catalogue - The cases that are known.
 * @returns The events with the new verdicts and totals.
 * @throws What `events` throws.
 *
 * @example
 * ```ts
 * import { cases, judgeRun, run } from "wireproof";
 *
 * for await (const event of judgeRun(run({ urls: [], cases }), "autobahn", cases))
 *   if (event.type === "run") console.assert(event.profile === "autobahn");
 * ```
 */
export async function* judgeRun(
  events: AsyncIterable<RunEvent>,
  profile: Profile,
  catalogue: readonly Case[],
): AsyncGenerator<RunEvent, void> {
  const known = new Map(catalogue.map((one) => [one.id, one]));
  const lost = new Map<string, Set<string>>();
  const peers = new Set<string>();
  const totals = new RunTotals();
  const findings = new RunFindings();
  let cases = 0;
  for await (const event of events) {
    switch (event.type) {
      case "run":
        cases = event.cases.length;
        findings.see({ ...event, profile });
        yield { ...event, profile };
        break;
      case "case-end": {
        const again = judgeAgain(event, known.get(event.case), profile);
        note(lost, event, again === undefined);
        if (again === undefined) break;
        totals.see(again);
        findings.see(again);
        yield again;
        break;
      }
      // Found again from the records below: whether a case counts it depends on its verdict.
      case "findings":
        break;
      case "run-end": {
        yield* notes(lost, profile);
        yield* findings.all();
        const { durationMs, interrupted } = event.totals;
        yield { type: "run-end", totals: totals.totals(cases * peers.size, durationMs, interrupted) };
        break;
      }
      default:
        findings.see(event);
        if (event.type === "peer-up" || event.type === "peer-down") peers.add(event.peer);
        yield event;
    }
  }
}

function judgeAgain(end: CaseEnd, judged: Case | undefined, profile: Profile): CaseEnd | undefined {
  if (judged === undefined) return undefined;
  const { record } = end;
  if (record.profile !== profile && !servesBoth(judged, record)) return undefined;
  return { ...end, verdict: judge(judged, record, profile), verdicts: judgeBoth(judged, record) };
}

/** If a case was played twice, the last play decides whether its result is lost. */
function note(lost: Map<string, Set<string>>, { peer, case: id }: CaseEnd, isLost: boolean): void {
  const ids = lost.get(peer) ?? new Set();
  lost.set(peer, ids);
  if (isLost) ids.add(id);
  else ids.delete(id);
}

function* notes(lost: ReadonlyMap<string, ReadonlySet<string>>, profile: Profile): Generator<RunEvent> {
  for (const [peer, ids] of lost) {
    if (ids.size === 0) continue;
    const list = [...ids].join(", ");
    yield {
      type: "note",
      peer,
      text: `these cases have no result, because ${profile} plays them differently or this version does not know them: ${list}`,
    };
  }
}
