import { readFileSync } from "node:fs";
import type { AcceptorName, Case } from "../../src/case/case.js";
import { CORPUS_UNITS } from "../../src/case/corpus.js";
import { bytesOf, type Payload } from "../../src/case/payload.js";
import type { CorpusName, Step } from "../../src/case/steps.js";
import { fragments } from "../../src/play/fragments.js";
import type { EndingFact } from "./ending.js";
import { octetsLine, payloadLine, type PayloadFact } from "./facts.js";

/** A case of sections 9, 12 and 13 of the original as `test/data/autobahn-load-270.json` states it. */
export interface LoadFact extends EndingFact {
  readonly id: string;
  /** Its place among the 517, from 1. */
  readonly index: number;
  readonly actions: readonly LoadAction[];
  readonly expected: Readonly<Record<string, never>>;
  readonly reportTime: boolean;
  readonly reportCompressionRatio: boolean;
  /** The following only for sections 12 and 13. */
  readonly autoFragmentSize?: number;
  readonly binary?: boolean;
  readonly clientOffer?: string;
  readonly corpusFile?: string;
  readonly lengthUnit?: "code points" | "octets";
  readonly messageCount?: number;
  readonly messageLength?: number;
  readonly serverAccept?: string;
}

type LoadAction =
  | {
      readonly op: "frame";
      readonly opcode: number;
      readonly fin: boolean;
      readonly rsv: number;
      readonly payload: PayloadFact;
      readonly chopSize?: number;
    }
  | {
      readonly op: "fragmentedMessage";
      readonly firstOpcode: number;
      readonly fragmentSize: number;
      readonly frames: number;
      readonly lastFrameLength: number;
      readonly payload: PayloadFact;
    }
  | { readonly op: "closeAfter"; readonly seconds: number }
  | { readonly op: "repeatOnEcho"; readonly totalMessages: number }
  | { readonly op: "pingPongLoop"; readonly count: number };

/** Compiled tests lie in dist/test/cases; the data stays where it is. */
export const LOAD_FACTS: readonly LoadFact[] = JSON.parse(
  readFileSync(new URL("../../../test/data/autobahn-load-270.json", import.meta.url), "utf8"),
) as readonly LoadFact[];

/** The corpus of ours that stands for a file of the original. */
const CORPORA: Readonly<Record<string, CorpusName>> = {
  "data1.json": "json",
  "lena512.bmp": "bitmap",
  "pg2229.txt": "german",
  "data1.html": "html",
  "10.1.1.105.5439.pdf": "document",
};

/** A message of so many fragments or fewer is stated frame by frame. */
const LISTED_FRAMES = 17;

const ACCEPTORS: Readonly<Record<string, AcceptorName>> = {
  accept_deflate: "plain",
  accept1: "plain",
  accept2: "client-nct",
  accept3: "client-window-9",
  accept4: "client-window-15",
  accept5: "client-nct-window-9",
  accept6: "client-nct-window-15",
  accept7: "first-of-three",
};

/** What a fact says, in lines that `linesOfLoadCase` makes of a case. */
export function linesOfLoadFact(fact: LoadFact): readonly string[] {
  return [
    ...fact.actions.flatMap((action) => actionLine(action, fact)),
    negotiationLine(fact.clientOffer, fact.serverAccept === undefined ? null : ACCEPTORS[fact.serverAccept]),
    reportLine(fact.reportTime, fact.reportCompressionRatio),
  ];
}

export function linesOfLoadCase(value: Case): readonly string[] {
  return [
    ...value.script.flatMap((step) => stepLine(step, value)),
    negotiationLine(value.deflate?.offers.join(", "), acceptorOf(value)),
    reportLine(value.reports?.time, value.reports?.ratio),
  ];
}

/** The original has no answers that are written out. */
function acceptorOf({ deflate }: Case): AcceptorName | undefined {
  return typeof deflate?.acceptor === "string" ? deflate.acceptor : undefined;
}

/** True where the splitter of the original adds an empty last fragment, or adds one if the length happens to fit. */
export function mayEndWithEmptyFragment(fact: LoadFact): boolean {
  if ((fact.autoFragmentSize ?? 0) > 0) return true;
  return fact.actions.some((action) => {
    if (action.op === "fragmentedMessage") return action.lastFrameLength === 0;
    return action.op === "frame" && action.opcode === 0 && action.payload.length === 0;
  });
}

function actionLine(action: LoadAction, fact: LoadFact): string[] {
  switch (action.op) {
    case "frame": {
      const { opcode, fin, rsv, payload, chopSize } = action;
      return [frameLine({ opcode, fin, rsv, chop: chopSize }, payloadLine(payload))];
    }
    case "fragmentedMessage": {
      const { firstOpcode, fragmentSize, frames, lastFrameLength, payload } = action;
      return [fragmentedLine(firstOpcode, [fragmentSize, frames, lastFrameLength], payloadLine(payload))];
    }
    case "closeAfter":
      return [`close after ${action.seconds} s`];
    // The message that is repeated is the frame before.
    case "repeatOnEcho":
      return [`${action.totalMessages} in all, each after the echo of the last`];
    case "pingPongLoop":
      return [corpusLine(fact), `${action.count} in all, each after the echo of the last`];
  }
}

function stepLine(step: Step, { chop }: Case): string[] {
  switch (step.do) {
    case "frame":
      return [frameLine({ ...step, chop }, lineOf(step.payload))];
    case "message": {
      const payload = bytesOf(step.payload);
      const frames = Array.from(fragments({ ...step, payload }, "autobahn"));
      if (frames.length <= LISTED_FRAMES) {
        return frames.map((each) => frameLine({ ...each, chop }, octetsLine(each.payload)));
      }
      const sizes = [step.fragmentSize, frames.length, frames.at(-1)?.payload.length ?? Number.NaN] as const;
      return [fragmentedLine(step.opcode, sizes, octetsLine(payload))];
    }
    case "close-after":
      return [`close after ${step.seconds} s`];
    case "echo-loop":
      return loopLines(step);
    default:
      return [`unexpected ${step.do}`];
  }
}

function loopLines({ messages, fragmentSize }: Extract<Step, { do: "echo-loop" }>): string[] {
  const times = `${messages.count} in all, each after the echo of the last`;
  if (messages.from === "payload") {
    const { opcode, payload } = messages;
    return [frameLine({ opcode, fin: true, rsv: 0, chop: undefined }, lineOf(payload)), times];
  }
  const { corpus, length } = messages;
  const unit = `${CORPUS_UNITS[corpus]}s`;
  return [`${length} ${unit} of ${corpus}, fragments ${fragmentSize ?? 0}`, times];
}

/** Text corpora are counted in characters and all others are binary, so unit and type go together. */
function corpusLine(fact: LoadFact): string {
  const { corpusFile = "", messageLength, lengthUnit, binary, autoFragmentSize, messageCount } = fact;
  if (messageCount !== 1000 || binary !== (lengthUnit === "octets")) {
    throw new Error("the facts contradict each other");
  }
  const unit = binary ? "octets" : "characters";
  return `${messageLength} ${unit} of ${CORPORA[corpusFile]}, fragments ${autoFragmentSize}`;
}

interface FrameFacts {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly chop: number | undefined;
}

function frameLine({ opcode, fin, rsv, chop }: FrameFacts, octets: string): string {
  return `frame opcode=${opcode} fin=${fin} rsv=${rsv} chop=${chop ?? "-"} ${octets}`;
}

function fragmentedLine(opcode: number, sizes: readonly [number, number, number], octets: string): string {
  const [fragmentSize, frames, last] = sizes;
  return `message opcode=${opcode} in ${frames} fragments of ${fragmentSize}, the last of ${last}: ${octets}`;
}

function negotiationLine(offer: string | undefined, acceptor: AcceptorName | null | undefined): string {
  return `offers ${offer ?? "-"}, accepts ${acceptor ?? "-"}`;
}

function reportLine(time = false, ratio = false): string {
  return `reports time ${time}, ratio ${ratio}`;
}

function lineOf(payload: Payload): string {
  return octetsLine(bytesOf(payload));
}
