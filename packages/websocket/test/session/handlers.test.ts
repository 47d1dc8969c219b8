import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { TestContext } from "node:test";
import { runInNewContext } from "node:vm";
import type { Handlers } from "../../src/session/handlers.js";
import { Happenings, endings, problems, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import { Opcode } from "../../src/protocol/opcode.js";

function warningsOf(context: TestContext): Happenings<string> {
  const warnings = new Happenings<string>();
  const onWarning = ({ message }: Error): void => warnings.add(message);
  process.on("warning", onWarning);
  context.after(() => process.off("warning", onWarning));
  return warnings;
}

const thrower = (): never => {
  throw new Error("my fault");
};
const rejecter = (): Promise<never> => Promise.reject(new Error("my fault"));
/** A promise of another realm, such as a test runner's. */
const foreign = (): unknown => runInNewContext('Promise.reject(new Error("my fault"))');

/** Each handler, and what makes it run. */
const CAUSES: readonly [keyof Handlers, (client: RawClient) => void][] = [
  ["open", () => {}],
  ["message", (client) => client.text("x")],
  ["ping", (client) => client.send({ opcode: Opcode.Ping })],
  ["pong", (client) => client.send({ opcode: Opcode.Pong })],
];

for (const [how, fail] of [
  ["throws", thrower],
  ["rejects", rejecter],
  ["answers with a promise of another realm that rejects", foreign],
] as const) {
  for (const [name, cause] of CAUSES) {
    test(`a handler "${name}" that ${how} fails its connection with 1011, and no other`, async (t) => {
      const { errors, error } = problems();
      const { closes, close } = endings();
      const live = await startServer(t, { [name]: fail, error, close });
      const client = await RawClient.open(t, live);
      cause(client);
      const seen = await client.next();
      assert.match(seen.startsWith("PONG") ? await client.next() : seen, /^CLOSE 1011 /);
      assert.equal(await errors.next(), "WIREPROOF_HANDLER");
      client.close(1011);
      client.socket.end();
      assert.match(await closes.next(), /^1006 /);
      // One fault, reported once, and none of the peer's.
      assert.deepEqual(errors.seen, ["WIREPROOF_HANDLER"]);
      assert.equal(live.server.counters.violations, 0);
      await RawClient.open(t, live);
    });
  }

  test(`a handler "close" that ${how} is reported, and the connection is gone`, async (t) => {
    const { errors, error } = problems();
    const live = await startServer(t, { close: fail, error });
    const client = await RawClient.open(t, live);
    client.close(1000);
    client.socket.end();
    assert.equal(await errors.next(), "WIREPROOF_HANDLER");
    assert.equal(live.server.counters.connections, 0);
  });

  test(`a handler "error" that ${how} emits a warning`, async (t) => {
    const warnings = warningsOf(t);
    const live = await startServer(t, { error: fail });
    const client = await RawClient.open(t, live);
    client.send({ opcode: 3 });
    assert.match(await client.next(), /^CLOSE 1002/);
    assert.equal(await warnings.next(), "my fault");
  });
}

test("faults of the application emit a warning where there is no error handler; a peer's do not", async (t) => {
  const warnings = warningsOf(t);
  const live = await startServer(t, { message: thrower });
  const wrong = await RawClient.open(t, live);
  wrong.send({ opcode: 3 });
  assert.match(await wrong.next(), /^CLOSE 1002/);
  const right = await RawClient.open(t, live);
  right.text("x");
  assert.match(await right.next(), /^CLOSE 1011/);
  assert.equal(await warnings.next(), "A handler failed: my fault");
  assert.equal(warnings.seen.length, 1);
});

test("what a handler throws may be anything", async (t) => {
  for (const thrown of [undefined, null, "text", Object.create(null), Symbol("s")]) {
    const { errors, error } = problems();
    const message = (): void => {
      throw thrown;
    };
    const live = await startServer(t, { message, error });
    const client = await RawClient.open(t, live);
    client.text("x");
    assert.match(await client.next(), /^CLOSE 1011/);
    assert.equal(await errors.next(), "WIREPROOF_HANDLER");
  }
});

describe("no handlers at all", () => {
  test("pings are answered, closing is answered, and errors are survived", async (t) => {
    const live = await startServer(t);
    const client = await RawClient.open(t, live);
    client.send({ opcode: Opcode.Ping, payload: "p" });
    assert.equal(await client.next(), 'PONG "p"');
    client.text("nobody listens");
    client.close(1000);
    assert.equal(await client.next(), 'CLOSE 1000 ""');
    const wrong = await RawClient.open(t, live);
    wrong.send({ opcode: 3 });
    assert.match(await wrong.next(), /^CLOSE 1002/);
    const rude = await RawClient.open(t, live);
    rude.reset();
    await live.server.close({ drainMs: 1_000 });
  });

  test("who sends more than is waited for is slowed down, and memory stays bounded", async (t) => {
    const live = await startServer(t);
    const client = await RawClient.open(t, live);
    const part = "x".repeat(60_000);
    let written = 0;
    // Until the system takes nothing any more.
    while (written < 200 && client.socket.writableLength < 5_000_000) {
      client.text(part);
      written++;
      await new Promise(setImmediate);
    }
    const [ws] = live.server.connections;
    assert.ok(ws!.counters.octetsReceived < 2_000_000, `${ws!.counters.octetsReceived} octets were read`);
    assert.equal(ws!.state, "open");
  });
});
