import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Played } from "../../src/grid/played.js";
import { SCENARIOS } from "../../src/grid/scenarios.js";
import { request } from "../support/captures.js";
import { judge } from "./judged.js";
import { fragmented, mebibyte, OCTETS, opened, Script, TEXT, words } from "./scripts.js";

const CHAT = "Sec-WebSocket-Protocol: chat.v1, chat.v2";
const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

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

test("where both sides sent what they may never send, the second one is named with its own requirement", () => {
  const unmasked = Uint8Array.of(0x81, 1, 65);
  const masked = { key: Uint8Array.of(1, 2, 3, 4) };
  const { fault, requirement, offences } = judge(
    "text",
    opened().octets("client", unmasked).server(1, "A", masked).exit(1),
  );
  assert.deepEqual([fault, requirement], ["both", "6455-5.1-1"]);
  assert.deepEqual(
    offences?.map((one) => [one.side, one.requirement]),
    [["server", "6455-5.1-4"]],
  );
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

  test("a server may answer a Close frame with another code, whatever the client's program says of it", () => {
    const script = (): Script =>
      opened().close("client", 3000, "client done").close("server", 1000).end("server").end("client");
    const because =
      "the server answered the Close frame with 1000; most answer with the code that they got, 3000, and no RFC demands it (RFC 6455 §5.5.1)";
    for (const code of [0, 1])
      assert.deepEqual(judge("close-client", script().exit(code)), {
        scenario: "close-client",
        outcome: "works",
        because,
      });
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
