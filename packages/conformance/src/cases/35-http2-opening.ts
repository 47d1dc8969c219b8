import type { Case } from "../case/case.js";
import { fixed } from "../case/deflate-data.js";
import { answers, failsWith, message, observesOpening, pongWith, type Expectation } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { octets, repeat } from "../case/payload.js";
import type { Http2Field } from "../case/http2-script.js";
import { connectFields } from "../case/http2-script.js";
import { http2Ping } from "../case/http2-frames.js";
import { binary, closeAfter, http2Frame, kill, ping, text, until } from "../case/steps.js";
import { MAY_DECLINE, packed, PLAIN } from "./compressed.js";
import { echoesOverHttp2, malformed, refusesOverHttp2 } from "./http2-openings.js";

/** Everything that can be wrong with the fields of a request, beyond those that have numbers of their own. */
const MALFORMED: readonly (readonly [
  title: string,
  description: string,
  fields: Fields,
  more?: readonly Http2Field[],
])[] = [
  ["Two :path fields", "The request has the pseudo-header field :path twice.", twice(":path", "{path}")],
  [
    "Two :protocol fields",
    "The request has the pseudo-header field :protocol twice.",
    twice(":protocol", "websocket"),
  ],
  [
    "A pseudo-header field that there is not",
    "The request has the pseudo-header field :unknown, which no RFC defines.",
    {
      ":authority": [
        [":authority", "{authority}"],
        [":unknown", "x"],
      ],
    },
  ],
  [
    "A pseudo-header field behind another field",
    "The pseudo-header field :path stands behind user-agent.",
    {
      ":path": [],
      "user-agent": [
        ["user-agent", "{agent}"],
        [":path", "{path}"],
      ],
    },
  ],
  [
    "A :status field in the request",
    "The request has the pseudo-header field :status, which belongs in answers.",
    {
      ":authority": [
        [":authority", "{authority}"],
        [":status", "200"],
      ],
    },
  ],
  [
    "A name in capitals",
    "The request has a field X-Capital, which is not in small letters.",
    {},
    [["X-Capital", "1"]],
  ],
  [
    "A transfer-encoding field",
    "The request has the field transfer-encoding: chunked.",
    {},
    [["transfer-encoding", "chunked"]],
  ],
  ["A te field other than trailers", "The request has the field te: gzip.", {}, [["te", "gzip"]]],
  [
    "A line feed in a value",
    "The request has a field whose value has a line feed in it.",
    {},
    [["x-line", "a\nb"]],
  ],
  ["An empty :path", "The pseudo-header field :path is empty.", { ":path": "" }],
];

type Fields = Parameters<typeof connectFields>[0];

function twice(name: string, value: string): Fields {
  return {
    [name]: [
      [name, value],
      [name, value],
    ],
  };
}

const LONG = repeat(octets("0123456789"), 70_000);
const OPEN_OR_NOT: Expectation = observesOpening(answers(pongWith("open?"), message("open?")));

/** 35.1: the opening handshake of servers over HTTP/2 (RFC 8441). */
export const HTTP2_OPENING: readonly Case[] = [
  echoesOverHttp2({
    id: "35.1.1",
    title: "SETTINGS_ENABLE_CONNECT_PROTOCOL is announced",
    description:
      "The tester waits for the server's first SETTINGS, and opens a connection if they allow extended CONNECT.",
    expectation: "The server's first SETTINGS have SETTINGS_ENABLE_CONNECT_PROTOCOL with the value 1.",
    requirements: ["8441-3-1"],
    expect: { ...answers(message("Hello")), http2: "setting" },
  }),
  echoesOverHttp2({
    id: "35.1.2",
    title: "SETTINGS_ENABLE_CONNECT_PROTOCOL is not taken back",
    description:
      "A text message, and two PINGs of HTTP/2 around it. Every SETTINGS frame of the server is looked at.",
    expectation:
      "No later SETTINGS of the server have SETTINGS_ENABLE_CONNECT_PROTOCOL with another value than 1.",
    requirements: ["8441-3-1"],
    script: [
      http2Frame(http2Ping("settings")),
      text("Hello"),
      http2Frame(http2Ping("again...")),
      closeAfter(2),
    ],
    expect: { ...answers(message("Hello")), http2: "setting-kept" },
  }),
  echoesOverHttp2({
    id: "35.1.3",
    title: "Extended CONNECT opens a connection",
    description: "An extended CONNECT with :protocol websocket, and then messages and a Ping.",
    expectation: "The server answers with status 200, echoes every message and answers the Ping.",
    requirements: ["8441-5-3", "9113-4.2-1", "9113-4.3-2", "9113-6.6-1"],
    script: [
      text("Hello"),
      binary(LONG),
      // A Pong may come before an echo that is still on its way (RFC 6455 §5.5.2).
      until(message(LONG, "binary"), 5000),
      ping("still?"),
      closeAfter(3),
    ],
    expect: answers(message("Hello"), message(LONG, "binary"), pongWith("still?")),
  }),
  echoesOverHttp2({
    id: "35.1.4",
    title: "The fields of the answer",
    description: "The usual extended CONNECT. The fields of the answer are looked at.",
    expectation:
      "The answer begins with :status, all names are in small letters, and there is no Connection, Upgrade or Transfer-Encoding field. Sec-WebSocket-Accept is not needed.",
    requirements: ["9113-8.2-2", "9113-8.2.2-1", "9113-8.3.2-1", "8441-5-4"],
    expect: { ...answers(message("Hello")), http2: "answer-fields" },
  }),
  echoesOverHttp2({
    id: "35.1.5",
    title: "A Sec-WebSocket-Key is ignored",
    description: "The request has a sec-websocket-key field, which has no meaning over HTTP/2.",
    requirements: ["8441-5-3"],
    http2: { request: { fields: connectFields({}, ["sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="]) } },
  }),
  refusesOverHttp2({
    id: "35.1.6",
    title: "A :protocol that no server knows",
    description: "The pseudo-header field :protocol is foo.",
    expectation:
      "The server opens no tunnel. It answers with status 501; another error status is not strict.",
    requirements: ["9220-3-1", "8441-4-2"],
    fields: { ":protocol": "foo" },
    refusal: { statuses: [501] },
  }),
  ...family("35.1.7", [":scheme", ":path"], (id, name) =>
    malformed({
      id,
      title: `No ${name}`,
      description: `An extended CONNECT without the pseudo-header field ${name}.`,
      fields: { [name]: [] },
    }),
  ),
  ...family(
    "35.1.8",
    [
      ["connection", "upgrade"],
      ["upgrade", "websocket"],
    ] as const,
    (id, field) =>
      malformed({
        id,
        title: `A field ${field.join(": ")}`,
        description: `An extended CONNECT with the field ${field.join(": ")}, which HTTP/2 does not have.`,
        fields: {},
        more: [field],
      }),
  ),
  refusesOverHttp2({
    id: "35.1.9",
    title: "CONNECT without :protocol",
    description: "A CONNECT with nothing but :method and :authority asks a proxy for a tunnel.",
    expectation: "The server opens no WebSocket. A proxy may open a tunnel.",
    requirements: ["9113-8.5-1"],
    fields: { ":protocol": [], ":scheme": [], ":path": [], "sec-websocket-version": [] },
    refusal: { mayDrop: true, mayTunnel: true },
  }),
  refusesOverHttp2({
    id: "35.1.10",
    title: "Version 99 over HTTP/2",
    description: "The field sec-websocket-version is 99.",
    expectation: "The server answers with an HTTP error whose sec-websocket-version field has 13.",
    requirements: ["6455-4.2.2-4", "6455-4.4-1"],
    fields: { "sec-websocket-version": "99" },
    refusal: { carries: [{ name: "sec-websocket-version", element: "13" }] },
  }),
  echoesOverHttp2({
    id: "35.1.11.1",
    title: "Subprotocols are offered",
    description: "The request offers the subprotocols chat and superchat.",
    expectation:
      "The server opens the connection and echoes; it chooses one of the two subprotocols, or none.",
    requirements: ["8441-5-4"],
    http2: {
      request: {
        fields: connectFields({ "{subprotocols}": [["sec-websocket-protocol", "chat, superchat"]] }),
      },
    },
  }),
  {
    ...echoesOverHttp2({
      id: "35.1.11.2",
      title: "permessage-deflate is offered",
      description:
        "The request offers permessage-deflate. If that is agreed on, a compressed text message follows.",
      expectation: `The server echoes the message. ${MAY_DECLINE}`,
      requirements: ["7692-6.2-1", "8441-5-4"],
      script: [packed("Hello", fixed("Hello")), closeAfter(2)],
    }),
    deflate: PLAIN,
  },
  {
    ...echoesOverHttp2({
      id: "35.1.12",
      title: "A frame that is not masked",
      description: "The server has opened the connection. A text frame comes that is not masked.",
      expectation:
        "The server fails the connection; if it sends a close code, it is 1002. Over HTTP/2 clients mask as well.",
      requirements: ["6455-5.1-2"],
      script: [text("bad", { masking: "wrong" }), ping("still there?"), kill(1)],
      expect: failsWith(1002),
    }),
    requirements: ["6455-5.1-2", ...FAILING, "6455-7.1.7-4"],
    illegal: ["wrong-mask"],
    differs: FAILING_DIFFERS,
  },
  ...family("35.1.20", MALFORMED, (id, [title, description, fields, more = []]) =>
    malformed({ id, title, description, fields, more }),
  ),
  refusesOverHttp2({
    id: "35.1.21",
    title: "No sec-websocket-version",
    description: "An extended CONNECT without the field sec-websocket-version.",
    requirements: ["6455-4.2.1-7", "6455-4.2.1-1"],
    fields: { "sec-websocket-version": [] },
  }),
  {
    ...echoesOverHttp2({
      id: "35.1.25",
      title: "CONNECT before the server's SETTINGS",
      description:
        "The extended CONNECT goes out right behind the tester's SETTINGS, before it knows whether the server takes it.",
      expectation: "The server opens the connection, or it does not: nothing is required.",
      requirements: ["8441-3-1"],
      http2: { request: { early: true } },
      script: [ping("open?"), text("open?"), closeAfter(1)],
      expect: OPEN_OR_NOT,
    }),
    requirements: ["8441-3-1"],
  },
];
