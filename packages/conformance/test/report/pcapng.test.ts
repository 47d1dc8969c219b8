import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { startEchoServer, walkWs } from "@wireproof/peers";
import { lintCapture } from "../../src/lint/lint.js";
import { packetsOf } from "../../src/lint/capture-file.js";
import type { CaptureEnd } from "../../src/lint/packet.js";
import { endText, segmentOf } from "../../src/lint/segment.js";
import type { FrameView, WireEntry } from "../../src/record/wire-log.js";
import { pcapngReporter } from "../../src/report/pcapng.js";
import type { RunEvent } from "../../src/run/event.js";
import { run } from "../../src/run/run.js";
import { serve } from "../../src/serve/serve.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { casesOf } from "../integration/verdict-table.js";
import { assertGolden } from "./golden.js";
import { PEER, SAMPLE_START, arriving, play, sampleRun } from "./sample-run.js";

const TSHARK = "/usr/bin/tshark";
const SKIP: string | false = existsSync(TSHARK)
  ? false
  : `no tshark at ${TSHARK}; Debian's package tshark brings it`;
const folder = temporaryFolder();

async function capture(events: readonly RunEvent[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const { data } of pcapngReporter(arriving(events))) {
    assert.ok(typeof data !== "string");
    parts.push(data);
  }
  return Buffer.concat(parts);
}

async function* chunk(octets: Buffer): AsyncGenerator<Buffer> {
  yield octets;
}

/** What our own reader finds: a line for each packet. */
async function packetLines(octets: Buffer): Promise<readonly string[]> {
  const end: CaptureEnd = { problem: null };
  const lines: string[] = [];
  for await (const packet of packetsOf(chunk(octets), end)) {
    const segment = segmentOf(packet);
    assert.ok(typeof segment !== "string");
    const flags = (["syn", "ack", "fin", "rst"] as const).filter((flag) => segment[flag]).join(" ");
    const cut = segment.cut > 0 ? ` and ${segment.cut} more` : "";
    lines.push(
      `${endText(segment.from)} > ${endText(segment.to)} seq ${segment.seq} ${flags} ${segment.payload.toString("hex")}${cut}`.trimEnd(),
    );
  }
  return lines;
}

test("the sample run, packet by packet and octet by octet", async () => {
  const octets = await capture(sampleRun());
  assertGolden("reporters/hostile.pcapng.txt", `${(await packetLines(octets)).join("\n")}\n`);
  assertGolden("reporters/hostile.pcapng.hex", `${octets.toString("hex").replaceAll(/(.{96})/g, "$1\n")}\n`);
});

test("octets that were cut are missing, and what was not logged is skipped", async () => {
  const wire: readonly WireEntry[] = [
    { dir: ">", octets: 70_000, hex: "ab".repeat(256) },
    { dir: "=", log: false },
    { dir: "=", log: true },
    { dir: "<", octets: 2, hex: "8800" },
  ];
  const octets = { sent: { "70000": 1, "5000": 2 }, received: { "2": 1 } };
  const events: readonly RunEvent[] = [
    SAMPLE_START,
    { type: "peer-up", peer: PEER, agent: "a", url: "wss://127.0.0.1/" },
    ...play("1.1.1", { wire, record: { octets } }),
  ];
  const file = await capture(events);
  const lines = await packetLines(file);
  const tester = "192.0.2.1:10000 > 198.51.100.1:80";
  assert.equal(lines[3], `${tester} seq 1001 ack ${"ab".repeat(256)} and 65239 more`);
  assert.equal(lines[4], `${tester} seq 66496 ack  and 4505 more`);
  assert.match(lines[5] ?? "", / 8800$/);
  assert.match(lines.at(-2) ?? "", /192\.0\.2\.1:10000 > .* seq 81001 ack fin/);
  const text = file.toString("latin1");
  assert.match(text, /The last 69744 octets of this 70000 octets are not in the log\./);
  assert.match(text, /switched off: 10000 octets from the tester are missing before this\./);
});

test("a run file may claim any length, and any number of entries", async () => {
  const wire: WireEntry[] = [{ dir: ">", octets: 2 ** 50, hex: "00" }];
  for (let n = 0; n < 5000; n++) wire.push({ dir: "<", octets: 1, hex: "00" });
  const file = await capture([SAMPLE_START, ...play("1.1.1", { wire })]);
  assert.ok(file.length < 1_000_000, String(file.length));
});

test("a client under test is the one that connects", async () => {
  const wire: readonly WireEntry[] = [{ dir: "<", octets: 1, hex: "47" }];
  const events = [SAMPLE_START, ...play("1.1.1", { wire, record: { role: "server" } })];
  const [syn, , , data] = await packetLines(await capture(events));
  assert.match(syn ?? "", /^198\.51\.100\.1:10000 > 192\.0\.2\.1:80 .* syn/);
  assert.match(data ?? "", /^198\.51\.100\.1:10000 > 192\.0\.2\.1:80 .* 47$/);
});

for (const [what, played] of [
  ["a run against a server", shared(() => playedWithServer())],
  ["a run against a client", shared(() => playedWithClient())],
] as const) {
  describe(what, () => {
    test("wireproof lint reads it and finds what the tester broke on purpose, in 2.5", async () => {
      const { octets, frames } = await played();
      const report = await lintCapture(chunk(octets));
      assert.ok(report.checked >= frames.size && frames.size > 20);
      assert.deepEqual(
        report.findings.map(({ requirement }) => requirement),
        ["6455-5.5-1"],
      );
    });

    test("the dissector of Wireshark finds the frames of the wire log", { skip: SKIP }, async () => {
      const { octets, frames } = await played();
      const path = join(folder, "run.pcapng");
      writeFileSync(path, octets);
      const seen = dissected(path);
      assert.ok(frames.size > 20);
      for (const [stream, expected] of frames) {
        assert.ok(expected.tester.length > 0 && expected.peer.length > 0);
        for (const side of ["tester", "peer"] as const) {
          assert.deepEqual(seen.get(stream)?.[side] ?? [], expected[side], `stream ${stream}, ${side}`);
        }
      }
    });
  });
}

interface Frames {
  readonly tester: string[];
  readonly peer: string[];
}

interface Played {
  readonly octets: Buffer;
  /** By connection, those of which the log has every octet. */
  readonly frames: ReadonlyMap<number, Frames>;
}

/** Played once for all tests that need it. */
function shared(play: () => Promise<Played>): () => Promise<Played> {
  let once: Promise<Played> | undefined;
  return () => (once ??= play());
}

/** Frames of every kind, one case after the other, so that connections are in the order of their ends. */
const CHOSEN = "1.1.1, 1.1.2, 1.1.8, 1.2.2, 2.*, 5.3, 5.4, 5.6, 5.19, 7.1.1, 7.3.5, 7.7.*, 13.1.1";

async function playedWithServer(): Promise<Played> {
  const server = await startEchoServer();
  const events: RunEvent[] = [];
  try {
    for await (const event of run({ urls: [server.url], cases: casesOf(CHOSEN), concurrency: 1 }))
      events.push(event);
  } finally {
    await server.close();
  }
  return facts(events);
}

async function playedWithClient(): Promise<Played> {
  const server = await serve({ cases: casesOf(CHOSEN), port: 0 });
  const events: RunEvent[] = [];
  try {
    const walked = walkWs({
      url: server.url,
      agent: "client",
      connections: 1,
      report: "shutdownOnComplete=true",
    });
    for await (const event of server.events) events.push(event);
    await walked;
  } finally {
    server.stop();
  }
  return facts(events);
}

async function facts(events: readonly RunEvent[]): Promise<Played> {
  const frames = new Map<number, Frames>();
  const ends = events.filter((event) => event.type === "case-end" || event.type === "case-unconfirmed");
  for (const [index, end] of ends.entries()) {
    const entries = events.flatMap((event) =>
      event.type === "wire" && event.case === end.case && event.attempt === end.attempt ? [event.entry] : [],
    );
    const isCut = entries.some(
      (entry) => "log" in entry || ("octets" in entry && entry.hex.length < 2 * entry.octets),
    );
    if (isCut) continue;
    const of = (dir: string): string[] =>
      entries.flatMap((entry) => ("frame" in entry && entry.dir === dir ? [frameText(entry.frame)] : []));
    frames.set(index, { tester: of(">"), peer: of("<") });
  }
  return { octets: await capture(events), frames };
}

function frameText({ fin, opcode, masked, length }: FrameView): string {
  return `${fin ? 1 : 0} ${opcode} ${masked ? 1 : 0} ${length}`;
}

/** The frames of each TCP stream, as tshark sees them. */
function dissected(path: string): ReadonlyMap<number, Frames> {
  const names = ["tcp.stream", "ip.src", "websocket.fin", "websocket.opcode", "websocket.mask"];
  const lengths = [
    "websocket.payload_length",
    "websocket.payload_length_ext_16",
    "websocket.payload_length_ext_64",
  ];
  const fields = [...names, ...lengths].flatMap((name) => ["-e", name]);
  const args = ["-r", path, "-Y", "websocket", "-T", "json", ...fields];
  const { stdout, status, stderr } = spawnSync(TSHARK, args, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(status, 0, stderr);
  const packets = JSON.parse(stdout) as { _source: { layers: Record<string, string[] | undefined> } }[];
  const streams = new Map<number, Frames>();
  for (const { _source: packet } of packets) {
    const field = (name: string): string[] => packet.layers[name] ?? [];
    const stream = Number(field("tcp.stream")[0]);
    const frames = streams.get(stream) ?? { tester: [], peer: [] };
    streams.set(stream, frames);
    const side = field("ip.src")[0]?.startsWith("192.0.2.") === true ? "tester" : "peer";
    const [, , fins, opcodes, masks] = names.map(field);
    const short = field("websocket.payload_length");
    const long = [...field("websocket.payload_length_ext_16"), ...field("websocket.payload_length_ext_64")];
    for (const [index, opcode] of (opcodes ?? []).entries()) {
      const length = Number(short[index]) > 125 ? long.shift() : short[index];
      frames[side].push(`${bit(fins?.[index])} ${Number(opcode)} ${bit(masks?.[index])} ${Number(length)}`);
    }
  }
  return streams;
}

function bit(value: string | undefined): number {
  return value === "1" || value?.toLowerCase() === "true" ? 1 : 0;
}
