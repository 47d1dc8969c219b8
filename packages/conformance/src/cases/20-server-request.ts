import type { Case } from "../case/case.js";
import { family } from "../case/family.js";
import { hex, octets } from "../case/payload.js";
import { opens, refuses, watches } from "./server-openings.js";

/** The key of the example in RFC 6455 §1.3. */
const SAMPLE = "dGhlIHNhbXBsZSBub25jZQ==";

/** 20.1: the request line. */
const REQUEST_LINE: readonly Case[] = [
  opens({
    id: "20.1.1",
    title: "The request of the RFC's example",
    description: `The opening handshake with the key of the example in RFC 6455, ${SAMPLE}. Its Sec-WebSocket-Accept is s3pPLMBiTxaQ9kYGzzhZRbK+xOo=.`,
    requirements: ["6455-4.2.2-9", "6455-4.2.2-10"],
    request: { key: SAMPLE },
  }),
  refuses({
    id: "20.1.2",
    title: "POST instead of GET",
    description: "An opening handshake that is right except for its method: POST.",
    requirements: ["6455-4.2.1-2", "6455-4.2.1-1"],
    lines: { request: "POST {path} HTTP/1.1" },
  }),
  ...family("20.1.3", ["HEAD", "PUT", "OPTIONS", "get"], (id, method) =>
    refuses({
      id,
      title: `The method ${method} instead of GET`,
      description: `An opening handshake that is right except for its method: ${method}. The names of methods are case-sensitive.`,
      requirements: ["6455-4.2.1-2", "6455-4.2.1-1"],
      lines: { request: `${method} {path} HTTP/1.1` },
    }),
  ),
  refuses({
    id: "20.1.4",
    title: "HTTP/1.0",
    description:
      "An opening handshake that is right except for its version: HTTP/1.0, which has no Upgrade header.",
    requirements: ["6455-4.2.1-2", "9110-7.8-1", "6455-4.2.1-1"],
    lines: { request: "GET {path} HTTP/1.0" },
  }),
  refuses({
    id: "20.1.5",
    title: "A request line without a version",
    description: "The line GET and the path, as in HTTP/0.9, and the header lines of an opening handshake.",
    expectation:
      "The server does not open the connection. It answers with an HTTP error, such as 400, or closes TCP.",
    requirements: ["6455-4.2.1-2", "6455-4.2.1-1"],
    lines: { request: "GET {path}" },
    refusal: { mayDrop: true },
  }),
  watches({
    id: "20.1.6",
    title: "HTTP/1.2",
    description:
      "An opening handshake with the version HTTP/1.2, which is higher than HTTP/1.1 and does not exist.",
    requirements: ["6455-4.2.1-2"],
    lines: { request: "GET {path} HTTP/1.2" },
  }),
  watches({
    id: "20.1.7",
    title: "HTTP/2.0 in a request of HTTP/1.1",
    description:
      "An opening handshake with HTTP/2.0 in its request line. RFC 6455 asks for HTTP/1.1 or higher, and HTTP/2 has no such line, so it is only observed.",
    requirements: ["6455-4.2.1-2"],
    lines: { request: "GET {path} HTTP/2.0" },
  }),
  opens({
    id: "20.1.8",
    title: "An absolute URL in the request line",
    description:
      "The request line names an absolute URL with the scheme http or https, as clients do that talk to a proxy.",
    requirements: ["9112-3.2.2-1", "6455-4.2.1-2"],
    lines: { request: "GET {http}://{host}{path} HTTP/1.1" },
  }),
  watches({
    id: "20.1.9",
    title: "An absolute URL with the scheme ws in the request line",
    description:
      "The request line names an absolute URL with the scheme ws or wss, which HTTP does not have.",
    requirements: ["6455-4.2.1-2"],
    lines: { request: "GET {ws}://{host}{path} HTTP/1.1" },
  }),
  watches({
    id: "20.1.10",
    title: "An asterisk in the request line",
    description:
      "GET * HTTP/1.1. The asterisk is for OPTIONS only. What a server does with a bad target is advice in HTTP, so it is only observed.",
    requirements: ["6455-4.2.1-2"],
    lines: { request: "GET * HTTP/1.1" },
  }),
  watches({
    id: "20.1.11",
    title: "A fragment in the request line",
    description: "The path is followed by #frag. A fragment is never sent.",
    requirements: ["6455-4.2.1-2"],
    lines: { request: "GET {path}#frag HTTP/1.1" },
  }),
  watches({
    id: "20.1.12",
    title: "A target of 8 KiB",
    description: "The path is followed by a query of 8,192 octets. A server may have a lower limit.",
    requirements: ["6455-4.2.1-2"],
    lines: { request: `GET {path}?${"q".repeat(8192)} HTTP/1.1` },
  }),
  // Nobody knows what a server serves: many serve everything, so that 101 is no fault.
  watches({
    id: "20.1.13",
    title: "A path that is probably not served",
    description:
      "The path is made up, and the server probably has nothing there. A server that does not have a resource answers with an HTTP error, such as 404.",
    expectation:
      "The server answers with an HTTP error, such as 404, or opens the connection because it serves every path: nothing is required.",
    requirements: ["6455-4.2.2-5"],
    lines: { request: "GET /no-such-resource/wireproof-20.1.13 HTTP/1.1" },
  }),
  watches({
    id: "20.1.14",
    title: "A request with a body",
    description:
      "The request has Content-Length: 5, and five octets follow, which would be a frame with all reserved bits set. They are the body of the request, and no frame.",
    requirements: ["9112-6.3-1"],
    lines: { headers: ["{headers}", "Content-Length: 5"] },
    request: { behind: hex("7003616263") },
  }),
  watches({
    id: "20.1.15",
    title: "A request with a body in chunks",
    description:
      "The request has Transfer-Encoding: chunked, and a body of one chunk follows. It is no frame.",
    requirements: ["9112-6.3-1"],
    lines: { headers: ["{headers}", "Transfer-Encoding: chunked"] },
    request: { behind: octets("5\r\nhello\r\n0\r\n\r\n") },
  }),
  watches({
    id: "20.1.16",
    title: "Expect: 100-continue",
    description:
      "The request has the header Expect: 100-continue, but no body. A server may answer 417, or ignore it.",
    requirements: ["6455-4.2.1-9"],
    lines: { headers: ["{headers}", "Expect: 100-continue"] },
  }),
  opens({
    id: "20.1.17",
    title: "An empty line in front of the request line",
    description: "CRLF and then the opening handshake. A server should ignore an empty line there.",
    requirements: ["9112-2.2-2"],
    lines: { request: ["", "GET {path} HTTP/1.1"] },
  }),
];

/** 20.2: Host. */
const HOST: readonly Case[] = [
  refuses({
    id: "20.2.1",
    title: "No Host header",
    description: "An opening handshake without a Host header.",
    expectation: "The server does not open the connection. It answers with status 400.",
    requirements: ["9112-3.2-1", "6455-4.2.1-3"],
    lines: { Host: [] },
    refusal: { statuses: [400] },
  }),
  refuses({
    id: "20.2.2",
    title: "Two Host headers",
    description: "An opening handshake with the Host header twice, with the same value.",
    expectation: "The server does not open the connection. It answers with status 400.",
    requirements: ["9112-3.2-1", "6455-4.2.1-1"],
    lines: { Host: ["Host: {host}", "Host: {host}"] },
    refusal: { statuses: [400] },
  }),
  refuses({
    id: "20.2.3",
    title: "A space in the Host header",
    description: 'An opening handshake with the header "Host: a b", which is no host.',
    expectation: "The server does not open the connection. It answers with status 400.",
    requirements: ["9112-3.2-1", "6455-4.2.1-1"],
    lines: { Host: "Host: a b" },
    refusal: { statuses: [400] },
  }),
  watches({
    id: "20.2.4",
    title: "Another port in the Host header",
    description:
      "The Host header names port 1, as a client behind a port mapping may. A server may serve certain names only.",
    requirements: ["6455-4.2.1-3"],
    lines: { Host: "Host: {name}:1" },
  }),
  watches({
    id: "20.2.5",
    title: "An IPv6 address in the Host header",
    description: "The Host header names [::1]. A server may serve certain names only.",
    requirements: ["6455-4.2.1-3"],
    lines: { Host: "Host: [::1]:{port}" },
  }),
];

/** 20.3: Upgrade and Connection. */
const UPGRADE: readonly Case[] = [
  refuses({
    id: "20.3.1",
    title: "No Upgrade header",
    description: "An opening handshake without an Upgrade header.",
    requirements: ["6455-4.2.1-4", "6455-4.2.1-1"],
    lines: { Upgrade: [] },
  }),
  ...family("20.3.2", ["WebSocket", "WEBSOCKET"], (id, token) =>
    opens({
      id,
      title: `Upgrade: ${token}`,
      description: `The Upgrade header has ${token}: letters count the same in both cases.`,
      requirements: ["6455-4.2.1-4"],
      lines: { Upgrade: `Upgrade: ${token}` },
    }),
  ),
  // Not h2c: a server that speaks HTTP/2 may answer 101 to that.
  ...family("20.3.3", ["websocket2", "example/1", ""], (id, token) =>
    refuses({
      id,
      title: token === "" ? "An Upgrade header that is empty" : `Upgrade: ${token}`,
      description: `The Upgrade header ${token === "" ? "is empty" : `has ${token}`}, and not websocket.`,
      requirements: ["6455-4.2.1-4", "6455-4.2.1-1"],
      lines: { Upgrade: `Upgrade: ${token}`.trim() },
    }),
  ),
  opens({
    id: "20.3.4.1",
    title: "Upgrade: websocket, x",
    description:
      "The Upgrade header is a list, whose first element is websocket. A server that opens only without a list is not strict: nothing obliges a server to change the protocol (RFC 9110 §7.8).",
    requirements: ["9110-7.8-2", "6455-4.2.1-4"],
    lines: { Upgrade: "Upgrade: websocket, x" },
  }),
  watches({
    id: "20.3.4.2",
    title: "Upgrade: h2c, websocket",
    description: "The Upgrade header is a list, whose second element is websocket. The first is preferred.",
    requirements: ["6455-4.2.1-4"],
    lines: { Upgrade: "Upgrade: h2c, websocket" },
  }),
  watches({
    id: "20.3.5",
    title: "Upgrade: websocket/13",
    description: "The Upgrade header has a version behind the name. RFC 6455 has none there.",
    requirements: ["6455-4.2.1-4"],
    lines: { Upgrade: "Upgrade: websocket/13" },
  }),
  refuses({
    id: "20.3.6",
    title: "No Connection header",
    description: "An opening handshake without a Connection header.",
    requirements: ["6455-4.2.1-5", "6455-4.2.1-1"],
    lines: { Connection: [] },
  }),
  opens({
    id: "20.3.7",
    title: "Connection: keep-alive, Upgrade",
    description: "The Connection header is a list, as Firefox sends it.",
    requirements: ["6455-4.2.1-5"],
    lines: { Connection: "Connection: keep-alive, Upgrade" },
  }),
  ...family("20.3.8", ["upgrade", "UPGRADE"], (id, token) =>
    opens({
      id,
      title: `Connection: ${token}`,
      description: `The Connection header has ${token}: letters count the same in both cases.`,
      requirements: ["6455-4.2.1-5"],
      lines: { Connection: `Connection: ${token}` },
    }),
  ),
  opens({
    id: "20.3.9",
    title: "Two Connection headers",
    description: "Connection: keep-alive in one line and Connection: Upgrade in another. That is one list.",
    requirements: ["6455-4.2.1-5"],
    lines: { Connection: ["Connection: keep-alive", "Connection: Upgrade"] },
  }),
  opens({
    id: "20.3.10",
    title: "Connection: , Upgrade ,",
    description: "The Connection header has empty elements around Upgrade. They are to be ignored.",
    requirements: ["9110-5.6.1-1", "6455-4.2.1-5"],
    lines: { Connection: "Connection: , Upgrade ," },
  }),
  ...family("20.3.11", ["not-upgrade", "Upgradeable", "keep-alive"], (id, token) =>
    refuses({
      id,
      title: `Connection: ${token}`,
      description: `The Connection header has ${token}, and not Upgrade. A part of a word is no element of a list.`,
      requirements: ["6455-4.2.1-5", "6455-4.2.1-1"],
      lines: { Connection: `Connection: ${token}` },
    }),
  ),
  watches({
    id: "20.3.12",
    title: "Connection: close, Upgrade",
    description: "The Connection header asks for the end of the connection and for another protocol.",
    requirements: ["6455-4.2.1-5"],
    lines: { Connection: "Connection: close, Upgrade" },
  }),
];

/** 20.1 to 20.3: request line, Host, Upgrade and Connection (RFC 6455 §4.2.1). */
export const SERVER_REQUEST: readonly Case[] = [...REQUEST_LINE, ...HOST, ...UPGRADE];
