import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { channelName } from "../../src/engines/channels.js";

test("a usual topic is its own name", () => {
  assert.equal(channelName("news", "token"), "news");
  assert.equal(channelName("room:42/ä ✓", "any"), "room:42/ä ✓");
  assert.equal(channelName("room:42", "token"), "room%003a42");
});

test("no topic makes a name that a broker does not take", () => {
  const topics = [
    "",
    " ",
    ".",
    "a.b",
    "*",
    ">",
    "a b",
    "\r\nPUB x 1",
    "\0",
    "%",
    "💣",
    "\ud800",
    "x".repeat(5_000),
  ];
  for (const topic of topics) {
    assert.match(channelName(topic, "token"), /^[A-Za-z0-9_%-]{1,200}$/, JSON.stringify(topic));
    const name = channelName(topic, "any");
    assert.ok(name.length > 0 && name.length <= 200, JSON.stringify(topic));
    assert.equal(Buffer.from(name).toString(), name, "UTF-8 brings it back");
  }
});

test("different topics have different names", () => {
  const alike = [
    "",
    "%",
    "%0025",
    "\ud800",
    "%d800",
    "\ufffd",
    "a",
    "%0061",
    `%h${"a".repeat(43)}`,
    "x".repeat(201),
  ];
  alike.push("x".repeat(202), "\ud800".repeat(300), "\ud801".repeat(300), "%68", "%h");
  for (const characters of ["any", "token"] as const)
    assert.equal(new Set(alike.map((topic) => channelName(topic, characters))).size, alike.length);
  const unit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));
  const topic = fc.array(fc.oneof(unit, fc.constantFrom("%", "0", "h", "\ud800")), { maxLength: 8 });
  fc.assert(
    fc.property(topic, topic, fc.constantFrom("any", "token"), (one, other, characters) => {
      const [a, b] = [one.join(""), other.join("")];
      return (a === b) === (channelName(a, characters) === channelName(b, characters));
    }),
  );
});
