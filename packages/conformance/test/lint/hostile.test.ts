/** Captures that nobody has made by talking WebSocket: they end, within bounds. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { request, Talk } from "../support/captures.js";
import { goodTalk, lint } from "./talks.js";

test("any octets in any packet", async () => {
  const { packets } = goodTalk();
  const change = fc.tuple(fc.nat(), fc.nat(), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 20 }), async (changes) => {
      const changed = packets.map((packet) => Buffer.from(packet));
      for (const [which, at, octet] of changes) {
        const packet = changed[which % changed.length];
        // Headers more than payload.
        if (packet !== undefined && packet.length > 0) packet[at % Math.min(packet.length, 80)] = octet;
      }
      const report = await lint(changed);
      assert.ok(report.packets === packets.length);
    }),
    { numRuns: 300 },
  );
});

test("more connections than are followed", async () => {
  const packets = Array.from({ length: 1100 }, (_, i) =>
    new Talk({ clientPort: i + 1 }).open().client(request()),
  ).flatMap((talk) => talk.packets);
  const report = await lint(packets);
  assert.equal(report.connections, 1000);
  assert.deepEqual(report.notes, [
    "100 connections were passed over: at most 1000 are followed at the same time.",
  ]);
});

test("connections that are over make room for others", async () => {
  const packets = Array.from({ length: 1100 }, (_, i) =>
    new Talk({ clientPort: i + 1 })
      .open()
      .client(request([], randomBytes(16).toString("base64")))
      .end(),
  ).flatMap((talk) => talk.packets);
  const report = await lint(packets);
  assert.deepEqual(
    [report.connections, report.notes, report.listed.length, report.notListed],
    [1100, [], 1000, 100],
  );
});

test("frames without an answer, and heads without an end, are not kept for ever", async () => {
  const talk = new Talk().open().client(request());
  for (let i = 0; i < 40; i++) talk.client(Buffer.alloc(40_000));
  const report = await lint(talk.packets);
  assert.match(report.listed[0]?.notes.join() ?? "", /the answer to the opening handshake was not captured/);
  const head = new Talk().open().client("GET / HTTP/1.1\r\n");
  for (let i = 0; i < 40; i++) head.client("X".repeat(40_000));
  assert.deepEqual((await lint(head.packets)).listed, []);
});
