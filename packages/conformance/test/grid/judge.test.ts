import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { REQUIREMENTS } from "../../src/case/requirements.js";
import { judgeScenario } from "../../src/grid/judge.js";
import type { Played } from "../../src/grid/played.js";
import { SCENARIOS, type Scenario } from "../../src/grid/scenarios.js";
import { gridResults, type GridScenario } from "../../src/matrix/results.js";
import { answer, request } from "../support/captures.js";
import { fragmented, mebibyte, OCTETS, opened, Script, TEXT, words } from "./scripts.js";

const CHAT = "Sec-WebSocket-Protocol: chat.v1, chat.v2";
const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

function judge(name: string, played: Played): GridScenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  const result = judgeScenario(scenario as Scenario, played);
  const day = "2026-01-01";
  const pairs = [{ client: "a", server: "b", scenarios: [result] }];
  gridResults.parse({ day, suite: "1", clients: {}, servers: {}, scenarios: {}, pairs });
  return result;
}

/** Scenario by scenario: a connection with which nothing is wrong. */
const GOOD: Readonly<Record<string, () => Script>> = {
  open: () => opened().closed(),
  text: () => opened().client(1, TEXT).server(1, TEXT).closed(),
  binary: () => opened().client(2, OCTETS).server(2, OCTETS).closed(),
  fragmented: () => mebibyte(fragmented(opened(), 16)).closed(),
  deflate: () => words({ client: true, server: true }).closed(),
  ping: () => opened().client(9, "wireproof").server(10, "wireproof").closed(),
  subprotocol: () => opened([CHAT], ["Sec-WebSocket-Protocol: chat.v2"]).closed(),
  "close-client": () =>
    opened().close("client", 3000, "client done").close("server", 3000).end("server").end("client"),
  "close-server": () =>
    opened()
      .client(1, "bye")
      .close("server", 3001, "server done")
      .close("client", 3001)
      .end("server")
      .end("client"),
};

describe("a pair that does what the scenario demands works", () => {
  for (const { name } of SCENARIOS) {
    test(name, () => {
      const good = GOOD[name];
      assert.ok(good !== undefined);
      assert.deepEqual(judge(name, good().exit(0)), { scenario: name, outcome: "works" });
    });

    test(`${name}: without the client's word it does not, and nobody is accused`, () => {
      const { outcome, fault, because, wire } = judge(name, (GOOD[name] ?? opened)().exit(1));
      assert.deepEqual([outcome, fault], ["fails", null]);
      assert.match(because ?? "", /saying "echo: not the same"; the octets show nothing wrong$/);
      assert.deepEqual(wire?.slice(-2), ["< closes TCP at 0 ms", "> closes TCP at 0 ms"]);
    });

    test(`${name}: the client cannot do it`, () => {
      assert.equal(judge(name, new Script().exit(127)).outcome, "unsupported");
    });
  }
});

interface Broken {
  readonly scenario: string;
  readonly what: string;
  readonly played: () => Played;
  readonly fault: "client" | "server" | "both" | null;
  readonly requirement?: string;
  readonly because: RegExp;
}

const BROKEN: readonly Broken[] = [
  {
    scenario: "open",
    what: "the server leaves the Close frame without an answer and closes TCP",
    played: () => opened().close("client", 1000).end("server").end("client").exit(1),
    fault: "server",
    requirement: "6455-5.5.1-5",
    because: /^the server closed TCP without a Close frame, and did not answer the Close frame$/,
  },
  {
    scenario: "open",
    what: "the server does not answer a Close frame behind which the client has closed its direction",
    played: () => opened().close("client", 1000).end("client").end("server").exit(1),
    fault: "server",
    requirement: "6455-5.5.1-5",
    because: /^the server did not answer the Close frame; the client closed TCP without waiting/,
  },
  {
    scenario: "open",
    what: "the client resets TCP behind its Close frame",
    played: () => opened().close("client", 1000).reset("client").exit(1),
    fault: "client",
    requirement: "6455-7.1.1-1",
    because: /^the client reset TCP without waiting for the answer to its Close frame$/,
  },
  {
    scenario: "open",
    what: "the server does nothing about the Close frame, and the client waits until it has to end",
    played: () => opened().close("client", 1000).late(),
    fault: "server",
    requirement: "6455-5.5.1-5",
    because: /^the server did not answer the Close frame within 20 s$/,
  },
  {
    scenario: "open",
    what: "the client gives up after five seconds without an answer to its Close frame",
    played: () => opened().close("client", 1000).wait(5000).end("client").exit(1),
    fault: "server",
    requirement: "6455-5.5.1-5",
    because: /after 5 s$/,
  },
  {
    scenario: "open",
    what: "the client says that all is well, and the server has not answered its Close frame",
    played: () => opened().close("client", 1000).end("server").end("client").exit(0),
    fault: "server",
    requirement: "6455-5.5.1-5",
    because: /did not answer the Close frame$/,
  },
  {
    scenario: "open",
    what: "the client closes TCP without a Close frame",
    played: () => opened().end("client").end("server").exit(0),
    fault: "client",
    requirement: "6455-7.1.2-1",
    because: /^the client closed TCP without a Close frame, and did not close with 1000$/,
  },
  {
    scenario: "open",
    what: "the client does not take an answer with which nothing is wrong",
    played: () => opened().end("client").end("server").exit(1, { said: "bad handshake" }),
    fault: "client",
    because: /behind the answer to its opening handshake, with which nothing is wrong; .*"bad handshake"$/,
  },
  {
    scenario: "open",
    what: "the client resets TCP",
    played: () => opened().reset("client").exit(0),
    fault: "client",
    requirement: "6455-7.1.1-1",
    because: /^the client reset TCP/,
  },
  {
    scenario: "open",
    what: "the client does nothing",
    played: () => opened().late(),
    fault: "client",
    because: /^the client did not close with 1000 within 20 s$/,
  },
  {
    scenario: "open",
    what: "the client makes no connection",
    played: () => ({ ...opened().exit(1), talks: [] }),
    fault: "client",
    because: /^the client made no connection; the client's program ended with exit status 1/,
  },
  {
    scenario: "open",
    what: "the client connects and sends nothing",
    played: () => new Script().end("client").exit(1),
    fault: "client",
    because: /^the client connected and sent nothing/,
  },
  {
    scenario: "open",
    what: "the client speaks TLS",
    played: () =>
      new Script()
        .octets("client", Uint8Array.of(0x16, 3, 1, 0, 5))
        .end("client")
        .exit(1),
    fault: "client",
    requirement: "6455-4.1-10",
    because: /no opening handshake/,
  },
  {
    scenario: "open",
    what: "the request has no key that is one",
    played: () =>
      new Script()
        .octets("client", request([], "abc"))
        .octets("server", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        .exit(1),
    fault: "client",
    requirement: "6455-4.1-15",
    because: /not the base64 of 16 octets/,
  },
  {
    scenario: "open",
    what: "the server refuses a request with which nothing is wrong",
    played: () =>
      new Script()
        .octets("client", request())
        .octets("server", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n")
        .end("client")
        .exit(1),
    fault: "server",
    because: /^the server answered with HTTP\/1.1 403 Forbidden to a request/,
  },
  {
    scenario: "open",
    what: "the server refuses a request for another resource than the client was given",
    played: () => ({
      ...new Script()
        .octets("client", request())
        .octets("server", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
        .end("client")
        .exit(1),
      path: "/",
    }),
    fault: "client",
    requirement: "6455-4.1-11",
    because: /^the client asked for "\/chat", and not for "\/"$/,
  },
  {
    scenario: "open",
    what: "the server answers with something that is not HTTP",
    played: () => new Script().octets("client", request()).octets("server", "hello\r\n\r\n").exit(1),
    fault: "server",
    requirement: "6455-4.1-28",
    because: /not HTTP$/,
  },
  {
    scenario: "open",
    what: "the server does not answer the request",
    played: () => new Script().octets("client", request()).late(),
    fault: "server",
    because: /did not answer the opening handshake within 20 s$/,
  },
  {
    scenario: "open",
    what: "the client waits four seconds for an answer to its request",
    played: () => new Script().octets("client", request()).wait(4000).end("client").exit(1),
    fault: "server",
    because: /did not answer the opening handshake within 4 s$/,
  },
  {
    scenario: "open",
    what: "the client closes TCP before an answer could come",
    played: () => new Script().octets("client", request()).wait(5).end("client").exit(1),
    fault: null,
    because: /^the client closed TCP before the opening handshake was answered/,
  },
  {
    scenario: "open",
    what: "the server closes TCP instead of an answer",
    played: () => new Script().octets("client", request()).end("server").exit(1),
    fault: "server",
    because: /closed TCP and did not answer/,
  },
  {
    scenario: "open",
    what: "the server resets the connection before a request",
    played: () => new Script().reset("server").exit(1),
    fault: "server",
    because: /^the server reset TCP before a request came$/,
  },
  {
    scenario: "open",
    what: "Sec-WebSocket-Accept belongs to another key",
    played: () =>
      new Script()
        .octets("client", request())
        .octets("server", answer([], "AAAAAAAAAAAAAAAAAAAAAA=="))
        .end("client")
        .exit(1),
    fault: "server",
    requirement: "6455-4.1-25",
    because: /does not belong to the key/,
  },
  {
    scenario: "open",
    what: "the server does not close TCP after both Close frames",
    played: () => opened().close("client", 1000).close("server", 1000).late(),
    fault: "server",
    requirement: "6455-5.5.1-8",
    because: /did not close TCP within 20 s after both Close frames$/,
  },
  {
    scenario: "open",
    what: "the client waits ten seconds for the end of TCP",
    played: () => opened().close("client", 1000).close("server", 1000).wait(10_000).end("client").exit(1),
    fault: "server",
    requirement: "6455-5.5.1-8",
    because: /within 10 s/,
  },
  {
    scenario: "open",
    what: "the server resets TCP after both Close frames, and the client takes that for an error",
    played: () => opened().close("client", 1000).close("server", 1000).reset("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.1-1",
    because: /reset TCP after both Close frames/,
  },
  {
    scenario: "open",
    what: "the server resets TCP after both Close frames, although the client has closed it",
    played: () => opened().close("client", 1000).close("server", 1000).end("client").reset("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.1-1",
    because: /reset TCP after both Close frames/,
  },
  {
    scenario: "open",
    what: "the server closes before the client does",
    played: () => opened().close("server", 1011, "broken").close("client", 1011).end("server").exit(1),
    fault: "server",
    because: /^the server closed with 1011 and the reason "broken" after 0 ms, before the client could/,
  },
  {
    scenario: "open",
    what: "the server closes before the client does, with the same code",
    played: () => opened().close("server", 1000).close("client", 1000).end("server").exit(0),
    fault: "server",
    because: /^the server closed with 1000 of its own accord$/,
  },
  {
    scenario: "open",
    what: "the client's program is ended by a signal after a clean connection",
    played: () => opened().closed().exit(1, { code: null, how: "was ended by SIGSEGV" }),
    fault: "client",
    because: /was ended by SIGSEGV, although the connection ended as it has to$/,
  },
  {
    scenario: "open",
    what: "the server's program crashes",
    played: () => opened().reset("server").exit(1, { serverEnded: "was ended by SIGSEGV" }),
    fault: "server",
    because: /^the server's program was ended by SIGSEGV$/,
  },
  {
    scenario: "text",
    what: "the server sends the text back as binary",
    played: () => opened().client(1, TEXT).server(2, TEXT).closed().exit(1),
    fault: "server",
    because: /^the server sent BINARY .* and had got TEXT /,
  },
  {
    scenario: "text",
    what: "the server sends the text back in Latin-1",
    played: () =>
      opened()
        .client(1, TEXT)
        .server(1, Uint8Array.of(0x47, 0x72, 0xfc))
        .closed()
        .exit(1),
    fault: "server",
    requirement: "6455-5.6-1",
    because: /not valid UTF-8/,
  },
  {
    scenario: "text",
    what: "the client sends other text",
    played: () => opened().client(1, "Gr??e").server(1, "Gr??e").closed().exit(0),
    fault: "client",
    because: /^the client sent TEXT "Gr\?\?e" \[5 octets\], which is not the message/,
  },
  {
    scenario: "text",
    what: "the client does not mask its frames",
    played: () =>
      opened()
        .octets("client", Uint8Array.of(0x81, 1, 65))
        .close("server", 1002)
        .end("server")
        .exit(1),
    fault: "client",
    requirement: "6455-5.1-1",
    because: /unmasked frame/,
  },
  {
    scenario: "text",
    what: "the server masks its frames, and the client fails the connection",
    played: () =>
      opened()
        .client(1, TEXT)
        .server(1, TEXT, { key: Uint8Array.of(1, 2, 3, 4) })
        .close("client", 1002)
        .end("client")
        .exit(1),
    fault: "server",
    requirement: "6455-5.1-4",
    because: /masked frame/,
  },
  {
    scenario: "text",
    what: "each of the two sends what it may not send",
    played: () =>
      opened()
        .octets("client", Uint8Array.of(0x81, 1, 65))
        .server(1, "A", { key: Uint8Array.of(1, 2, 3, 4) })
        .exit(1),
    fault: "both",
    requirement: "6455-5.1-1",
    because: /unmasked frame/,
  },
  {
    scenario: "text",
    what: "the server fails the connection for no reason",
    played: () => opened().client(1, TEXT).close("server", 1007).end("server").exit(1),
    fault: "server",
    requirement: "6455-7.4.1-3",
    because: /^the server closed with 1007, and did not send the message back$/,
  },
  {
    scenario: "text",
    what: "the client fails the connection for no reason before the echo",
    played: () => opened().client(1, TEXT).close("client", 1002).end("client").exit(1),
    fault: "client",
    requirement: "6455-7.4.1-3",
    because: /although nothing is wrong with what the server had sent$/,
  },
  {
    scenario: "text",
    what: "the client fails the connection for no reason after the echo",
    played: () => opened().client(1, TEXT).server(1, TEXT).close("client", 1007).end("client").exit(1),
    fault: "client",
    requirement: "6455-7.4.1-3",
    because: /^the client closed with 1007, and did not close with 1000$/,
  },
  {
    scenario: "text",
    what: "the client closes at once, without waiting for the echo",
    played: () =>
      opened().client(1, TEXT).wait(5).close("client", 1000).close("server", 1000).end("server").exit(1),
    fault: null,
    because: /^the client closed with 1000 after 5 ms, before the server could send the message back/,
  },
  {
    scenario: "text",
    what: "the server sends nothing back, and the client gives up",
    played: () =>
      opened().client(1, TEXT).wait(5000).close("client", 1000).close("server", 1000).end("server").exit(1),
    fault: "server",
    because: /^the server did not send the message back, and the client closed with 1000 after 5 s$/,
  },
  {
    scenario: "text",
    what: "the server drops TCP instead of an echo",
    played: () => opened().client(1, TEXT).end("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.2-1",
    because: /^the server closed TCP without a Close frame, and did not send the message back$/,
  },
  {
    scenario: "text",
    what: "the server goes while the client is still silent",
    played: () => opened().end("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.2-1",
    because: /before the client could send the message of the scenario$/,
  },
  {
    scenario: "text",
    what: "the client drops TCP at once instead of waiting for the echo",
    played: () => opened().client(1, TEXT).wait(5).end("client").exit(1),
    fault: "client",
    requirement: "6455-7.1.2-1",
    because: /^the client closed TCP without a Close frame after 5 ms/,
  },
  {
    scenario: "binary",
    what: "the server sends the octets back as text",
    played: () => opened().client(2, OCTETS).server(1, "0".repeat(256)).closed().exit(1),
    fault: "server",
    because: /^the server sent TEXT/,
  },
  {
    scenario: "binary",
    what: "the client sends them as text",
    played: () => opened().client(1, "0".repeat(256)).server(1, "0".repeat(256)).closed().exit(0),
    fault: "client",
    because: /not the message of this scenario/,
  },
  {
    scenario: "fragmented",
    what: "the server sends only a part back",
    played: () => fragmented(opened(), 16).server(1, "a".repeat(65_536)).closed().exit(1),
    fault: "server",
    because: /^the server sent TEXT .*65536 octets/,
  },
  {
    scenario: "fragmented",
    what: "the client begins a second message inside the first",
    played: () =>
      opened().client(1, "a", { more: true }).client(1, "b", { more: true }).end("server").exit(1),
    fault: "client",
    requirement: "6455-5.4-4",
    because: /started a new message/,
  },
  {
    scenario: "deflate",
    what: "the server compresses although that was not agreed on",
    played: () => opened().client(1, "a").server(1, "b", { rsv: 4 }).exit(1),
    fault: "server",
    requirement: "6455-5.2-1",
    because: /reserved bit/,
  },
  {
    scenario: "deflate",
    what: "the server sends what cannot be inflated",
    played: () =>
      opened([DEFLATE], [DEFLATE]).client(1, "a").server(1, Uint8Array.of(0xff, 0xff), { rsv: 4 }).exit(1),
    fault: "server",
    requirement: "7692-6.1-1",
    because: /cannot be inflated/,
  },
  {
    scenario: "deflate",
    what: "the server accepts what was not offered",
    played: () => opened([], [DEFLATE]).end("client").exit(1),
    fault: "server",
    requirement: "6455-4.1-26",
    because: /although none was offered/,
  },
  {
    scenario: "ping",
    what: "the server answers no Ping",
    played: () => opened().client(9, "wireproof").late(),
    fault: "server",
    requirement: "6455-5.5.2-1",
    because: /^the server did not answer the Ping within 20 s$/,
  },
  {
    scenario: "ping",
    what: "the Pong is empty",
    played: () => opened().client(9, "wireproof").server(10).closed().exit(1),
    fault: "server",
    requirement: "6455-5.5.3-1",
    because: /another payload/,
  },
  {
    scenario: "ping",
    what: "the Ping is empty",
    played: () => opened().client(9).server(10).closed().exit(0),
    fault: "client",
    because: /Ping with another payload/,
  },
  {
    scenario: "subprotocol",
    what: "the server selects none",
    played: () => opened([CHAT]).closed().exit(1),
    fault: "server",
    because: /^the server selects no subprotocol instead of chat\.v2/,
  },
  {
    scenario: "subprotocol",
    what: "the server selects the other one",
    played: () => opened([CHAT], ["Sec-WebSocket-Protocol: chat.v1"]).closed().exit(1),
    fault: "server",
    because: /^the server selects "chat\.v1" instead of chat\.v2/,
  },
  {
    scenario: "subprotocol",
    what: "the server selects one that was not offered",
    played: () => opened([CHAT], ["Sec-WebSocket-Protocol: chat.v3"]).end("client").exit(1),
    fault: "server",
    requirement: "6455-4.1-27",
    because: /that was not offered$/,
  },
  {
    scenario: "subprotocol",
    what: "the client offers none",
    played: () => opened().closed().exit(1),
    fault: "client",
    because: /^the client offers no subprotocol$/,
  },
  {
    scenario: "close-client",
    what: "the server answers with another code",
    played: () =>
      opened().close("client", 3000, "client done").close("server", 1000).end("server").end("client").exit(1),
    fault: "server",
    because: /^the server answered the Close frame with 1000, and not with 3000; .* no demand$/,
  },
  {
    scenario: "close-client",
    what: "the client closes with another code",
    played: () => opened().closed().exit(0),
    fault: "client",
    because: /^the client closed with 1000, and not with 3000 and the reason "client done"$/,
  },
  {
    scenario: "close-client",
    what: "the server sends a message behind its Close frame",
    played: () =>
      opened()
        .close("client", 3000, "client done")
        .close("server", 3000)
        .server(1, "x")
        .end("server")
        .exit(1),
    fault: "server",
    requirement: "6455-5.5.1-4",
    because: /data frame after its Close frame/,
  },
  {
    scenario: "close-server",
    what: "the server echoes instead",
    played: () => opened().client(1, "bye").server(1, "bye").closed().exit(1),
    fault: "server",
    because: /^the server sent a message instead of a Close frame$/,
  },
  {
    scenario: "close-server",
    what: "the server closes without its reason",
    played: () => opened().client(1, "bye").close("server", 3001).close("client", 3001).end("server").exit(1),
    fault: "server",
    because: /^the server closed with 3001, and not with 3001 and the reason "server done"$/,
  },
  {
    scenario: "close-server",
    what: "the client does not answer the Close frame",
    played: () => opened().client(1, "bye").close("server", 3001, "server done").end("client").exit(0),
    fault: "client",
    requirement: "6455-5.5.1-5",
    because: /^the client closed TCP without a Close frame, and did not answer the Close frame$/,
  },
  {
    scenario: "close-server",
    what: "the server does not wait for the answer",
    played: () => opened().client(1, "bye").close("server", 3001, "server done").reset("server").exit(1),
    fault: "server",
    requirement: "6455-7.1.1-1",
    because: /^the server reset TCP without waiting for the answer to its Close frame$/,
  },
  {
    scenario: "close-server",
    what: "the server closes TCP behind its Close frame",
    played: () =>
      opened().client(1, "bye").close("server", 3001, "server done").end("server").end("client").exit(1),
    fault: "server",
    because: /^the server closed TCP without waiting for the answer to its Close frame$/,
  },
  {
    scenario: "close-server",
    what: "the server waits five seconds for the answer",
    played: () =>
      opened().client(1, "bye").close("server", 3001, "server done").wait(5000).end("server").exit(1),
    fault: "client",
    requirement: "6455-5.5.1-5",
    because: /^the client did not answer the Close frame, and the server closed TCP after 5 s$/,
  },
];

describe("of a pair that fails, the octets tell who is at fault", () => {
  for (const { scenario, what, played, fault, requirement, because } of BROKEN) {
    test(`${scenario}: ${what}`, () => {
      const result = judge(scenario, played());
      assert.deepEqual([result.outcome, result.fault, result.requirement], ["fails", fault, requirement]);
      assert.match(result.because ?? "", because);
      assert.ok(requirement === undefined || REQUIREMENTS.has(requirement));
    });
  }
});

describe("what one of the two cannot do is no failure", () => {
  const UNSUPPORTED: Readonly<Record<string, readonly [string, () => Played, RegExp]>> = {
    "the client sends the message in one frame": [
      "fragmented",
      () => mebibyte(fragmented(opened(), 1)).closed().exit(0),
      /in 1 of at least 16 fragments$/,
    ],
    "the message is too big for the server": [
      "fragmented",
      () => fragmented(opened(), 16).close("server", 1009).end("server").exit(1),
      /^the server closed with 1009: the message is too big for it$/,
    ],
    "the client offers no permessage-deflate": [
      "deflate",
      () => opened().closed().exit(1),
      /^the client offers no/,
    ],
    "the server declines permessage-deflate": [
      "deflate",
      () => opened([DEFLATE]).closed().exit(1),
      /^the server declines the offer permessage-deflate$/,
    ],
    "the client does not compress": [
      "deflate",
      () => words({ client: false, server: true }).closed().exit(0),
      /^the client does not compress/,
    ],
    "the server does not compress": [
      "deflate",
      () => words({ client: true, server: false }).closed().exit(0),
      /^the server does not compress/,
    ],
  };
  for (const [what, [scenario, played, because]] of Object.entries(UNSUPPORTED)) {
    test(what, () => {
      const result = judge(scenario, played());
      assert.equal(result.outcome, "unsupported");
      assert.match(result.because ?? "", because);
      assert.equal(result.fault, undefined);
    });
  }
});

describe("what did not matter is kept", () => {
  test("a server that masks, and a client that does not mind", () => {
    const key = Uint8Array.of(1, 2, 3, 4);
    const { outcome, offences } = judge(
      "text",
      opened().client(1, TEXT).server(1, TEXT, { key }).closed().exit(0),
    );
    assert.equal(outcome, "works");
    assert.deepEqual(
      offences?.map(({ side, requirement }) => [side, requirement]),
      [["server", "6455-5.1-4"]],
    );
  });

  test("a client that asks for another resource, and a server that does not mind", () => {
    const { outcome, offences } = judge("open", { ...opened().closed().exit(0), path: "/" });
    assert.deepEqual([outcome, offences?.map(({ requirement }) => requirement)], ["works", ["6455-4.1-11"]]);
  });

  test("a server may send something of its own before the echo, and Pings", () => {
    const script = opened().server(1, "welcome").server(9, "x").client(10, "x");
    const result = judge("text", script.client(1, TEXT).server(1, TEXT).closed().exit(0));
    assert.deepEqual(result, { scenario: "text", outcome: "works" });
  });

  test("a client may close without a code", () => {
    const script = opened().close("client").close("server").end("server");
    assert.equal(judge("open", script.exit(0)).outcome, "works");
  });

  test("a connection that failed before the one that opened", () => {
    const first = new Script().octets("client", request()).end("server").exit(0);
    const second = opened().closed().exit(0);
    assert.equal(judge("open", { ...second, talks: [...first.talks, ...second.talks] }).outcome, "works");
  });
});

describe("the log", () => {
  test("has what both heads agreed on, the frames and the ends, in order", () => {
    const script = opened([CHAT], ["Sec-WebSocket-Protocol: chat.v1"])
      .client(1, "bye")
      .wait(12)
      .close("server", 3001)
      .close("client", 3001)
      .reset("client");
    const { wire = [] } = judge("close-server", script.exit(1));
    assert.deepEqual(wire.slice(0, -4), [
      "> GET /chat HTTP/1.1",
      `> ${CHAT}`,
      "< HTTP/1.1 101 Switching Protocols",
      "< Sec-WebSocket-Protocol: chat.v1",
    ]);
    assert.deepEqual(wire.slice(-4), [
      '> TEXT "bye" [3 octets] at 0 ms',
      '< CLOSE 3001 "" [2 octets] at 12 ms',
      '> CLOSE 3001 "" [2 octets] at 12 ms',
      "> resets TCP at 12 ms",
    ]);
  });

  test("has the whole heads of an opening handshake with which something is wrong", () => {
    const { wire = [] } = judge("text", opened([], [DEFLATE]).end("client").exit(1));
    assert.equal(wire.filter((line) => line.startsWith("> ")).length, 7);
    assert.ok(wire.some((line) => line.startsWith("< Sec-WebSocket-Accept: ")));
  });

  test("is short, whatever a peer sends", () => {
    const script = opened();
    for (let i = 0; i < 5000; i++) script.server(9, "x".repeat(125));
    const result = judge("open", script.late());
    assert.deepEqual([result.outcome, result.fault], ["fails", null]);
    assert.match(result.because ?? "", /^not everything was read: there were more than 1000/);
    assert.ok(JSON.stringify(result).length < 10_000);
    assert.match(result.wire?.[14] ?? "", /^= \d+ lines are left out$/);
  });

  test("shows nothing that could act", () => {
    const script = opened(["X-Odd: \u001b[31m"], [DEFLATE]).close("server", 1000, "\u202eback");
    const result = judge("open", script.end("server").exit(1, { said: "\u001b[2J" }));
    assert.doesNotMatch(JSON.stringify([result.wire, result.because].join("")), /\\u001b|\u001b|\u202e/);
    assert.match(result.wire?.join("\n") ?? "", /\\x1b\[31m/);
  });

  test("an extension that is not known here: frames were not read, and nobody is accused", () => {
    const lines = ["Sec-WebSocket-Extensions: x-other"];
    const result = judge("text", opened(lines, lines).client(1, TEXT).end("server").exit(1));
    assert.deepEqual([result.outcome, result.fault], ["fails", null]);
    assert.match(result.because ?? "", /^not everything was read: the extension x-other/);
  });
});
