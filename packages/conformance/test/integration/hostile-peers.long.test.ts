import assert from "node:assert/strict";
import { createServer, type Socket } from "node:net";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { mutants } from "@wireproof/peers";
import { run } from "../../src/run/run.js";
import { acceptFor } from "../../src/wire/http1.js";
import { RECORDED_EVENTS } from "../../src/record/record.js";
import { WIRE_LOG_ENTRIES } from "../../src/record/wire-log.js";
import type { CaseEnd } from "../../src/run/event.js";
import { during, playRun } from "./play-run.js";
import { casesOf } from "./verdict-table.js";

const DOZEN = casesOf("1.1.1, 1.1.2, 1.2.1, 2.1, 2.5, 3.1, 4.1.1, 5.3, 5.19, 6.1.1, 7.1.1, 7.3.1");
const QUICK = { timeoutScale: 0.2 };
/** Bytes; what these peers send in a run is many times as much. */
const MEMORY_LIMIT = 256e6;

test("a flood of frames fails every case and is not kept", async (context) => {
  const peer = await during(context, mutants.flood.start());
  const { peak, wireEntries, ends } = await memoryOf(peer.url);
  assert.ok(peak < MEMORY_LIMIT, `memory grew by ${peak} bytes`);
  assert.ok(Math.max(...wireEntries.values()) < WIRE_LOG_ENTRIES + 50);
  assert.deepEqual(new Set(ends.map(({ verdict }) => verdict.outcome)), new Set(["fail"]));
  assert.ok(ends.every(({ record }) => record.events.length <= RECORDED_EVENTS));
});

test("a flood of pings from a peer that reads nothing neither fills the memory nor holds the run up", async (context) => {
  const peer = await during(context, startPingFlood());
  const { peak, wireEntries } = await memoryOf(peer.url);
  assert.ok(peak < MEMORY_LIMIT, `memory grew by ${peak} bytes`);
  assert.equal(wireEntries.size, DOZEN.length);
  assert.ok(Math.max(...wireEntries.values()) < WIRE_LOG_ENTRIES + 50);
});

test("a frame that never ends is read without keeping it, and no deadline waits for it", async (context) => {
  const peer = await during(context, mutants.hugeFrame.start());
  const { verdicts } = await playRun(peer.url, DOZEN, QUICK);
  assert.deepEqual(new Set([...verdicts.values()].map((verdict) => verdict.outcome)), new Set(["fail"]));
});

test("a Server header cannot act on a terminal", async (context) => {
  const peer = await during(context, mutants.scriptInHeader.start());
  const { agent, verdicts } = await playRun(peer.url, DOZEN, QUICK);
  assert.equal(agent, "<script>alert(1)</script>[31m");
  assert.equal(verdicts.get("1.1.1")?.outcome, "pass");
});

test("a reason phrase of any length leaves a sentence that can be read", async (context) => {
  const peer = await during(
    context,
    startRaw((socket) => socket.end(`HTTP/1.1 500 ${"x".repeat(50_000)}\r\n\r\n`)),
  );
  const { notes } = await playRun(peer.url, DOZEN, QUICK);
  assert.match(notes[0] ?? "", /^the opening handshake was answered with HTTP 500 x+ instead of 101$/);
  assert.ok((notes[0] ?? "").length < 200);
});

/** A peer's own octets, from the first request on. */
async function startRaw(
  answer: (socket: Socket, head: string) => void,
): Promise<{ url: string; close(): Promise<void> }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => sockets.delete(socket));
    socket.once("data", (octets: Buffer) => answer(socket, octets.toString("latin1")));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
  };
}

/** Opens, reads no more, and writes pings as fast as they are taken. */
function startPingFlood(): Promise<{ url: string; close(): Promise<void> }> {
  const pings = Buffer.alloc(16_384, Uint8Array.of(0x89, 0));
  return startRaw((socket, head) => {
    const key = /^sec-websocket-key: *(\S+)/im.exec(head)?.[1] ?? "";
    socket.pause();
    socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        `Sec-WebSocket-Accept: ${acceptFor(key)}\r\n\r\n`,
    );
    const more = (): void => {
      if (!socket.writable) return;
      if (socket.write(pings)) setImmediate(more);
      else socket.once("drain", () => setImmediate(more));
    };
    more();
  });
}

interface Watched {
  /** How far the memory of the process rose above where it was, in bytes. */
  readonly peak: number;
  /** Entries of the wire log by case, of its first play. */
  readonly wireEntries: ReadonlyMap<string, number>;
  readonly ends: readonly CaseEnd[];
}

async function memoryOf(url: string): Promise<Watched> {
  const used = (): number => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = used();
  let peak = 0;
  let seen = 0;
  const wireEntries = new Map<string, number>();
  const ends: CaseEnd[] = [];
  for await (const event of run({ urls: [url], cases: DOZEN, ...QUICK })) {
    if (seen++ % 100 === 0 || event.type === "case-end") peak = Math.max(peak, used() - before);
    if (event.type === "case-end") ends.push(event);
    if (event.type !== "wire" || event.attempt > 1) continue;
    wireEntries.set(event.case, (wireEntries.get(event.case) ?? 0) + 1);
  }
  return { peak, wireEntries, ends };
}
