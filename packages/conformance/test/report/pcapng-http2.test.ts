import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startHttp2EchoServer } from "@wireproof/peers";
import type { WireEntry } from "../../src/record/wire-log.js";
import type { RunEvent } from "../../src/run/event.js";
import { pcapngReporter } from "../../src/report/pcapng.js";
import { run } from "../../src/run/run.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { casesOf } from "../integration/verdict-table.js";
import { SAMPLE_START, arriving, play } from "./sample-run.js";

const TSHARK = "/usr/bin/tshark";
const SKIP: string | false = existsSync(TSHARK)
  ? false
  : `no tshark at ${TSHARK}; Debian's package tshark brings it`;
const folder = temporaryFolder();

async function capture(events: readonly RunEvent[]): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const { data } of pcapngReporter(arriving(events))) parts.push(Buffer.from(data));
  return Buffer.concat(parts);
}

test("frames are put together of headers and octets, written before and read behind them", async () => {
  const view = { flags: [], stream: 1 };
  const wire: readonly WireEntry[] = [
    { dir: ">", http2: { ...view, type: "SETTINGS", flags: ["ACK"], stream: 0, length: 0, payload: "" } },
    { dir: ">", octets: 5, hex: "0102030405" },
    { dir: ">", http2: { ...view, type: "DATA", length: 3 } },
    { dir: ">", http2: { ...view, type: "DATA", flags: ["PADDED"], length: 4, padding: 1 } },
    { dir: "<", http2: { ...view, type: "DATA", flags: ["END_STREAM"], length: 2 } },
    { dir: "<", octets: 2, hex: "aabb" },
    { dir: "<", http2: { ...view, type: "type 0xfe", length: 1, payload: "07" } },
  ];
  const hex = (await capture([SAMPLE_START, ...play("1.1.1", { wire })])).toString("hex");
  for (const frame of [
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").toString("hex"),
    "000000040100000000",
    "000003000000000001010203",
    "00000400080000000101040500",
    "000002000100000001aabb",
    "000001fe000000000107",
  ]) {
    assert.ok(hex.includes(frame), frame);
  }
});

test("the dissector of Wireshark finds the frames of the wire log", { skip: SKIP }, async () => {
  const server = await startHttp2EchoServer();
  const events: RunEvent[] = [];
  try {
    const cases = casesOf("1.1.2, 1.2.2, 2.*, 5.4, 5.19, 7.1.1, 7.7.*");
    for await (const event of run({ urls: [server.url], cases, http2: true, concurrency: 1 }))
      events.push(event);
  } finally {
    await server.close();
  }
  const path = join(folder, "http2.pcapng");
  writeFileSync(path, await capture(events));
  const fields = ["http2.type", "http2.streamid", "http2.data.data"].flatMap((name) => ["-e", name]);
  const args = [
    "-r",
    path,
    "-d",
    `tcp.port==${server.port},http2`,
    "-Y",
    "http2.type",
    "-T",
    "fields",
    ...fields,
  ];
  const { stdout, status, stderr } = spawnSync(TSHARK, args, {
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  assert.equal(status, 0, stderr);
  const seen = stdout.trim().split("\n");
  const expected = events.filter((event) => event.type === "wire" && "http2" in event.entry);
  assert.ok(expected.length > 200);
  assert.equal(seen.length, expected.length);
  const written = events.flatMap((event) =>
    event.type === "wire" && "octets" in event.entry && event.entry.octets > 0 ? [event.entry.hex] : [],
  );
  const carried = seen
    .map((line) => line.split("\t")[2] ?? "")
    .filter((data) => data !== "" && data !== "<MISSING>");
  // Frames that the tester sends in one go share a DATA frame.
  assert.ok(carried.length <= written.length);
  assert.equal(carried.join(""), written.join(""));
});
