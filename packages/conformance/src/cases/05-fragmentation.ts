import type { Case } from "../case/case.js";
import { answers, answersThenFailsWith, failsWith, message, pongWith } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS } from "../case/family.js";
import {
  closeAfter,
  cont,
  kill,
  MORE,
  ping,
  pong,
  text,
  until,
  type FrameStep,
  type Step,
} from "../case/steps.js";

/** How the frames of a case reach the peer. */
interface Pace {
  readonly words: string;
  readonly mode: Pick<Case, "sync" | "chop">;
}

const BURST: Pace = { words: "in one burst", mode: {} };
const SYNC: Pace = { words: "every frame in a separate write", mode: { sync: true } };
const CHOP: Pace = { words: "one octet per write", mode: { chop: 1 } };

const FAILS =
  "The peer fails the connection; the close code, if it sends one, is 1002 (protocol error). It delivers nothing and answers nothing.";

/** 5.x: messages in fragments, and control frames between them (RFC 6455 §5.4). */
export const FRAGMENTATION: readonly Case[] = [
  fragmentedControl("5.1", "Ping", ping("fragment1", MORE)),
  fragmentedControl("5.2", "Pong", pong("fragment1", MORE)),
  twoFragments("5.3", BURST),
  twoFragments("5.4", SYNC),
  twoFragments("5.5", CHOP),
  pingBetween("5.6", BURST),
  pingBetween("5.7", SYNC),
  pingBetween("5.8", CHOP),
  strayLast("5.9", BURST),
  strayLast("5.10", SYNC),
  strayLast("5.11", CHOP),
  strayFirst("5.12", BURST),
  strayFirst("5.13", SYNC),
  strayFirst("5.14", CHOP),
  {
    id: "5.15",
    title: "Continuation frame with FIN clear after a complete message",
    description:
      "A complete text message in two fragments. Then a continuation frame with FIN clear, although there is no message to continue, and an unfragmented text message.",
    expectation:
      "The peer fails the connection at the third frame; the close code, if it sends one, is 1002 (protocol error). It may echo the first message before that; it delivers nothing after it.",
    requirements: ["6455-5.4-10", "6455-5.4-7", ...FAILING],
    script: [text("fragment1", MORE), cont("fragment2"), cont("fragment3", MORE), text("fragment4"), kill(1)],
    expect: answersThenFailsWith(1002, message("fragment1fragment2")),
    illegal: ["stray-continuation"],
    differs: [...FAILING_DIFFERS, "first-echo-optional"],
  },
  strayBeforeFragments("5.16", "clear", cont("fragment1", MORE)),
  strayBeforeFragments("5.17", "set", cont("fragment1")),
  {
    id: "5.18",
    title: "New text message before the fragmented one has ended",
    description:
      "The first fragment of a text message, then another text frame with FIN set where only a continuation frame may follow.",
    expectation: FAILS,
    requirements: ["6455-5.4-4", ...FAILING],
    script: [text("fragment1", MORE), text("fragment2"), kill(1)],
    expect: failsWith(1002),
    illegal: ["interleaved-message"],
    differs: FAILING_DIFFERS,
  },
  twoPings("5.19", BURST),
  twoPings("5.20", SYNC),
];

function fragmentedControl(id: string, name: string, first: FrameStep): Case {
  return {
    id,
    title: `${name} in two fragments`,
    description: `A ${name} with FIN clear, then a continuation frame. Control frames cannot be fragmented (RFC 6455 §5.4, §5.5).`,
    expectation: FAILS,
    requirements: ["6455-5.4-2", ...FAILING],
    script: [first, cont("fragment2"), kill(1)],
    expect: failsWith(1002),
    illegal: ["fragmented-control", "stray-continuation"],
    differs: FAILING_DIFFERS,
  };
}

function twoFragments(id: string, pace: Pace): Case {
  return {
    id,
    title: `Text message in two fragments, ${pace.words}`,
    description: `A text message cut into two fragments, ${pace.words}. Every endpoint has to accept fragmented messages (RFC 6455 §5.4).`,
    expectation: "The peer echoes one text message with both fragments, in order and without a gap.",
    requirements: ["6455-5.4-6", "6455-5.4-3", "6455-6.2-1"],
    script: [text("fragment1", MORE), cont("fragment2"), closeAfter(1)],
    expect: answers(message("fragment1fragment2")),
    ...pace.mode,
  };
}

function pingBetween(id: string, pace: Pace): Case {
  return {
    id,
    title: `Ping between two fragments, ${pace.words}`,
    description: `A text message in two fragments with a Ping between them, ${pace.words}. A control frame may come in the middle of a message and must not change it.`,
    expectation:
      "The peer answers the Ping and echoes the text message: both fragments joined, without the payload of the Ping. Under the autobahn profile the Pong comes first.",
    requirements: ["6455-5.4-1", "6455-5.5.2-1", "6455-5.4-3"],
    script: [text("fragment1", MORE), ping("ping payload"), cont("fragment2"), closeAfter(1)],
    expect: answers(pongWith("ping payload"), message("fragment1fragment2")),
    differs: ["pong-in-any-place"],
    ...pace.mode,
  };
}

function strayLast(id: string, pace: Pace): Case {
  return {
    ...stray(id, cont("non-continuation payload"), pace),
    title: `Continuation frame with FIN set but nothing to continue, ${pace.words}`,
    description: `A continuation frame with FIN set although no message has begun, then a valid text message; ${pace.words}.`,
  };
}

function strayFirst(id: string, pace: Pace): Case {
  return {
    ...stray(id, cont("non-continuation payload", MORE), pace),
    title: `Continuation frame with FIN clear but nothing to continue, ${pace.words}`,
    description: `A continuation frame with FIN clear although no message has begun, then a valid text message; ${pace.words}.`,
  };
}

function stray(id: string, first: FrameStep, pace: Pace): Omit<Case, "title" | "description"> {
  return {
    id,
    expectation: FAILS,
    requirements: ["6455-5.4-10", "6455-5.4-7", ...FAILING],
    script: [first, text("Hello, world!"), kill(1)],
    expect: failsWith(1002),
    illegal: ["stray-continuation"],
    differs: FAILING_DIFFERS,
    ...pace.mode,
  };
}

function strayBeforeFragments(id: string, fin: "clear" | "set", first: FrameStep): Case {
  const round: readonly Step[] = [first, text("fragment2", MORE), cont("fragment3")];
  return {
    id,
    title: `Continuation frame with FIN ${fin} before a fragmented message, twice`,
    description: `A continuation frame with FIN ${fin} that continues no message, then a valid text message in two fragments; the three frames are sent twice.`,
    expectation: FAILS,
    requirements: ["6455-5.4-10", "6455-5.4-7", ...FAILING],
    script: [...round, ...round, kill(1)],
    expect: failsWith(1002),
    illegal: ["stray-continuation"],
    differs: FAILING_DIFFERS,
  };
}

function twoPings(id: string, pace: Pace): Case {
  return {
    id,
    title: `Five fragments with a pause and two Pings between them, ${pace.words}`,
    description: `A text message in five fragments, ${pace.words}. After the second fragment the tester sends a Ping and waits for the Pong, at most one second. Then it sends the other fragments, with a second Ping before the last one.`,
    expectation:
      "The peer answers the first Ping while the message is still incomplete. Then it answers the second Ping and echoes the message with all five fragments; under the autobahn profile in this order.",
    requirements: ["6455-5.4-1", "6455-5.5.2-2", "6455-5.5.2-1", "6455-5.4-3"],
    script: [
      text("fragment1", MORE),
      cont("fragment2", MORE),
      ping("pongme 1!"),
      until(pongWith("pongme 1!")),
      cont("fragment3", MORE),
      cont("fragment4", MORE),
      ping("pongme 2!"),
      cont("fragment5"),
      closeAfter(1),
    ],
    expect: answers(
      pongWith("pongme 1!"),
      pongWith("pongme 2!"),
      message("fragment1fragment2fragment3fragment4fragment5"),
    ),
    differs: ["pong-in-any-place"],
    ...pace.mode,
  };
}
