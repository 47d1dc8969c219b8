import type { Case } from "../case/case.js";
import {
  answers,
  closesWith,
  message,
  pongWith,
  timeout,
  type Expectation,
  type ExpectedEvent,
} from "../case/expect.js";
import { FAILING_DIFFERS, family } from "../case/family.js";
import {
  CANCEL,
  goaway,
  http2Ping,
  INITIAL_WINDOW_SIZE,
  NO_ERROR,
  priority,
  resetStream,
  settingsFrame,
  unknownFrame,
  windowUpdate,
} from "../case/http2-frames.js";
import type { Http2Frame, Http2Script } from "../case/http2-script.js";
import { octets, repeat } from "../case/payload.js";
import type { RequirementId } from "../case/requirements.js";
import {
  close,
  closeAfter,
  endTcp,
  http2Frame,
  kill,
  ping,
  resetTcp,
  text,
  until,
  wait,
  type Step,
} from "../case/steps.js";
import { CUTS, EXCHANGE, EXCHANGED, withFrames } from "./http2-exchanges.js";
import { echoesOverHttp2 } from "./http2-openings.js";

/** The tester does not close: the peer has to act, or the limit runs out. */
function mustEnd(...pass: readonly ExpectedEvent[]): Expectation {
  return {
    pass,
    ending: { by: "peer", codes: [1000, 1001, 1002, 1011], clean: false },
    http2: "error",
  };
}

/** Nothing but the other streams counts. */
const OTHERS_GO_ON: Expectation = {
  ...answers(),
  closesItself: true,
  endIsOpen: true,
  http2: "others-go-on",
};

const OTHERS: NonNullable<Http2Script["others"]> = { webSockets: 1, later: 1 };
/** A text frame of 100 octets, of which the payload is to follow. */
const HALF_A_FRAME: readonly Step[] = [
  text("Hello"),
  until(message("Hello"), 2000),
  { do: "frame-header", opcode: 1, fin: true, length: 100 },
];

interface Breaking {
  readonly title: string;
  readonly description: string;
  readonly frame: Http2Frame;
  readonly requirement: RequirementId;
}

const OVERFLOWS: readonly Breaking[] = [
  {
    title: "The window of the stream gets too large",
    description: "WINDOW_UPDATE on the stream makes room for 2^31 - 1 octets more.",
    frame: windowUpdate("stream", 0x7fff_ffff),
    requirement: "9113-6.9.1-2",
  },
  {
    title: "The window of the connection gets too large",
    description: "WINDOW_UPDATE on the connection makes room for 2^31 - 1 octets more.",
    frame: windowUpdate("connection", 0x7fff_ffff),
    requirement: "9113-6.9.1-2",
  },
  {
    title: "WINDOW_UPDATE of 0 octets on the stream",
    description: "WINDOW_UPDATE on the stream makes room for nothing.",
    frame: windowUpdate("stream", 0),
    requirement: "9113-6.9-1",
  },
  {
    title: "WINDOW_UPDATE of 0 octets on the connection",
    description: "WINDOW_UPDATE on the connection makes room for nothing.",
    frame: windowUpdate("connection", 0),
    requirement: "9113-6.9-1",
  },
  {
    title: "An initial window of 2^31 octets",
    description:
      "SETTINGS have SETTINGS_INITIAL_WINDOW_SIZE with the value 2^31, which is one octet too large.",
    frame: settingsFrame([INITIAL_WINDOW_SIZE, 0x8000_0000]),
    requirement: "9113-6.5.2-1",
  },
];

interface Ignored {
  readonly title: string;
  readonly description: string;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
  readonly http2?: Http2Script;
  readonly frames: readonly Http2Frame[];
}

const IGNORED: readonly Ignored[] = [
  {
    title: "PRIORITY",
    description: "PRIORITY comes on the stream, and on one that is not open.",
    requirements: ["6455-6.2-1"],
    http2: { before: [priority("idle")] },
    frames: [priority("stream"), priority("idle")],
  },
  {
    title: "A frame of an unknown type on the stream",
    description: "A frame comes on the stream whose type RFC 9113 does not have.",
    requirements: ["9113-5.5-1"],
    frames: [unknownFrame("stream")],
  },
  {
    title: "A frame of an unknown type on the connection",
    description:
      "Frames come on the connection whose type RFC 9113 does not have, one of them before the request.",
    requirements: ["9113-5.5-1"],
    http2: { before: [unknownFrame("connection")] },
    frames: [unknownFrame("connection")],
  },
  {
    title: "An unknown setting",
    description: "The tester's SETTINGS have a setting that nobody knows.",
    requirements: ["9113-6.5.2-2"],
    http2: { settings: [[0xf0f0, 1]] },
    frames: [settingsFrame([0xf0f1, 0xffff_ffff])],
  },
];

const BOTH = answers(message("Hello"), message("again"));

/** 35.1: servers over HTTP/2 once the connection is open (RFC 8441 §5, RFC 9113). */
export const HTTP2_STREAM: readonly Case[] = [
  ...family("35.1.13", CUTS, (id, [title, data]) =>
    echoesOverHttp2({
      id,
      title,
      description: `Text and binary messages, one of them in fragments, and a Ping. ${title}: that means nothing to WebSocket.`,
      requirements: ["6455-6.2-1", "9113-6.1-1"],
      http2: { data },
      script: EXCHANGE,
      expect: answers(...EXCHANGED),
    }),
  ),
  echoesOverHttp2({
    id: "35.1.14",
    title: "END_STREAM behind both Close frames",
    description: "A text message. When it has come back, the tester sends a Close frame.",
    expectation:
      "The server answers with a Close frame and ends its stream with END_STREAM. To reset the stream is not strict.",
    requirements: ["8441-5-5", "6455-5.5.1-8"],
    script: [text("Hello"), until(message("Hello"), 2000), close(1000)],
    expect: { ...closesWith(1000), pass: [message("Hello")], closesItself: true, http2: "end-stream" },
  }),
  echoesOverHttp2({
    id: "35.1.15",
    title: "END_STREAM inside a frame",
    description:
      "A text message, and then the header of a frame, half of its payload, and END_STREAM. That is the end of TCP for WebSocket.",
    expectation:
      "The server ends its stream as well. Of the other WebSockets on the connection, one goes on, and another one opens.",
    requirements: ["8441-5-5"],
    http2: { others: OTHERS },
    script: [...HALF_A_FRAME, { do: "payload-part", payload: repeat(octets("x"), 50) }, endTcp()],
    expect: { ...OTHERS_GO_ON, pass: [message("Hello")], http2: "stream-ends" },
  }),
  echoesOverHttp2({
    id: "35.1.16",
    title: "RST_STREAM with CANCEL",
    description:
      "A text message, and then the tester resets the stream. That is the reset of TCP for WebSocket.",
    expectation: "The connection lives on: one WebSocket on it goes on, and another one opens.",
    requirements: ["8441-5-5"],
    http2: { others: OTHERS },
    script: [text("Hello"), until(message("Hello"), 2000), resetTcp()],
    expect: { ...OTHERS_GO_ON, pass: [message("Hello")] },
  }),
  echoesOverHttp2({
    id: "35.1.17.1",
    title: "A window without room, and then with room",
    description:
      "The server's window of the stream has no room. A text message comes, and after a pause a WINDOW_UPDATE.",
    expectation: "The server sends no DATA in the pause. Then it echoes the message.",
    requirements: ["9113-6.9.1-1"],
    http2: { room: 0 },
    script: [text("Hello"), wait("no room"), http2Frame(windowUpdate("stream", 65_535)), closeAfter(2)],
    expect: answers(timeout("no room"), message("Hello")),
  }),
  echoesOverHttp2({
    id: "35.1.17.2",
    title: "Room for one octet at a time",
    description:
      "The server's window of the stream has room for one octet, and for the next one when that has come.",
    expectation: "The server sends one octet at a time, until every echo is whole.",
    requirements: ["9113-6.9.1-1"],
    http2: { room: 1 },
    script: [
      text("One octet at a time"),
      until(message("One octet at a time"), 5000),
      ping("a Ping"),
      closeAfter(3),
    ],
    expect: answers(message("One octet at a time"), pongWith("a Ping")),
  }),
  echoesOverHttp2({
    id: "35.1.17.3",
    title: "SETTINGS make room",
    description:
      "The server's window of the stream has no room. A text message comes, and after a pause SETTINGS with an initial window of 65,535 octets.",
    expectation:
      "The server sends no DATA in the pause. Then its window is larger by the difference, and it echoes.",
    requirements: ["9113-6.9.2-1"],
    http2: { room: 0 },
    script: [
      text("Hello"),
      wait("no room"),
      http2Frame(settingsFrame([INITIAL_WINDOW_SIZE, 65_535])),
      closeAfter(2),
    ],
    expect: answers(timeout("no room"), message("Hello")),
  }),
  echoesOverHttp2({
    id: "35.1.18",
    title: "101 WebSockets and 10 GET requests on one connection",
    description:
      "100 WebSockets are opened on the connection, as far as the server's settings allow, and 10 GET requests sent. Then comes that of the case, and when it is closed, the others send a message again.",
    expectation: "Every WebSocket that opens echoes what was sent on it. The server may refuse some of them.",
    requirements: ["6455-6.2-1", "9113-5-1"],
    http2: { others: { webSockets: 100, gets: 10 } },
  }),
  echoesOverHttp2({
    id: "35.1.19",
    title: "GOAWAY while a WebSocket is open",
    description: "A text message, then GOAWAY with NO_ERROR from the tester, and another text message.",
    expectation:
      "The stream goes on: the server echoes both messages and takes part in the closing handshake.",
    requirements: ["9113-6.8-1"],
    script: withFrames([goaway(NO_ERROR)]),
    expect: BOTH,
  }),
  echoesOverHttp2({
    id: "35.1.22.1",
    title: "RST_STREAM right behind the request",
    description: "An extended CONNECT, and right behind it RST_STREAM with CANCEL.",
    expectation: "The connection lives on: one WebSocket on it goes on, and another one opens.",
    requirements: ["8441-5-5"],
    http2: { others: OTHERS, request: { behind: [resetStream(CANCEL)] } },
    script: [close(1000)],
    expect: { ...OTHERS_GO_ON, opening: { end: "either" } },
  }),
  echoesOverHttp2({
    id: "35.1.22.2",
    title: "RST_STREAM inside a frame",
    description:
      "A text message, then the header of a frame and half of its payload, and RST_STREAM with CANCEL.",
    expectation: "The connection lives on: one WebSocket on it goes on, and another one opens.",
    requirements: ["8441-5-5"],
    http2: { others: OTHERS },
    script: [...HALF_A_FRAME, { do: "payload-part", payload: repeat(octets("x"), 50) }, resetTcp()],
    expect: { ...OTHERS_GO_ON, pass: [message("Hello")] },
  }),
  echoesOverHttp2({
    id: "35.1.22.3",
    title: "A request that ends its stream",
    description: "An extended CONNECT whose head has END_STREAM: nothing can be sent behind it.",
    expectation:
      "The server may open the connection or refuse it. Of the other WebSockets on the connection, one goes on, and another one opens.",
    requirements: ["8441-5-5"],
    http2: { others: OTHERS, request: { endsStream: true } },
    script: [close(1000)],
    expect: { ...OTHERS_GO_ON, opening: { end: "either" } },
  }),
  ...family("35.1.23", OVERFLOWS, (id, { title, description, frame, requirement }) => ({
    ...echoesOverHttp2({
      id,
      title,
      description: `A text message, and when it has come back, a frame. ${description}`,
      expectation: "The server resets the stream, or ends the connection with GOAWAY.",
      requirements: [requirement],
      script: [text("Hello"), until(message("Hello"), 2000), http2Frame(frame), kill(1)],
      expect: mustEnd(message("Hello")),
    }),
    differs: FAILING_DIFFERS,
  })),
  ...family("35.1.24", IGNORED, (id, { title, description, requirements, http2 = {}, frames }) =>
    echoesOverHttp2({
      id,
      title,
      description: `${description} It is to be ignored.`,
      requirements,
      http2,
      script: withFrames(frames),
      expect: BOTH,
    }),
  ),
  echoesOverHttp2({
    id: "35.1.26",
    title: "SETTINGS and PINGs are acknowledged",
    description: "A text message, and PINGs and SETTINGS of HTTP/2 before another one.",
    expectation: "The server acknowledges all of them, and echoes both messages.",
    requirements: ["9113-6.7-1", "9113-6.5.3-1"],
    script: withFrames([
      http2Ping("one-ping"),
      settingsFrame([INITIAL_WINDOW_SIZE, 100_000]),
      http2Ping("two-ping"),
    ]),
    expect: { ...BOTH, http2: "acknowledges" },
  }),
  ...family(
    "35.1.27",
    [
      [
        "The head of the request in several frames",
        "HEADERS and CONTINUATION have 64 octets of it each.",
        { cut: 64 },
      ],
      ["The head of the request with padding", "HEADERS has 100 octets of padding.", { padding: 100 }],
      [
        "The head of the request with a priority",
        "HEADERS has the fields of a priority.",
        { priority: true },
      ],
    ] as const,
    (id, [title, description, request]) =>
      echoesOverHttp2({
        id,
        title,
        description: `The usual extended CONNECT. ${description}`,
        requirements: ["9113-4.3-1"],
        http2: { request },
      }),
  ),
];
