import assert from "node:assert/strict";
import { connect } from "node:net";
import { describe, test, type TestContext } from "node:test";
import { mintCertificate } from "@wireproof/peers";
import { systemClock, type Clock } from "../../src/time/clock.js";
import type { RunEvent } from "../../src/run/event.js";
import { peerFrame, KEY } from "../support/peer-frames.js";
import { ask, RawConnection, answered } from "./raw-connection.js";
import { serving, type Serving } from "./serving.js";

/** A clock on which deadlines of this length pass when the test says so. */
function heldClock(heldMs: number): {
  readonly clock: Clock;
  readonly pass: () => void;
  readonly waits: () => number;
} {
  const held = new Set<() => void>();
  const clock: Clock = {
    ...systemClock,
    after: (ms, callback) => {
      if (ms !== heldMs) return systemClock.after(ms, callback);
      held.add(callback);
      return { cancel: () => void held.delete(callback) };
    },
  };
  const pass = (): void => {
    for (const callback of held) {
      held.delete(callback);
      callback();
    }
  };
  return { clock, pass, waits: () => held.size };
}

const PLACES = 4;

/** Takes every place of a server with connections that are opened like this, and waits for their answers. */
async function occupied(
  context: TestContext,
  server: Serving,
  target: string,
): Promise<readonly RawConnection[]> {
  const clients = Array.from({ length: PLACES }, () => ask(context, server.port, target));
  await Promise.all(clients.map((client) => client.until(({ status }) => status.includes("101"))));
  return clients;
}

describe("places are not held for ever", { concurrency: true }, () => {
  for (const [what, target, heldMs, reason] of [
    ["commands that do not come", "/", 60_000, "no complete command came within 60000 ms"],
    [
      "results that do not come",
      "/getCaseStatus?case=1&agent=me",
      300_000,
      "no result came within 300000 ms",
    ],
  ] as const) {
    test(what, async (context) => {
      const { clock, pass } = heldClock(heldMs);
      const server = await serving(context, "1.1.*", { clock, limits: { connections: PLACES } });
      const clients = await occupied(context, server, target);
      const late = new RawConnection(server.port);
      await late.gone();
      pass();
      // They do not even answer the Close frame.
      await Promise.all(clients.map((client) => client.gone()));
      for (const { frames } of clients) assert.deepEqual(frames, [`CLOSE 1008 "${reason}"`]);
      assert.deepEqual((await answered(context, server.port, "/getCaseCount")).frames, ['TEXT "8"', "CLOSE"]);
    });
  }

  test("a whole command gives a client its time again, a piece of one and a ping do not", async (context) => {
    const { clock, pass, waits } = heldClock(60_000);
    const server = await serving(context, "1.1.1", { clock });
    const client = ask(context, server.port, "/");
    client.text('["echo", {"payload": "x"}]');
    await client.until(({ frames }) => frames.length === 1);
    assert.equal(waits(), 1);
    client.send(peerFrame(1, '["echo', { key: KEY, more: true }));
    client.send(peerFrame(9, "", { key: KEY }));
    await client.until(({ frames }) => frames.length === 2);
    pass();
    await client.until(({ frames }) => frames.length === 3);
    assert.match(client.frames[2] ?? "", /^CLOSE 1008 "no complete command/);
    client.socket.destroy();
    await client.gone();
    assert.equal(waits(), 0);
  });

  test("heads of requests that do not come, and TLS that is not set up", async (context) => {
    const { cert, key } = await mintCertificate();
    const timeouts = { openMs: 50, connectMs: 50 };
    for (const tls of [undefined, { cert, key }]) {
      const limits = { connections: PLACES };
      const options = { timeouts, limits, ...(tls === undefined ? {} : { tls }) };
      const server = await serving(context, "1.1.1", options);
      const clients = Array.from({ length: PLACES }, () => connect(server.port, "127.0.0.1"));
      const gone = clients.map((client) => new Promise((resolve) => client.on("close", resolve)));
      for (const client of clients) client.on("error", () => undefined).resume();
      await Promise.all(gone);
      assert.equal(server.inFlight, 0);
    }
  });
});

describe("an unfinished command has a size", { concurrency: true }, () => {
  const tooMuch = /^CLOSE 1008 "a command may have at most 262144 octets"$/;

  test("in one frame of any length", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = ask(context, server.port, "/");
    const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]);
    client.send(Buffer.concat([head, Buffer.alloc(262_145, "x")]));
    await client.until(({ frames }) => frames.length === 1);
    assert.match(client.frames[0] ?? "", tooMuch);
  });

  test("in fragments without end", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = ask(context, server.port, "/");
    const piece = peerFrame(0, "x".repeat(1000), { key: KEY, more: true });
    client.send(peerFrame(1, "", { key: KEY, more: true }));
    for (let n = 0; n < 263; n++) client.send(piece);
    await client.until(({ frames }) => frames.length === 1);
    assert.match(client.frames[0] ?? "", tooMuch);
  });

  test("and is a text message from its first frame on", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = ask(context, server.port, "/");
    client.send(peerFrame(2, "", { key: KEY, more: true }));
    await client.until(({ frames }) => frames.length === 1);
    assert.equal(client.frames[0], 'CLOSE 1008 "a command must be a text message"');
  });

  test("many small pieces that nobody reads weigh more than their octets", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = ask(context, server.port, "/");
    await client.until(({ status }) => status.includes("101"));
    client.socket.pause();
    for (let n = 0; n < 4; n++) {
      client.text('["sendframe", {"opcode": 2, "payload": "x", "payload_len": 65000, "chopsize": 1}]');
    }
    client.socket.resume();
    await client.gone();
    // The Close frame waits behind what was taken, for as long as a connection has to close.
    assert.ok(client.octetCount < 4 * 65_000, `${client.octetCount} octets`);
  });
});

/** Plays case 1 and leaves at once. */
async function play(context: TestContext, { port }: Serving, agent = "me"): Promise<RawConnection> {
  const client = ask(context, port, `/runCase?case=1&agent=${agent}`);
  await client.until(({ status }) => status !== "");
  client.socket.end();
  await client.gone();
  return client;
}

describe("a record has an end", { concurrency: true }, () => {
  test("a case is played so many times for an agent, and no more", async (context) => {
    const server = await serving(context, "1.1.*", { limits: { plays: 3 } });
    for (let n = 0; n < 3; n++) assert.match((await play(context, server)).status, / 101 /);
    for (let n = 0; n < 5; n++) {
      const { status, body } = await play(context, server);
      assert.equal(status, "HTTP/1.1 429 Too Many Requests");
      assert.equal(body, "Case 1.1.1 was played 3 times for this agent, which is the limit of a run.\n");
    }
    assert.match((await play(context, server, "other")).status, / 101 /);
    server.stop();
    await server.ended;
    const types = server.seen.map(({ type }) => type);
    assert.equal(types.filter((type) => type === "case-start").length, 4);
    // It is said once.
    assert.equal(types.filter((type) => type === "note").length, 1);
  });

  test("the number that holds is 100", async (context) => {
    const server = await serving(context, "1.1.1");
    const requests = Array.from({ length: 101 }, () => play(context, server));
    const statuses = (await Promise.all(requests)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status.includes(" 101 ")).length, 100);
  });

  test("whatever clients do, no case begins once the record is full", async (context) => {
    const server = await serving(context, "1.1.1", { limits: { recordOctets: 20_000 } });
    let agents = 0;
    for (let status = "101"; status.includes("101"); agents++) {
      ({ status } = await play(context, server, `agent${agents}`));
    }
    assert.ok(agents > 1 && agents < 20, String(agents));
    const { status, body } = await play(context, server, "late");
    assert.equal(status, "HTTP/1.1 429 Too Many Requests");
    assert.match(body, /^The record of this run has reached 20000 octets/);
  });

  test("an agent too many is refused", async (context) => {
    const server = await serving(context, "1.1.1", { limits: { agents: 1 } });
    await play(context, server, "one");
    assert.equal((await play(context, server, "two")).status, "HTTP/1.1 503 Service Unavailable");
  });

  test("reports that are up to date are not made again", async (context) => {
    let reported = 0;
    const server = await serving(context, "1.1.1", {
      reported: () => {
        reported++;
        return Promise.resolve();
      },
    });
    const ask3 = async (): Promise<void> => {
      for (let n = 0; n < 3; n++) {
        assert.deepEqual((await answered(context, server.port, "/updateReports?agent=me")).frames, ["CLOSE"]);
      }
    };
    await ask3();
    await play(context, server);
    await server.when((event): event is RunEvent => event.type === "case-end");
    await ask3();
    assert.equal(reported, 2);
    assert.equal(server.seen.filter(({ type }) => type === "checkpoint").length, 2);
  });
});
