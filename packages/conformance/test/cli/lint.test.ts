import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { runProgram } from "../../src/cli/program.js";
import { answer, pcap, pcapng, request, Talk } from "../support/captures.js";
import { peerFrame } from "../support/peer-frames.js";
import { fakeIo, type FakeIo } from "./fake-io.js";
import { temporaryFolder } from "./temporary-folder.js";

const folder = temporaryFolder();

async function lint(
  file: Uint8Array,
  ...args: readonly string[]
): Promise<FakeIo & { readonly code: number }> {
  const path = join(folder, "some.pcapng");
  writeFileSync(path, file);
  const io = fakeIo();
  const code = await runProgram(["lint", path, ...args], io);
  return { ...io, complaints: io.complaints.map((one) => one.replaceAll(path, "FILE")), code };
}

function opened(clientPort?: number): Talk {
  const talk = new Talk(clientPort === undefined ? {} : { clientPort });
  return talk.open().client(request()).server(answer());
}

const GOOD = opened()
  .client(peerFrame(1, "hi", { key: Buffer.from("abcd") }))
  .server(peerFrame(1, "hi"));
const BAD = opened().client(peerFrame(1, "hi")).server(peerFrame(1, "hi"));
const TLS = new Talk().open().client(Buffer.of(0x16, 3, 1));

describe("exit codes", () => {
  for (const [what, file, code, complaint] of [
    ["nothing is found", pcapng(GOOD.packets), 0, ""],
    ["a MUST is broken", pcapng(BAD.packets), 1, ""],
    [
      "there is no WebSocket",
      pcap([]),
      2,
      /^"FILE": there is no WebSocket connection whose opening handshake/,
    ],
    [
      "everything is TLS",
      pcap(TLS.packets),
      2,
      /is TLS, which cannot be decrypted here; record it in front of TLS/,
    ],
    [
      "everything is HTTP/2",
      pcap(new Talk().open().client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").packets),
      2,
      /speaks HTTP\/2 or TLS, and streams of HTTP\/2 are not read here/,
    ],
    [
      "no handshake is complete",
      pcap(new Talk().open().client(request()).packets),
      2,
      /^"FILE": no opening handshake was completed/,
    ],
    ["it is no capture", Buffer.from("hello, world"), 2, /^"FILE" is neither a pcapng nor a pcap file$/],
    ["it is empty", Buffer.alloc(0), 2, /^"FILE" is not a capture: it has fewer than four octets$/],
  ] as const) {
    test(`${what}: ${code}`, async () => {
      const run = await lint(file);
      assert.equal(run.code, code, run.written());
      if (complaint === "") assert.deepEqual(run.complaints, []);
      else assert.match(run.complaints.join(), complaint);
    });
  }

  test("a folder, and a file that is not there: 2", async () => {
    mkdirSync(join(folder, "folder"));
    for (const [name, why] of [
      ["folder", /cannot be read: it is a folder$/],
      ["none", /cannot be read: .*no such file/],
    ] as const) {
      const io = fakeIo();
      assert.equal(await runProgram(["lint", join(folder, name)], io), 2);
      assert.match(io.complaints.join(), why);
    }
  });
});

test("the text: a line for each connection, then each requirement that was broken", async () => {
  const run = await lint(pcapng([...BAD.packets, ...TLS.packets.map((packet) => packet)]));
  const lines = run.written().split("\n").slice(1);
  assert.match(run.written(), /some\.pcapng: 9 packets, 2 TCP connections, 1 of them WebSocket\n/);
  assert.deepEqual(lines, [
    "",
    "1  10.0.0.1:50000 → 10.0.0.2:80  /chat  1 frame of the client, 1 of the server",
    "2  10.0.0.1:50000 → 10.0.0.2:80  TLS, which cannot be decrypted here",
    "",
    "✗ The client sent an unmasked frame although it is the client.",
    "    RFC 6455 §5.1 MUST  https://www.rfc-editor.org/rfc/rfc6455#section-5.1",
    "    In connection 1, packet 5, at 0.004000 s.",
    "",
  ]);
});

test("nothing was found: it says so, and what could not be checked", async () => {
  const cut = pcapng(GOOD.packets).subarray(0, -3);
  const run = await lint(cut);
  assert.match(run.written(), /\n! The file is cut off after packet 5\.\n\n✓ Nothing was found\.\n$/);
});

test("what peers send reaches no terminal", async () => {
  const talk = new Talk().open().client(request().replace("/chat", "/\u001b[31m\u202e")).server(answer());
  const { written } = await lint(pcapng(talk.packets));
  assert.doesNotMatch(written(), /[\u001b\u202e]/);
});

test("the JSON form has the requirements as a run file has them", async () => {
  const { written } = await lint(pcapng(BAD.packets), "--json");
  const report = JSON.parse(written()) as Record<string, unknown>;
  const { findings, listed, packets, connections, checked, notes } = report;
  assert.deepEqual([packets, connections, checked, notes], [6, 1, 1, []]);
  assert.deepEqual(listed, [
    {
      number: 1,
      client: "10.0.0.1:50000",
      server: "10.0.0.2:80",
      kind: "open",
      target: "/chat",
      status: 101,
      extension: null,
      frames: { client: 1, server: 1 },
      notes: [],
    },
  ]);
  assert.deepEqual(findings, [
    {
      requirement: {
        id: "6455-5.1-1",
        citation: "RFC 6455 §5.1",
        level: "MUST",
        text: "A client masks every frame it sends.",
        link: "https://www.rfc-editor.org/rfc/rfc6455#section-5.1",
      },
      rule: "24.3.1",
      side: "client",
      outcome: "fail",
      because: "the client sent an unmasked frame although it is the client",
      first: { connection: 1, packet: 5, seconds: 0.004 },
      connections: 1,
    },
  ]);
});

test("help says what it is for, and a file is needed", async () => {
  const io = fakeIo();
  assert.equal(await runProgram(["lint", "--help"], io), 0);
  assert.match(io.written(), /pcapng or pcap/);
  assert.equal(await runProgram(["lint"], io), 2);
});
