import type { Case } from "../case/case.js";
import { answers, failsWith, pongWith } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS } from "../case/family.js";
import { hex, octets, repeat } from "../case/payload.js";
import { close, closeAfter, kill, ping, pong } from "../case/steps.js";

const BINARY_OCTETS = hex("00fffefdfcfb00ff");
const LONGEST = repeat(hex("fe"), 125);
const TOO_LONG = repeat(hex("fe"), 126);
const TEN = Array.from({ length: 10 }, (_, index) => octets(`payload-${index}`));

const PONG_EXPECTED =
  "The peer answers with one Pong that carries exactly the same payload. The tester then closes with 1000 and the peer answers.";
const NOTHING_EXPECTED =
  "The peer ignores the Pong: it delivers no message, it need not answer, and it does not fail the connection. It answers the Close frame and the connection ends cleanly. A Pong in answer to the Pong breaks no rule (RFC 6455 §5.5.3), but fails the case under the autobahn profile.";
const TEN_PONGS_EXPECTED =
  "The peer sends ten Pongs, in the order of the Pings. RFC 6455 §5.5.3 also allows it to answer only the latest Ping; the autobahn profile does not.";

/** 2.x: Pings are answered, Pongs are not. */
export const PING_PONG: readonly Case[] = [
  {
    id: "2.1",
    title: "Ping without payload",
    description: "One Ping without application data, the smallest possible Ping.",
    expectation:
      "The peer answers with one Pong without payload. The tester then closes with 1000 and the peer answers.",
    requirements: ["6455-5.5.2-1", "6455-5.5.3-1"],
    script: [ping(""), closeAfter(1)],
    expect: answers(pongWith("")),
  },
  {
    id: "2.2",
    title: "Ping with a short text as payload",
    description: "One Ping whose application data is a short ASCII text.",
    expectation: PONG_EXPECTED,
    requirements: ["6455-5.5.2-1", "6455-5.5.3-1"],
    script: [ping("Hello, world!"), closeAfter(1)],
    expect: answers(pongWith("Hello, world!")),
  },
  {
    id: "2.3",
    title: "Ping with a binary payload that is not UTF-8",
    description:
      "One Ping whose application data begins with a zero octet and is not valid UTF-8. The application data of a Ping has no type: the peer must not validate it, and must not cut it at the zero octet.",
    expectation: PONG_EXPECTED,
    requirements: ["6455-5.5.2-1", "6455-5.5.3-1"],
    script: [ping(BINARY_OCTETS), closeAfter(1)],
    expect: answers(pongWith(BINARY_OCTETS)),
  },
  {
    id: "2.4",
    title: "Ping with 125 octets, the longest allowed",
    description: "One Ping with 125 octets FE, the longest payload of a control frame (RFC 6455 §5.5).",
    expectation: PONG_EXPECTED,
    requirements: ["6455-5.5.2-1", "6455-5.5.3-1", "6455-5.5-1"],
    script: [ping(LONGEST), closeAfter(1)],
    expect: answers(pongWith(LONGEST)),
  },
  {
    id: "2.5",
    title: "Ping with 126 octets, one too many",
    description:
      "One Ping with 126 octets FE and therefore a 16-bit length. A control frame holds at most 125 octets (RFC 6455 §5.5).",
    expectation:
      "The peer sends no Pong and fails the connection; the close code, if it sends one, is 1002 (protocol error).",
    requirements: ["6455-5.5-1", ...FAILING],
    script: [ping(TOO_LONG), kill(1)],
    expect: failsWith(1002),
    illegal: ["long-control"],
    differs: FAILING_DIFFERS,
  },
  {
    id: "2.6",
    title: "Ping with 125 octets, one octet per write",
    description:
      "The Ping of 2.4 is sent octet by octet, so the peer has to put header and payload together from many reads.",
    expectation: PONG_EXPECTED,
    requirements: ["6455-5.5.2-1", "6455-5.5.3-1", "6455-5.5-1"],
    script: [ping(LONGEST), closeAfter(2)],
    expect: answers(pongWith(LONGEST)),
    chop: 1,
  },
  {
    id: "2.7",
    title: "Unsolicited Pong without payload",
    description:
      "A Pong without payload that answers no Ping, followed at once by a Close frame with 1000. Such a Pong serves as a heartbeat in one direction.",
    expectation: NOTHING_EXPECTED,
    requirements: ["6455-6.2-3", "6455-5.5.3-3", "6455-5.5.1-5"],
    script: [pong(""), close(1000), closeAfter(1)],
    expect: answers(),
    differs: ["pongs-unasked"],
  },
  {
    id: "2.8",
    title: "Unsolicited Pong with a payload",
    description:
      "A Pong that answers no Ping, with a payload that the peer has never sent, followed at once by a Close frame with 1000.",
    expectation: NOTHING_EXPECTED,
    requirements: ["6455-6.2-3", "6455-5.5.3-3", "6455-5.5.1-5"],
    script: [pong("unsolicited pong payload"), close(1000), closeAfter(1)],
    expect: answers(),
    differs: ["pongs-unasked"],
  },
  {
    id: "2.9",
    title: "Unsolicited Pong, then a Ping",
    description: "A Pong that answers no Ping, followed by a Ping with another payload.",
    expectation:
      "The peer ignores the Pong and answers the Ping with a Pong that carries the payload of the Ping.",
    requirements: ["6455-5.5.2-1", "6455-5.5.3-1", "6455-5.5.3-3"],
    script: [pong("unsolicited pong payload"), ping("ping payload"), closeAfter(1)],
    expect: answers(pongWith("ping payload")),
  },
  {
    id: "2.10",
    title: "Ten Pings in a row",
    description: "Ten Pings with different payloads, back to back and without waiting for an answer.",
    expectation: TEN_PONGS_EXPECTED,
    requirements: ["6455-5.5.2-1", "6455-5.5.3-1", "6455-5.5.3-2"],
    script: [...TEN.map((payload) => ping(payload)), closeAfter(3)],
    expect: answers(...TEN.map((payload) => pongWith(payload))),
    differs: ["latest-pong-suffices"],
  },
  {
    id: "2.11",
    title: "Ten Pings in a row, one octet per write",
    description:
      "The ten Pings of 2.10 are sent octet by octet, so hardly any read of the peer holds a whole frame.",
    expectation: TEN_PONGS_EXPECTED,
    requirements: ["6455-5.5.2-1", "6455-5.5.3-1", "6455-5.5.3-2"],
    script: [...TEN.map((payload) => ping(payload)), closeAfter(3)],
    expect: answers(...TEN.map((payload) => pongWith(payload))),
    chop: 1,
    differs: ["latest-pong-suffices"],
  },
];
