import assert from "node:assert/strict";
import { test } from "node:test";

import { Inbox } from "../../src/reconnecting/inbox.js";

function inboxOf(): { readonly inbox: Inbox; readonly pauses: boolean[] } {
  const pauses: boolean[] = [];
  return { inbox: new Inbox((isPaused) => void pauses.push(isPaused)), pauses };
}

test("messages come out in order, whoever is first", async () => {
  const { inbox } = inboxOf();
  inbox.push("waits");
  assert.deepEqual(await inbox.next(), { done: false, value: "waits" });
  const [first, second] = [inbox.next(), inbox.next()];
  inbox.push("one");
  inbox.push("two");
  assert.deepEqual([(await first).value, (await second).value], ["one", "two"]);
});

test("reading stops at 64 messages, and goes on at half of them", async () => {
  const { inbox, pauses } = inboxOf();
  for (let index = 1; index <= 64; index++) {
    assert.deepEqual(pauses, []);
    inbox.push("x");
  }
  assert.deepEqual(pauses, [true]);
  assert.equal(inbox.isPaused, true);
  for (let left = 63; left >= 32; left--) {
    await inbox.next();
    assert.deepEqual(pauses, [true]);
  }
  await inbox.next();
  assert.deepEqual(pauses, [true, false]);
});

test("or at 256 KiB, and goes on at half of them", async () => {
  const { inbox, pauses } = inboxOf();
  for (let index = 0; index < 4; index++) inbox.push(new Uint8Array(64 * 1024));
  assert.deepEqual(pauses, [true]);
  await inbox.next();
  await inbox.next();
  assert.deepEqual(pauses, [true]);
  await inbox.next();
  assert.deepEqual(pauses, [true, false]);
});

test("more than 16 MiB are too much", () => {
  const { inbox } = inboxOf();
  assert.equal(inbox.push(new Uint8Array(16 * 1024 * 1024)), true);
  assert.equal(inbox.push("x"), false);
});

test("more than 16,384 messages are, too, however small", () => {
  const { inbox } = inboxOf();
  for (let count = 1; count <= 16_384; count++) assert.equal(inbox.push(""), true);
  assert.equal(inbox.push(""), false);
});

test("after the end, what waits can still be read", async () => {
  const { inbox } = inboxOf();
  inbox.push("last");
  inbox.end(undefined);
  inbox.end(new Error("another end"));
  assert.deepEqual(await inbox.next(), { done: false, value: "last" });
  assert.deepEqual(await inbox.next(), { done: true, value: undefined });
  assert.deepEqual(await inbox.next(), { done: true, value: undefined });
});

test("readers that wait are told how it ended", async () => {
  const fine = inboxOf().inbox;
  const end = fine.next();
  fine.end(undefined);
  assert.deepEqual(await end, { done: true, value: undefined });

  const failed = inboxOf().inbox;
  const failure = failed.next();
  failed.end(new Error("lost"));
  await assert.rejects(failure, /lost/);
  await assert.rejects(failed.next(), /lost/);
});

test("leaving a loop keeps what waits for the next one", async () => {
  const { inbox } = inboxOf();
  for (const message of ["one", "two"]) inbox.push(message);
  for await (const message of inbox) {
    assert.equal(message, "one");
    break;
  }
  for await (const message of inbox) {
    assert.equal(message, "two");
    break;
  }
});

test("everything can be taken at once", () => {
  const { inbox } = inboxOf();
  for (const message of ["one", "two"]) inbox.push(message);
  assert.deepEqual(inbox.takeAll(), ["one", "two"]);
  assert.deepEqual(inbox.takeAll(), []);
});
