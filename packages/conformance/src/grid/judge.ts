import { REQUIREMENTS } from "../case/requirements.js";
import { requirementOutcome } from "../judge/lint.js";
import type { GridScenario } from "../matrix/results.js";
import { endFault, missingFault, wrongTarget } from "./blame.js";
import { saidText, type Fault, type Played } from "./played.js";
import { UNSUPPORTED_EXIT, type Scenario } from "./scenarios.js";
import type { Talk } from "./talk.js";
import { walk } from "./walk.js";

type Verdict = Omit<GridScenario, "scenario">;

/**
 * What came of a scenario, and who is at fault. `works` needs both: the client says so, and the octets show what the
 * scenario demands; a client that only misses the usual is overruled. Where something is wrong, the octets decide: first
 * what a side may never send, then the first step that is missing, and what was done instead.
 */
export function judgeScenario(scenario: Scenario, played: Played): GridScenario {
  return { scenario: scenario.name, ...verdictOf(scenario, played) };
}

function verdictOf(scenario: Scenario, played: Played): Verdict {
  const { client, serverEnded } = played;
  if (client.code === UNSUPPORTED_EXIT)
    return unsupported("the client's program says that it cannot do this");
  const talk = mainTalk(played.talks);
  const failed = (fault: Fault): Verdict => failure(fault, talk?.lines ?? []);
  if (serverEnded !== null) return failed({ side: "server", because: `the server's program ${serverEnded}` });
  if (talk === undefined)
    return failed({ side: "client", because: `the client made no connection; ${saidText(client)}` });
  const walked = walk(scenario.steps, talk);
  const { unusual } = walked.outcome === "done" ? walked : {};
  if (walked.outcome === "done" && client.code === 0) return works(talk, played.path, unusual);
  const offence = offenceFault(talk);
  // Where the client is content, an offence did not matter.
  const isContent = walked.outcome === "unsupported" && client.code === 0;
  if (offence !== null && !isContent) return offence;
  if (walked.outcome === "unsupported") return unsupported(walked.because);
  if (walked.outcome === "wrong") return failed(walked.fault);
  // The end of a refusal is of no interest.
  if (talk.unread !== null && talk.kind !== "refused")
    return failed({ side: null, because: `not everything was read: ${talk.unread}` });
  if (walked.outcome === "done") {
    const fault = endFault(talk, played);
    // The client's program compares what the server answered with what is usual, and says that it failed.
    const isOverruled = unusual !== undefined && fault.side === null;
    return isOverruled ? works(talk, played.path, unusual) : failed(fault);
  }
  const missing = missingFault(walked, talk, played);
  return typeof missing === "string" ? unsupported(missing) : failed(missing);
}

/** A client may connect twice, such as to try again: the first connection that opened counts. */
function mainTalk(talks: readonly Talk[]): Talk | undefined {
  return (
    talks.find(({ kind }) => kind === "open") ?? talks.find(({ request }) => request !== null) ?? talks[0]
  );
}

function works(talk: Talk, path: string, unusual?: string): Verdict {
  const target = wrongTarget(talk, path);
  const all = [...(target === null ? [] : [target]), ...talk.offences];
  const kept = all.filter(({ requirement }) => REQUIREMENTS.has(requirement));
  return {
    outcome: "works",
    ...(unusual === undefined ? {} : { because: unusual }),
    ...(kept.length === 0 ? {} : { offences: kept }),
  };
}

function unsupported(because: string): Verdict {
  return { outcome: "unsupported", because };
}

function failure({ side, requirement, because }: Fault, wire: readonly string[]): Verdict {
  return {
    outcome: "fails",
    fault: side,
    ...(requirement === undefined ? {} : { requirement }),
    because,
    wire: [...wire],
  };
}

/**
 * What a side sent that it may never send. Advice that it did not follow explains no failure. If the other side did so as
 * well, that stands beside it, with its own requirement.
 */
function offenceFault({ offences, lines }: Talk): Verdict | null {
  const broken = offences.filter(({ requirement }) => requirementOutcome(requirement) === "fail");
  const [first] = broken;
  if (first === undefined) return null;
  const { side, requirement, because } = first;
  const other = broken.find((one) => one.side !== side);
  if (other === undefined) return failure({ side, requirement, because }, lines);
  return { ...failure({ side: "both", requirement, because }, lines), offences: [other] };
}
