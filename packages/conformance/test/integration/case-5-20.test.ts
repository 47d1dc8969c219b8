import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { mintCertificate, startEchoServer, type RunningPeer } from "@wireproof/peers";
import { CASES } from "../../src/cases/index.js";
import { run } from "../../src/run/run.js";
import { casePage } from "../../src/report/case-page.js";
import type { CaseEnd, RunEvent } from "../../src/run/event.js";
import { findCase } from "../../src/report/find-case.js";
import { assertGolden } from "../report/golden.js";

let server: RunningPeer;
const events: RunEvent[] = [];

before(async () => {
  server = await startEchoServer({ tls: await mintCertificate() });
  const cases = CASES.filter(({ id }) => id === "5.20");
  for await (const event of run({ urls: [server.url], cases, insecure: true })) events.push(event);
});

after(() => server.close());

test("the record of 5.20 over TLS holds everything that a page shows", () => {
  const end = events.find((event): event is CaseEnd => event.type === "case-end");
  assert.ok(end);
  const { record, verdict } = end;
  assert.deepEqual([verdict.outcome, verdict.closing], ["pass", "ok"]);
  assert.deepEqual(Object.keys(end.verdicts).toSorted(), ["autobahn", "modern"]);
  assert.match(record.startedAt, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.ok(record.durationMs > 0);
  assert.match(record.handshake.request ?? "", /^GET \/ HTTP\/1\.1\r\n[\s\S]*\r\n\r\n$/);
  assert.match(record.handshake.response ?? "", /^HTTP\/1\.1 101 [\s\S]*\r\n\r\n$/);
  assert.deepEqual(
    record.events.map(({ type }) => type),
    ["pong", "pong", "message"],
  );
  assert.deepEqual(record.close, {
    closedByTester: true,
    failedByTester: false,
    droppedByTester: false,
    clean: true,
    notCleanReason: null,
    openTimeout: false,
    closeTimeout: false,
    dropTimeout: false,
    localCode: 1000,
    localReason: null,
    remoteCode: 1000,
    remoteReason: null,
    remotePayload: "03e8",
    localPayload: "03e8",
    remoteAfterEvents: 3,
    tcp: "ended-by-peer",
  });
  assert.deepEqual(record.frames.sent, { 0: 4, 1: 1, 8: 1, 9: 2 });
  assert.deepEqual(record.frames.received, { 1: 1, 8: 1, 10: 2 });
  // Every frame was a write of its own: seven of 15 octets, the Close frame of 8, and the request.
  const { 8: close, 15: frames, ...request } = record.octets.sent;
  assert.deepEqual([close, frames, Object.values(request)], [1, 7, [1]]);
  assert.equal(total(record.octets.received), (record.handshake.response ?? "").length + 11 + 11 + 47 + 4);
  const queued = events.filter(({ entry }: { entry?: object } & RunEvent) => entry && "queued" in entry);
  assert.equal(queued.length, 7);
});

test("the page of 5.20 over TLS", async () => {
  const [found] = await findCase(arriving(), "5.20");
  assert.ok(found);
  assertGolden("case-5.20-wss.txt", steady(casePage(found)));
});

async function* arriving(): AsyncGenerator<RunEvent> {
  yield* events;
}

function total(sizes: Readonly<Record<string, number>>): number {
  return Object.entries(sizes).reduce((sum, [size, count]) => sum + Number(size) * count, 0);
}

/** The page without what differs from run to run: times, keys, ports, and how TCP cut the stream. */
function steady(page: string): string {
  return page
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "TIME")
    .replace(/Pass – \d+ ms/, "Pass – 0 ms")
    .replaceAll(/127\.0\.0\.1:\d+/g, "127.0.0.1:PORT")
    .replaceAll(/(wireproof|wireproof-echo)\/\d+\.\d+\.\d+/g, "$1/VERSION")
    .replace(/(Sec-WebSocket-Key: ).*/, "$1KEY")
    .replace(/(Sec-WebSocket-Accept: ).*/, "$1ACCEPT")
    .replaceAll(/mask [0-9a-f]{8}/g, "mask KEY")
    .replace(/(Octets received, by size of the read\n)(?: .*\n)+/, "$1    SIZES\n")
    .replace(/(Octets sent, by size of the write\n)(?: .*\n)+/, "$1    SIZES\n")
    .replaceAll(/^ +\d{3} +[\d.]+ ms {2}[<>] octets .*\n/gm, "")
    .replaceAll(/^ {4}\d{3}( +[\d.]+ ms)?(?= )/gm, "   ");
}
