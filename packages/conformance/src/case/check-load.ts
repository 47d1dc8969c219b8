import type { Case } from "./case.js";
import type { Step } from "./steps.js";

type EchoLoop = Extract<Step, { do: "echo-loop" }>;

/** Problems of a load case; each is the end of a sentence that begins with the case. */
export function* checkLoad(value: Case): Iterable<string> {
  const loops = value.script.filter((step) => step.do === "echo-loop");
  for (const loop of loops) yield* checkLoop(loop, value);
  yield* checkDecision(value, loops.length);
  if (value.deflate !== undefined && value.deflate.offers.length === 0) {
    yield "negotiates permessage-deflate without an offer";
  }
  if (
    value.quiet === true &&
    !value.script.some(({ do: what }) => what === "kill" || what === "close-after")
  ) {
    yield "is quiet but has no timer that ends it";
  }
}

function* checkLoop({ messages, fragmentSize, burst = 1 }: EchoLoop, { deflate }: Case): Iterable<string> {
  if (!isPositive(burst)) yield `sends ${burst} messages of an echo loop at a time`;
  if (burst > 1 && (messages.from === "corpus" || deflate !== undefined))
    yield "sends messages several at a time that are compressed or not the same";
  if (!isPositive(messages.count)) yield `has an echo loop of ${messages.count} messages`;
  if (fragmentSize !== undefined && !isPositive(fragmentSize)) {
    yield `cuts the messages of an echo loop into fragments of ${fragmentSize} octets`;
  }
  if (messages.from !== "corpus") return;
  // A message that a case states may be empty, a piece of a corpus may not: the ring would not advance.
  if (!isPositive(messages.length)) {
    yield `has an echo loop of messages with ${messages.length} units of the corpus ${messages.corpus}`;
  }
  if (deflate === undefined) yield `sends pieces of the corpus ${messages.corpus} without permessage-deflate`;
}

function* checkDecision({ expect }: Case, loops: number): Iterable<string> {
  if (expect.loopDecides === true) {
    if (loops !== 1) yield `lets an echo loop decide but has ${loops} of them`;
    if (expect.pass.length > 0) yield "lets an echo loop decide but expects events too";
  } else if (loops > 0) yield "has an echo loop that decides nothing";
  if (expect.firstMessageDecides !== true) return;
  const [event, ...more] = expect.pass;
  if (event?.type !== "message" || more.length > 0) {
    yield "lets the first message decide but expects something else than one message";
  }
}

function isPositive(value: number): boolean {
  return Number.isInteger(value) && value >= 1;
}
