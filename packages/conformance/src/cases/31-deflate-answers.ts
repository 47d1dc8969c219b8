import type { Case } from "../case/case.js";
import { answers, message, pongWith, refusesOpening } from "../case/expect.js";
import { family } from "../case/family.js";
import type { AnswerNeed, WrittenAnswer } from "../case/negotiation.js";
import { octets, type Payload } from "../case/payload.js";
import type { RequirementId } from "../case/requirements.js";
import { closeAfter, ping, text } from "../case/steps.js";
import { letters, outOfReach } from "./out-of-reach.js";

const WINDOWS: readonly number[] = [8, 9, 10, 11, 12, 13, 14, 15];

/** A parameter of an answer with a value that it must not have. */
const BAD_VALUES: readonly (readonly [adds: string, why: string])[] = [
  ["; server_max_window_bits=7", "The smallest number of window bits is 8."],
  ["; server_max_window_bits=16", "The largest number of window bits is 15."],
  ["; server_max_window_bits=20", "The largest number of window bits is 15."],
  ["; server_max_window_bits=08", "The number has a leading zero."],
  ["; server_max_window_bits", "The value is missing."],
  ["; client_max_window_bits", "The value is missing; only an offer may leave it out."],
];

/** Two messages with the same content, which refer to one another where the context is kept. */
const TWICE: Payload = octets(letters(400));

const NOT_APPLICABLE = "The case says nothing about a client that does not offer permessage-deflate.";
const NOT_OFFERED =
  "The case says nothing about a client that does not offer permessage-deflate with client_max_window_bits.";

/** About which clients a case says nothing, where that is not the usual. */
const UNMET: Readonly<Partial<Record<AnswerNeed, string>>> = {
  "no-deflate": "The case says nothing about a client that offers permessage-deflate.",
  "no-client-window":
    "The case says nothing about a client that does not offer permessage-deflate, or that offers client_max_window_bits.",
  "server-window":
    "The case says nothing about a client that does not ask for a server_max_window_bits below 15 in every offer of permessage-deflate.",
};

/** 31.2: what a client makes of answers about permessage-deflate (RFC 7692 §5, §7). */
export const DEFLATE_ANSWERS: readonly Case[] = [
  refuses(
    "31.2.1",
    "Answer that accepts permessage-deflate although it was not offered",
    { needs: "no-deflate", adds: "" },
    "The client does not offer permessage-deflate, and the server accepts it.",
    ["7692-5-6", "6455-4.1-26"],
  ),
  refuses(
    "31.2.2",
    "Answer with an unknown parameter",
    { needs: "deflate", adds: "; x_wireproof" },
    "The answer accepts permessage-deflate with a parameter that RFC 7692 does not define.",
    ["7692-7-5"],
  ),
  ...family("31.2.3", BAD_VALUES, (id, [adds, why]) =>
    refuses(
      id,
      `Answer with ${adds.slice(2)}${adds.includes("=") ? "" : " without a value"}`,
      { needs: "deflate", adds },
      `The answer accepts permessage-deflate with "${adds.slice(2)}". ${why}`,
      ["7692-7-6"],
    ),
  ),
  refuses(
    "31.2.4",
    "Answer with the same parameter twice",
    { needs: "deflate", adds: "; client_no_context_takeover; client_no_context_takeover" },
    "The answer accepts permessage-deflate with client_no_context_takeover twice.",
    ["7692-7-7"],
  ),
  refuses(
    "31.2.5",
    "Answer with client_max_window_bits although it was not offered",
    { needs: "no-client-window", adds: "; client_max_window_bits=10" },
    "The client offers permessage-deflate without client_max_window_bits, so it has not said that it can limit its window. The answer limits the window all the same.",
    ["7692-7-8", "7692-5-6"],
  ),
  refuses(
    "31.2.6",
    "Answer with a larger server_max_window_bits than was offered",
    { needs: "server-window", adds: "; server_max_window_bits=15" },
    "The client asks the server for a window of less than 15 bits, and the server answers that it uses 15.",
    ["7692-5-6"],
  ),
  ...family("31.2.7", WINDOWS, clientWindow),
  takes(
    "31.2.8",
    "Answer with client_no_context_takeover",
    { needs: "fit", adds: "; client_no_context_takeover" },
    "The answer demands that the client compresses every message with an empty window. Every client that offers permessage-deflate has to be able to (RFC 7692 §7.1.1.2). Two uncompressed text messages with the same 400 characters follow.",
    `The client opens the connection and echoes both messages; if it compresses them, the second one does not refer to the first one. ${NOT_APPLICABLE}`,
    ["7692-7.1.1.2-1", "7692-7.2.1-5", "6455-6.2-1"],
    [TWICE, TWICE],
  ),
  takes(
    "31.2.9",
    "Answer with server_no_context_takeover that was not asked for",
    { needs: "fit", adds: "; server_no_context_takeover", mayBeRefused: true },
    "The server says that it compresses every message with an empty window, although the client has not asked for it. RFC 7692 §7.1.1.1 allows that. Two uncompressed text messages with the same 400 characters follow.",
    `The client opens the connection and echoes both messages. If it fails the connection instead, it does not support the answer, and the case says nothing about it. ${NOT_APPLICABLE}`,
    ["7692-5-7", "7692-7.1.1.1-2", "6455-6.2-1"],
    [TWICE, TWICE],
  ),
  refuses(
    "31.2.10",
    "Answer that accepts permessage-deflate twice",
    { needs: "deflate", adds: ", permessage-deflate" },
    "The answer accepts permessage-deflate twice. Both would use the bit RSV1.",
    ["7692-5-4"],
  ),
  takes(
    "31.2.11",
    "Answer without an extension to a client that offers permessage-deflate",
    { needs: "deflate", adds: null },
    "The server declines permessage-deflate. Two uncompressed text messages with the same 400 characters follow.",
    `The client opens the connection and echoes both messages uncompressed: RSV1 is 0 in every frame. ${NOT_APPLICABLE}`,
    ["6455-9.1-4", "6455-6.2-1"],
    [TWICE, TWICE],
  ),
  takes(
    "31.2.12",
    'Answer with client_max_window_bits="10"',
    { needs: "fit", adds: '; client_max_window_bits="10"', mayBeRefused: true },
    `The value is in quotes, which RFC 6455 §9.1 allows: it means the same as without. ${farText(10)}`,
    `The client opens the connection and echoes the message; if it compresses it, no reference goes back farther than 1,024 octets. If it fails the connection instead, it does not support the answer, and the case says nothing about it. ${NOT_OFFERED}`,
    ["7692-7.2.1-4", "6455-9.1-2", "6455-4.3-1", "6455-6.2-1"],
    [outOfReach(10)],
  ),
];

function farText(bits: number): string {
  return `An uncompressed text message follows whose last 200 characters occur once before, a little more than ${2 ** bits} octets back.`;
}

function clientWindow(id: string, bits: number): Case {
  return takes(
    id,
    `Answer with client_max_window_bits=${bits}`,
    { needs: "fit", adds: `; client_max_window_bits=${bits}`, mayBeRefused: true },
    `The answer demands that the client compresses with a window of at most ${bits} bits. ${farText(bits)}`,
    `The client opens the connection and echoes the message; if it compresses it, no reference goes back farther than ${2 ** bits} octets. If it fails the connection instead, it does not support such a window, and the case says nothing about it. ${NOT_OFFERED}`,
    ["7692-7.2.1-4", "7692-7.1.2.2-1", "7692-7-8", "6455-6.2-1"],
    [outOfReach(bits)],
  );
}

/** The client opens the connection, and the messages come back. */
function takes(
  id: string,
  title: string,
  acceptor: WrittenAnswer,
  description: string,
  expectation: string,
  requirements: readonly [RequirementId, ...RequirementId[]],
  messages: readonly Payload[],
): Case {
  return {
    id,
    title,
    description,
    expectation,
    requirements,
    peer: "client",
    deflate: { offers: ["permessage-deflate"], acceptor },
    script: [...messages.map((one) => text(one)), closeAfter(10)],
    expect: answers(...messages.map((one) => message(one))),
    since: "0.2.0",
  };
}

/** The client must not open the connection. What it sends shows that it has. */
function refuses(
  id: string,
  title: string,
  acceptor: WrittenAnswer,
  description: string,
  requirements: readonly [RequirementId, ...RequirementId[]],
): Case {
  return {
    id,
    title,
    description: `${description} A Ping and a text message follow in the same write, which show whether the client has opened the connection.`,
    expectation: `The client fails the connection: it closes TCP, with or without a Close frame that reports a problem. It sends no Pong and no message. ${UNMET[acceptor.needs] ?? NOT_APPLICABLE}`,
    requirements,
    peer: "client",
    joinsAnswer: true,
    deflate: { offers: ["permessage-deflate"], acceptor },
    script: [ping("open?"), text("open?"), closeAfter(1)],
    expect: refusesOpening({ mayDrop: true }, pongWith("open?"), message("open?")),
    since: "0.2.0",
  };
}
