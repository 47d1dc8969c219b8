import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { lintCapture } from "../../src/lint/lint.js";
import { MessageDeflater } from "../../src/wire/deflate.js";
import { answer, inPieces, LINKS, pcap, pcapng, request, Talk } from "../support/captures.js";
import { peerClose, peerFrame } from "../support/peer-frames.js";
import { clientFrame, found, GOOD_CLIENT, GOOD_SERVER, goodTalk, lint, masked, opened } from "./talks.js";

describe("a connection without a fault", () => {
  for (const [name, link] of Object.entries(LINKS)) {
    for (const isIpv6 of [false, true]) {
      test(`${name}, IPv${isIpv6 ? 6 : 4}`, async () => {
        const talk = goodTalk({ link, isIpv6, extensions: isIpv6 ? [0, 51, 60, 44] : [] });
        const report = await lint(talk.packets, link.type);
        assert.deepEqual(found(report), []);
        const [one, ...others] = report.listed;
        assert.deepEqual([report.connections, report.checked, others.length], [1, 1, 0]);
        assert.deepEqual(
          [one?.kind, one?.target, one?.status, one?.frames, one?.client],
          ["open", "/chat", 101, { client: 5, server: 5 }, isIpv6 ? "[::1]:50000" : "10.0.0.1:50000"],
        );
      });
    }
  }

  test("the same in a classic capture", async () => {
    const report = await lintCapture(inPieces(pcap(goodTalk().packets)));
    assert.deepEqual([found(report), report.checked], [[], 1]);
  });

  test("cut into segments of every length", async () => {
    for (let length = 1; length < 40; length++) {
      const talk = new Talk()
        .open()
        .cut("client", Buffer.from(request()), length)
        .cut("server", Buffer.from(answer()), length);
      talk.cut("client", GOOD_CLIENT, length).cut("server", GOOD_SERVER.subarray(0, 400), length);
      const report = await lint(talk.packets);
      assert.deepEqual([found(report), report.listed[0]?.frames.client], [[], 5], `${length}`);
    }
  });

  test("packets in any order after the first two, and some of them twice", async () => {
    const { packets } = goodTalk();
    const [first, second, ...rest] = packets as [Buffer, Buffer, ...Buffer[]];
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([...rest, ...rest], { minLength: 2 * rest.length }),
        async (order) => {
          const report = await lint([first, second, ...order]);
          assert.deepEqual([found(report), report.listed[0]?.frames], [[], { client: 5, server: 5 }]);
        },
      ),
      { numRuns: 100 },
    );
  });

  test("captured from its second packet on", async () => {
    assert.deepEqual((await lint(goodTalk().packets.slice(1))).checked, 1);
  });

  test("captured from its request on", async () => {
    const report = await lint(goodTalk().packets.slice(2));
    assert.deepEqual([report.checked, report.listed[0]?.client], [1, "10.0.0.1:50000"]);
  });

  test("the first frames of both sides come with the handshake", async () => {
    const talk = new Talk()
      .open()
      .client(Buffer.concat([Buffer.from(request()), GOOD_CLIENT]))
      .server(Buffer.concat([Buffer.from(answer()), GOOD_SERVER.subarray(0, 20)]));
    const report = await lint(talk.packets);
    assert.deepEqual([found(report), report.listed[0]?.frames], [[], { client: 5, server: 2 }]);
  });

  test("sequence numbers that wrap", async () => {
    const talk = goodTalk({ seq: { client: 0xffff_ffa0, server: 0xffff_ff00 } });
    const report = await lint(talk.packets);
    assert.deepEqual([found(report), report.listed[0]?.frames], [[], { client: 5, server: 5 }]);
  });

  test("ports that are used again are another connection", async () => {
    const again = goodTalk({ seq: { client: 70_000, server: 500_000 } });
    const report = await lint([...goodTalk().packets, ...again.packets]);
    assert.deepEqual([report.connections, report.checked], [2, 2]);
  });

  test("refused at first, with a body, and opened on the same connection", async () => {
    const talk = new Talk()
      .open()
      .client(`GET / HTTP/1.1\r\nHost: x\r\n\r\n`)
      .server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
      .client(request())
      .server("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
      .client(request(["Authorization: Basic eDp5"], randomBytes(16).toString("base64")));
    const key = /Sec-WebSocket-Key: (\S+)/.exec(talk.packets.at(-1)?.toString("latin1") ?? "")?.[1] ?? "";
    const report = await lint(talk.server(answer([], key)).client(GOOD_CLIENT).packets);
    assert.deepEqual(
      [found(report), report.listed[0]?.frames.client, report.listed[0]?.status],
      [[], 5, 101],
    );
  });
});

const MUTANTS: readonly (readonly [
  what: string,
  side: "client" | "server",
  octets: Uint8Array,
  requirement: string,
])[] = [
  ["an unmasked frame of a client", "client", peerFrame(1, "hi"), "6455-5.1-1"],
  ["a masked frame of a server", "server", peerFrame(1, "hi", masked()), "6455-5.1-4"],
  ["a reserved bit", "server", peerFrame(1, "hi", { rsv: 2 }), "6455-5.2-1"],
  ["RSV1 without an extension", "client", clientFrame(1, "hi", { rsv: 4 }), "6455-5.2-1"],
  ["a reserved opcode", "server", peerFrame(3, "hi"), "6455-5.2-3"],
  ["a length that is not the shortest", "client", clientFrame(1, "hi", { lengthForm: 16 }), "6455-5.2-5"],
  ["a continuation of nothing", "server", peerFrame(0, "hi"), "6455-5.4-10"],
  [
    "a message inside another",
    "client",
    Buffer.concat([clientFrame(1, "a", { more: true }), clientFrame(1, "b")]),
    "6455-5.4-4",
  ],
  ["a Ping in fragments", "server", peerFrame(9, "a", { more: true }), "6455-5.4-2"],
  ["a Ping of 126 octets", "client", clientFrame(9, "a".repeat(126)), "6455-5.5-1"],
  ["text that is no UTF-8", "server", peerFrame(1, Buffer.of(0xc3, 0x28)), "6455-5.6-1"],
  [
    "a character that is cut at the end of a message",
    "client",
    Buffer.concat([clientFrame(1, Buffer.of(0xe2), { more: true }), clientFrame(0, Buffer.of(0x82))]),
    "6455-5.6-1",
  ],
  ["a Close frame of one octet", "server", peerFrame(8, "a"), "6455-5.5.1-1"],
  ["close code 1006", "client", peerClose(1006, "", masked()), "6455-7.4.1-1"],
  ["a close reason that is no UTF-8", "server", peerClose(1000, Buffer.of(0xff)), "6455-8.1-1"],
  [
    "data after a Close frame",
    "server",
    Buffer.concat([peerClose(1000), peerFrame(1, "hi")]),
    "6455-5.5.1-4",
  ],
  [
    "a second Close frame",
    "client",
    Buffer.concat([peerClose(1000, "", masked()), peerClose(1000, "", masked())]),
    "6455-5.5.1-7",
  ],
];

describe("each fault is found, and nothing else", () => {
  for (const [what, side, octets, requirement] of MUTANTS) {
    test(what, async () => {
      const good = side === "client" ? clientFrame(1, "ok") : peerFrame(1, "ok");
      const talk = opened()[side](good)[side](octets);
      assert.deepEqual(found(await lint(talk.packets)), [`${side} ${requirement} 1:6`]);
      // However it is cut.
      for (const length of [1, 2, 3, 7]) {
        const cut = opened()[side](good).cut(side, octets, length);
        const report = await lint(cut.packets);
        assert.deepEqual(
          report.findings.map((finding) => `${finding.side} ${finding.requirement}`),
          [`${side} ${requirement}`],
        );
      }
    });
  }

  test("a Ping or a Pong after a Close frame is none", async () => {
    const talk = opened().server(Buffer.concat([peerClose(1000), peerFrame(9), peerFrame(10)]));
    assert.deepEqual(found(await lint(talk.packets)), []);
  });

  test("each requirement once, with its first packet, its time, and how many connections", async () => {
    const bad = (clientPort: number): Talk =>
      opened({ clientPort }).server(peerFrame(1, "ok")).server(peerFrame(3)).server(peerFrame(3));
    const good = opened({ clientPort: 3 });
    const { findings } = await lint([...good.packets, ...bad(1).packets, ...bad(2).packets]);
    const [finding, ...keys] = findings;
    assert.deepEqual(finding, {
      side: "server",
      requirement: "6455-5.2-3",
      outcome: "fail",
      because: "the server sent a frame with a reserved opcode",
      first: { connection: 2, packet: 10, seconds: 0.009 },
      connections: 2,
    });
    // Three connections with the key of the RFC's example.
    assert.deepEqual(
      keys.map(({ requirement, connections }) => [requirement, connections]),
      [["6455-4.1-16", 2]],
    );
  });
});

describe("keys", () => {
  const port = (clientPort: number, key: string): Talk =>
    new Talk({ clientPort }).open().client(request([], key)).server(answer([], key));
  const fresh = (): string => randomBytes(16).toString("base64");

  test("a masking key that is always the same", async () => {
    const frames = Array.from({ length: 6 }, () => peerFrame(1, "hi", { key: Buffer.alloc(4, 7) }));
    const report = await lint(opened().client(Buffer.concat(frames)).packets);
    assert.deepEqual(found(report), ["client 6455-5.3-1 1:1", "client 6455-5.3-2 1:1"]);
    assert.match(report.findings[0]?.because ?? "", /5 of 6 masking keys of the client/);
  });

  test("the same masking key on several connections of one address", async () => {
    const packets = [1, 2, 3, 4].flatMap(
      (at) => port(at, fresh()).client(peerFrame(1, "hi", { key: Buffer.from("abcd") })).packets,
    );
    const { findings } = await lint(packets);
    assert.deepEqual(
      findings.map(({ requirement, first, connections }) => [requirement, first.connection, connections]),
      [["6455-5.3-1", 2, 3]],
    );
  });

  test("keys of the handshake: fresh ones, one that comes again, and pad bits", async () => {
    const key = fresh();
    assert.deepEqual(found(await lint([...port(1, fresh()).packets, ...port(2, fresh()).packets])), []);
    assert.deepEqual(found(await lint([...port(1, key).packets, ...port(2, key).packets])), [
      "client 6455-4.1-16 2:5",
    ]);
    const { findings } = await lint(port(1, "AQIDBAUGBwgJCgsMDQ4PEC==").packets);
    assert.deepEqual(
      findings.map(({ requirement, outcome }) => [requirement, outcome]),
      [["4648-3.5-1", "informational"]],
    );
  });
});

describe("the opening handshake", () => {
  test("a request that breaks a rule", async () => {
    const talk = new Talk()
      .open()
      .client(request(["Sec-WebSocket-Version: 13"]))
      .server("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n");
    const report = await lint(talk.packets);
    assert.deepEqual(found(report), ["client 6455-4.1-18 1:3"]);
    assert.deepEqual([report.checked, report.listed[0]?.kind, report.listed[0]?.status], [0, "refused", 400]);
  });

  test("an answer with the wrong hash: its frames are checked all the same", async () => {
    const talk = new Talk()
      .open()
      .client(request())
      .server(answer([], "AAAAAAAAAAAAAAAAAAAAAA=="))
      .server(peerFrame(3));
    assert.deepEqual(found(await lint(talk.packets)), ["server 6455-4.1-25 1:4", "server 6455-5.2-3 1:5"]);
  });

  test("an extension and a subprotocol that were not offered", async () => {
    const extension = opened({}, [], ["Sec-WebSocket-Extensions: permessage-deflate"]).server(
      peerFrame(1, "x", { rsv: 4 }),
    );
    const report = await lint(extension.packets);
    assert.deepEqual(found(report), ["server 6455-4.1-26 1:4"]);
    assert.match(report.listed[0]?.notes.join() ?? "", /no frame was checked/);
    const subprotocol = opened({}, ["Sec-WebSocket-Protocol: a, b"], ["Sec-WebSocket-Protocol: c"]);
    assert.deepEqual(found(await lint(subprotocol.packets)), ["server 6455-4.1-27 1:4"]);
  });

  test("an extension that both know and we do not is no fault, and frames are left alone", async () => {
    const lines = ["Sec-WebSocket-Extensions: x-webkit-deflate-frame"];
    const report = await lint(opened({}, lines).server(peerFrame(1, "x", { rsv: 4 })).packets);
    assert.deepEqual([found(report), report.checked], [[], 0]);
    assert.match(report.listed[0]?.notes.join() ?? "", /x-webkit-deflate-frame was agreed on/);
  });

  test("an answer that was not captured", async () => {
    const report = await lint(new Talk().open().client(request()).client(GOOD_CLIENT).packets);
    assert.deepEqual([report.listed[0]?.kind, report.checked], ["unanswered", 0]);
  });

  test("100 before 101", async () => {
    const talk = new Talk().open().client(request()).server("HTTP/1.1 100 Continue\r\n\r\n").server(answer());
    assert.equal((await lint(talk.client(GOOD_CLIENT).packets)).listed[0]?.frames.client, 5);
  });
});

describe("permessage-deflate", () => {
  const deflated = (
    windowBits: number,
    messages: readonly Uint8Array[],
    noContextTakeover = false,
  ): readonly Uint8Array[] => {
    const deflater = new MessageDeflater({ windowBits, noContextTakeover });
    const octets = messages.map((message) => Buffer.from(deflater.deflateSync(message)));
    deflater.close();
    return octets;
  };
  const offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits";
  const agreed = (parameters: string): Talk =>
    opened({}, [offer], [`Sec-WebSocket-Extensions: permessage-deflate${parameters}`]);
  const noise = randomBytes(2000);
  const twice = [noise, noise];

  test("both sides, with context takeover", async () => {
    const talk = agreed("");
    for (const octets of deflated(15, twice)) {
      talk.client(clientFrame(2, octets, { rsv: 4 })).server(peerFrame(2, octets, { rsv: 4 }));
    }
    const report = await lint(talk.packets);
    assert.deepEqual([found(report), report.listed[0]?.extension], [[], "permessage-deflate"]);
  });

  test("a message that refers back beyond the window", async () => {
    const talk = agreed("; server_max_window_bits=9");
    for (const octets of deflated(15, twice)) talk.server(peerFrame(2, octets, { rsv: 4 }));
    assert.deepEqual(found(await lint(talk.packets)), ["server 7692-7.2.1-4 1:6"]);
  });

  test("the window of one side is not that of the other", async () => {
    const talk = agreed("; server_max_window_bits=9");
    for (const octets of deflated(15, twice)) talk.client(clientFrame(2, octets, { rsv: 4 }));
    assert.deepEqual(found(await lint(talk.packets)), []);
  });

  test("a message that needs the one before although there is no context takeover", async () => {
    const talk = agreed("; client_no_context_takeover");
    for (const octets of deflated(15, twice)) talk.client(clientFrame(2, octets, { rsv: 4 }));
    assert.deepEqual(
      (await lint(talk.packets)).findings.map(({ side }) => side),
      ["client"],
    );
  });

  test("what cannot be inflated is named once, and nothing behind it is blamed", async () => {
    const talk = agreed("")
      .server(peerFrame(1, Buffer.of(0xff, 0xff, 0xff), { rsv: 4 }))
      .server(peerFrame(3, "x"));
    const report = await lint(talk.packets);
    assert.deepEqual(found(report), ["server 7692-6.1-1 1:5"]);
  });

  test("RSV1 on a continuation", async () => {
    const talk = agreed("").server(
      Buffer.concat([peerFrame(2, "a", { more: true }), peerFrame(0, "b", { rsv: 4 })]),
    );
    assert.deepEqual(found(await lint(talk.packets)), ["server 7692-6.1-2 1:5"]);
  });
});

describe("what cannot be checked is said, and nobody is blamed for it", () => {
  test("octets that are missing in the middle", async () => {
    const talk = opened()
      .server(peerFrame(1, "ok"))
      .lose("server", 4)
      .server(peerFrame(3))
      .client(peerFrame(1, "x"));
    const report = await lint(talk.end().packets);
    assert.deepEqual(found(report), ["client 6455-5.1-1 1:7"]);
    assert.deepEqual(report.listed[0]?.notes, [
      "4 octets of the server are missing before packet 6: what it sent after that was not checked",
    ]);
  });

  test("packets that were cut", async () => {
    const talk = opened()
      .server(peerFrame(2, randomBytes(300)))
      .server(peerFrame(3))
      .client(clientFrame(1, "ok"));
    const report = await lintCapture(inPieces(pcap(talk.packets, { snapLength: 260 })));
    assert.deepEqual(found(report), []);
    assert.match(
      report.listed[0]?.notes.join() ?? "",
      /^98 octets of the server are missing before packet 5/,
    );
  });

  test("octets that are missing in the handshake", async () => {
    const talk = new Talk()
      .open()
      .client(request().slice(0, 40))
      .lose("client", 10)
      .client(request().slice(50))
      .server(answer());
    const report = await lint(talk.packets);
    assert.deepEqual([found(report), report.listed.length], [[], 0]);
  });

  test("TLS", async () => {
    const report = await lint(
      new Talk()
        .open()
        .client(Buffer.of(0x16, 3, 1, 0, 5, 1))
        .server(Buffer.of(0x16, 3, 3)).packets,
    );
    assert.deepEqual(
      report.listed.map(({ kind }) => kind),
      ["tls"],
    );
  });

  test("HTTP/2 without TLS", async () => {
    const report = await lint(
      new Talk().open().client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").server(Buffer.alloc(9)).packets,
    );
    assert.deepEqual(
      report.listed.map(({ kind }) => kind),
      ["http2"],
    );
  });

  test("other protocols, HTTP among them, are only counted", async () => {
    const http = new Talk({ clientPort: 1 })
      .open()
      .client("GET / HTTP/1.1\r\n\r\n")
      .server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")
      .client("GET /2 HTTP/1.1\r\n\r\n");
    const mail = new Talk({ clientPort: 2 })
      .open()
      .server("220 mail\r\n")
      .client("EHLO x\r\n")
      .server("250 ok\r\n");
    const binary = new Talk({ clientPort: 3 })
      .open()
      .client(randomBytes(500))
      .server(randomBytes(500))
      .reset();
    const report = await lint([...http.packets, ...mail.packets, ...binary.packets]);
    assert.deepEqual([report.connections, report.listed, report.notes], [3, [], []]);
  });

  test("packets that are no TCP, fragments, and links that nobody knows", async () => {
    const [packet = Buffer.alloc(0)] = goodTalk().packets;
    const udp = Buffer.from(packet);
    udp.writeUInt8(17, 14 + 9);
    const fragment = Buffer.from(packet);
    fragment.writeUInt16BE(0x2000, 14 + 6);
    const report = await lint([udp, fragment, Buffer.alloc(3), ...goodTalk().packets]);
    assert.deepEqual(
      [report.checked, report.notes],
      [1, ["1 fragments of IP packets were passed over: they are not put together."]],
    );
    const unknown = await lint(goodTalk().packets, 147);
    assert.deepEqual(unknown.notes, ["Packets of link type 147 were not read: it is not known here."]);
  });

  test("a file that is cut off at every octet: what is left is checked, and nobody is blamed", async () => {
    const talk = opened().client(clientFrame(1, "hello")).server(peerFrame(1, "hello")).end();
    const file = pcapng(talk.packets);
    for (let length = 4; length < file.length; length++) {
      assert.deepEqual(found(await lintCapture(inPieces(file.subarray(0, length)))), []);
    }
  });
});
