import type { Case } from "../case/case.js";
import {
  answers,
  closesWith,
  endsAnyhow,
  message,
  pongWith,
  refusesOpening,
  timeout,
  type Expectation,
} from "../case/expect.js";
import { FAILING_DIFFERS, family } from "../case/family.js";
import {
  CANCEL,
  goaway,
  http2Ping,
  NO_ERROR,
  priority,
  resetStream,
  settingsFrame,
  unknownFrame,
  windowUpdate,
} from "../case/http2-frames.js";
import type { Http2Answer } from "../case/http2-answer.js";
import type { Http2Field, Http2Frame } from "../case/http2-script.js";
import { octets, repeat } from "../case/payload.js";
import {
  binary,
  close,
  closeAfter,
  http2Frame,
  kill,
  ping,
  resetTcp,
  text,
  until,
  wait,
  type Step,
} from "../case/steps.js";
import type { RequirementId } from "../case/requirements.js";
import { CUTS, EXCHANGE, EXCHANGED, withFrames } from "./http2-exchanges.js";
import { echoesOverHttp2, type OverHttp2 } from "./http2-openings.js";

/** More than the window of a stream has at the beginning (RFC 9113 §6.9.2). */
const LARGE = repeat(octets("0123456789"), 70_000);
const BARELY_LARGE = repeat(octets("0123456789"), 65_600);

const OK: Http2Field = [":status", "200"];

interface Refused {
  readonly title: string;
  /** To follow "The answer to the extended CONNECT". */
  readonly what: string;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  readonly fields: readonly Http2Field[];
}

const REFUSED: readonly Refused[] = [
  {
    title: "An answer with status 404",
    what: "has the status 404",
    requirements: ["8441-5-3"],
    fields: [[":status", "404"]],
  },
  {
    title: "An answer with status 101",
    what: "has the status 101, which HTTP/2 does not have",
    requirements: ["8441-5-3"],
    fields: [[":status", "101"]],
  },
  {
    title: "An answer with an extension that was not offered",
    what: "has the status 200 and accepts an extension that no client offers",
    requirements: ["6455-4.1-26"],
    fields: [OK, ["sec-websocket-extensions", "x-wireproof-unoffered"]],
  },
  {
    title: "An answer with a subprotocol that was not offered",
    what: "has the status 200 and chooses a subprotocol that no client offers",
    requirements: ["6455-4.1-27"],
    fields: [OK, ["sec-websocket-protocol", "x-wireproof-unoffered"]],
  },
];

interface Opened {
  readonly title: string;
  readonly what: string;
  readonly requirement: RequirementId;
  readonly answer: Http2Answer;
}

const OPENED: readonly Opened[] = [
  {
    title: "An informational answer before the real one",
    what: "comes behind an informational one with status 103",
    requirement: "9110-15.2-1",
    answer: { interim: [[":status", "103"]] },
  },
  {
    title: "The head of the answer in several frames",
    what: "comes in frames of 8 octets, HEADERS and CONTINUATION",
    requirement: "9113-4.3-1",
    answer: { cut: 8 },
  },
  {
    title: "The head of the answer with padding",
    what: "has 100 octets of padding in its HEADERS frame",
    requirement: "8441-5-3",
    answer: { padding: 100 },
  },
];

interface Ignored {
  readonly title: string;
  readonly description: string;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  readonly frames: readonly Http2Frame[];
}

const IGNORED: readonly Ignored[] = [
  {
    title: "PRIORITY",
    description: "PRIORITY comes on the stream.",
    requirements: ["6455-6.2-1"],
    frames: [priority("stream")],
  },
  {
    title: "A frame of an unknown type on the stream",
    description: "A frame comes on the stream whose type RFC 9113 does not have.",
    requirements: ["9113-5.5-1"],
    frames: [unknownFrame("stream")],
  },
  {
    title: "A frame of an unknown type on the connection",
    description: "A frame comes on the connection whose type RFC 9113 does not have.",
    requirements: ["9113-5.5-1"],
    frames: [unknownFrame("connection")],
  },
];

const OVERFLOWS: readonly (readonly [title: string, room: number, requirement: RequirementId])[] = [
  ["The window of the stream gets too large", 0x7fff_ffff, "9113-6.9.1-2"],
  ["WINDOW_UPDATE of 0 octets", 0, "9113-6.9-1"],
];

const BOTH = answers(message("Hello"), message("again"));
const IS_OPEN: readonly Step[] = [ping("open?"), text("open?"), closeAfter(1)];

/** The tester does not close: the client has to act, or the limit runs out. */
const MUST_FAIL: Expectation = {
  pass: [message("Hello")],
  ending: { by: "peer", codes: [1000, 1001, 1002, 1011], clean: false },
  http2: "error",
};

/** 35.2: clients over HTTP/2 (RFC 8441). */
export const HTTP2_CLIENT: readonly Case[] = [
  {
    ...forClients({
      id: "35.2.1",
      title: "SETTINGS without SETTINGS_ENABLE_CONNECT_PROTOCOL",
      description:
        "The client gets a URL at which HTTP/2 is spoken, with SETTINGS that do not have SETTINGS_ENABLE_CONNECT_PROTOCOL. HTTP/1.1 is spoken there as well.",
      expectation:
        "The client sends no extended CONNECT. It opens the connection over HTTP/1.1, or it does not open it.",
      requirements: ["8441-3-2"],
      script: [close(1000)],
      expect: endsAnyhow(),
    }),
    requirements: ["8441-3-2"],
    url: { text: "{base}/http2", target: "/http2", asks: "http2-setting" },
  },
  {
    ...forClients({
      id: "35.2.2",
      title: "The extended CONNECT",
      description: "The usual answer, and a text message. The request is looked at.",
      expectation:
        "The request has the method CONNECT, the :protocol websocket, and :scheme, :path and :authority. All names are in small letters, and there is no Connection and no Upgrade field. Sec-WebSocket-Version is 13.",
      requirements: ["8441-5-1"],
    }),
    requirements: [
      "8441-5-1",
      "8441-4-1",
      "8441-5-2",
      "8441-5-4",
      "8441-5-6",
      "9113-8.2-2",
      "9113-8.2.2-1",
      "6455-4.1-18",
      "6455-6.2-1",
    ],
    inspects: "connect",
  },
  ...family("35.2.3", REFUSED, (id, { title, what, requirements, fields }) => ({
    ...forClients({
      id,
      title,
      description: `The answer to the extended CONNECT ${what}. A Ping and a text message come behind it.`,
      expectation: "The client does not open the connection: it answers neither of them.",
      requirements,
      http2: { answer: { fields } },
      script: IS_OPEN,
      expect: refusesOpening({}, pongWith("open?"), message("open?")),
    }),
    requirements,
  })),
  {
    ...forClients({
      id: "35.2.4",
      title: "RST_STREAM inside a message",
      description:
        "A text message, then the header of a frame and half of its payload, RST_STREAM with CANCEL, and a PING of HTTP/2.",
      expectation:
        "When the client has acknowledged the PING, it knows that the stream is over: it sends nothing more on it.",
      requirements: ["9113-5.1-1"],
      script: [
        text("Hello"),
        until(message("Hello"), 2000),
        { do: "frame-header", opcode: 1, fin: true, length: 100 },
        { do: "payload-part", payload: repeat(octets("x"), 50) },
        http2Frame(resetStream(CANCEL)),
        http2Frame(http2Ping("is reset")),
        wait("behind the reset"),
        resetTcp(),
      ],
      expect: {
        ...answers(message("Hello"), timeout("behind the reset")),
        closesItself: true,
        endIsOpen: true,
        http2: "silent-behind-reset",
      },
    }),
    requirements: ["9113-5.1-1", "8441-5-5", "6455-6.2-1"],
  },
  forClients({
    id: "35.2.5",
    title: "END_STREAM behind both Close frames",
    description:
      "A text message. When it has come back, the tester sends a Close frame. When that is answered, it ends its stream with END_STREAM.",
    expectation: "The client ends its stream with END_STREAM as well. To reset the stream is not strict.",
    requirements: ["8441-5-5"],
    script: [text("Hello"), until(message("Hello"), 2000), close(1000)],
    expect: { ...closesWith(1000), pass: [message("Hello")], closesItself: true, http2: "end-stream" },
  }),
  forClients({
    id: "35.2.6",
    title: "GOAWAY while a WebSocket is open",
    description:
      "A text message, then GOAWAY with NO_ERROR from the tester, which goes on with what is open, and another text message.",
    expectation:
      "The stream goes on: the client echoes both messages and takes part in the closing handshake.",
    requirements: ["9113-6.8-1"],
    script: withFrames([goaway(NO_ERROR)]),
    expect: BOTH,
  }),
  forClients({
    id: "35.2.7.1",
    title: "A window that is used up, and then has room",
    description:
      "A binary message of 70,000 octets, more than the client's window of the stream has room for. After a pause a WINDOW_UPDATE comes.",
    expectation:
      "The client sends what the window has room for, and no more in the pause. Then it sends the rest.",
    requirements: ["9113-6.9.1-1"],
    http2: { room: 0 },
    script: [binary(LARGE), wait("no room"), http2Frame(windowUpdate("stream", 65_535)), closeAfter(5)],
    expect: answers(timeout("no room"), message(LARGE, "binary")),
  }),
  forClients({
    id: "35.2.7.2",
    title: "Room for one octet at a time",
    description:
      "A binary message of 65,600 octets. When the client's window of the stream is used up, the tester makes room for one octet, and for the next one when that has come.",
    expectation: "The client sends the rest one octet at a time, until the echo is whole.",
    requirements: ["9113-6.9.1-1"],
    http2: { room: 1 },
    script: [binary(BARELY_LARGE), closeAfter(5)],
    expect: answers(message(BARELY_LARGE, "binary")),
  }),
  ...family("35.2.8", CUTS, (id, [title, data]) =>
    forClients({
      id,
      title,
      description: `Text and binary messages, one of them in fragments, and a Ping. ${title}: that means nothing to WebSocket.`,
      requirements: ["6455-6.2-1", "9113-6.1-1"],
      http2: { data },
      script: EXCHANGE,
      expect: answers(...EXCHANGED),
    }),
  ),
  ...family("35.2.9", IGNORED, (id, { title, description, requirements, frames }) =>
    forClients({
      id,
      title,
      description: `${description} It is to be ignored.`,
      requirements,
      script: withFrames(frames),
      expect: BOTH,
    }),
  ),
  ...family("35.2.10", OVERFLOWS, (id, [title, room, requirement]) => ({
    ...forClients({
      id,
      title,
      description: `A text message. When it has come back, WINDOW_UPDATE on the stream makes room for ${room === 0 ? "nothing" : "2^31 - 1 octets more"}.`,
      expectation: "The client resets the stream, or ends the connection with GOAWAY.",
      requirements: [requirement],
      script: [
        text("Hello"),
        until(message("Hello"), 2000),
        http2Frame(windowUpdate("stream", room)),
        kill(1),
      ],
      expect: MUST_FAIL,
    }),
    differs: FAILING_DIFFERS,
    requirements: [requirement, "6455-6.2-1"],
  })),
  ...family("35.2.11", OPENED, (id, { title, what, requirement, answer }) =>
    forClients({
      id,
      title,
      description: `The answer to the extended CONNECT ${what}.`,
      requirements: [requirement],
      http2: { answer },
    }),
  ),
  forClients({
    id: "35.2.12",
    title: "SETTINGS and PINGs are acknowledged",
    description: "A text message, and PINGs and SETTINGS of HTTP/2 before another one.",
    expectation: "The client acknowledges all of them, and echoes both messages.",
    requirements: ["9113-6.7-1", "9113-6.5.3-1"],
    script: withFrames([http2Ping("one-ping"), settingsFrame(), http2Ping("two-ping")]),
    expect: { ...BOTH, http2: "acknowledges" },
  }),
];

function forClients(told: OverHttp2): Case {
  const expectation = "The client opens the connection and echoes every message.";
  const title = `${told.title}, client's side`;
  return { ...echoesOverHttp2({ expectation, ...told, title }), peer: "client" };
}
