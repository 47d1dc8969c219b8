import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CaseEnd, Checkpoint, RunEvent } from "../../src/run/event.js";
import { ask, opening, RawConnection, answered } from "./raw-connection.js";
import { endOf, serving, type Serving } from "./serving.js";

const RUN = "/runCase?case=1&agent=me";

/** Runs case 1.1.1 as a client that does what it should. */
async function play(
  context: Parameters<typeof ask>[0],
  { port }: Serving,
  target: string = RUN,
): Promise<RawConnection> {
  const client = ask(context, port, target);
  await client.until(({ frames }) => frames.length === 1);
  client.text("");
  await client.until(({ frames }) => frames.length === 2);
  client.close();
  await client.gone();
  return client;
}

function isCheckpoint(event: RunEvent): event is Checkpoint {
  return event.type === "checkpoint";
}

describe("what a client may ask", { concurrency: true }, () => {
  test("/getCaseCount: the number in digits, then a Close frame without a code", async (context) => {
    const server = await serving(context, "1.1.*");
    const client = await answered(context, server.port, "/getCaseCount");
    assert.match(client.head, /^HTTP\/1\.1 101 [^]*Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
    assert.doesNotMatch(client.head, /Sec-WebSocket-(Protocol|Extensions)/);
    assert.deepEqual(client.frames, ['TEXT "8"', "CLOSE"]);
  });

  test("/getCaseInfo", async (context) => {
    const server = await serving(context, "1.1.*");
    const client = await answered(context, server.port, "/getCaseInfo?case=2");
    assert.match(client.frames[0] ?? "", /^TEXT "\{\\"id\\": \\"1\.1\.2\\", \\"description\\": \\"/);
  });

  test("/runCase: plays the case and tells everything", async (context) => {
    const server = await serving(context, "1.1.*");
    const client = await play(context, server);
    assert.deepEqual(client.frames, ['TEXT ""', "CLOSE 1000"]);
    const end = await server.when(endOf("1.1.1"));
    assert.deepEqual([end.verdict.outcome, end.verdict.closing], ["pass", "ok"]);
    const { record } = end;
    assert.equal(record.role, "server");
    assert.equal(record.handshake.request, opening(RUN));
    assert.equal(record.handshake.response, client.head);
    assert.deepEqual(
      server.seen.map(({ type }) => type),
      ["run", "peer-up", "case-start", "case-end"],
    );
    const [start, up] = server.seen;
    assert.ok(start?.type === "run" && start.config.role === "server");
    assert.deepEqual(start.config.urls, [server.url]);
    assert.deepEqual(up, { type: "peer-up", peer: "peer-1", agent: "me", url: "127.0.0.1" });
    assert.deepEqual([server.agents, server.missing("me").length], [["me"], 7]);
  });

  test("/runCase by id, and again: the attempts are counted and the last result wins", async (context) => {
    const server = await serving(context, "1.1.*");
    await play(context, server);
    await server.when(endOf("1.1.1"));
    const second = ask(context, server.port, "/runCase?agent=me&casetuple=1.1.1");
    await second.until(({ frames }) => frames.length === 1);
    second.socket.destroy();
    const end = await server.when(endOf("1.1.1", 2));
    assert.equal(end.verdict.outcome, "fail");
    const status = await answered(context, server.port, "/getCaseStatus?case=1&agent=me");
    assert.deepEqual(status.frames, ['TEXT "{\\"behavior\\": \\"FAILED\\"}"', "CLOSE"]);
    assert.equal(server.seen.filter(({ type }) => type === "peer-up").length, 1);
  });

  test("/getCaseStatus waits for the result, on any number of connections", async (context) => {
    const server = await serving(context, "1.1.*");
    const waiting = [1, 2].map(() => ask(context, server.port, "/getCaseStatus?agent=me&case=1"));
    await Promise.all(waiting.map((client) => client.until(({ status }) => status.includes("101"))));
    await play(context, server);
    for (const client of waiting) {
      await client.until(({ frames }) => frames.length === 2);
      assert.equal(client.frames[0], 'TEXT "{\\"behavior\\": \\"OK\\"}"');
    }
  });

  test("several agents and several connections at once", async (context) => {
    const server = await serving(context, "1.1.1");
    const agents = ["a", "b", "c%2Fd", "a"];
    await Promise.all(agents.map((agent) => play(context, server, `/runCase?case=1&agent=${agent}`)));
    await server.when(endOf("1.1.1", 2));
    assert.deepEqual(server.agents.toSorted(), ["a", "b", "c/d"]);
    const ends = server.seen.filter((event) => event.type === "case-end");
    assert.deepEqual(
      ends.map(({ verdict }) => verdict.outcome),
      ["pass", "pass", "pass", "pass"],
    );
    assert.ok(ends.some(({ record }) => record.concurrent));
  });

  test("big messages wait for room, and whoever goes leaves it", async (context) => {
    const server = await serving(context, "9.1.6");
    const [first, gone, next] = [1, 2, 3].map(() => ask(context, server.port, RUN));
    assert.ok(first !== undefined && gone !== undefined && next !== undefined);
    await first.until(({ octetCount }) => octetCount > 16_777_216);
    await next.until(({ status }) => status.includes("101"));
    gone.socket.destroy();
    await server.when((event): event is CaseEnd => event.type === "case-end");
    assert.equal(next.body, "");
    first.socket.destroy();
    await next.until(({ octetCount }) => octetCount > 16_777_216);
  });

  test("an excluded case is opened and closed, and leaves no result", async (context) => {
    const isExcluded = (agent: string, id: string): boolean => agent === "me" && id === "1.1.1";
    const server = await serving(context, "1.1.*", { isExcluded });
    const client = await answered(context, server.port, RUN);
    assert.deepEqual(client.frames, ["CLOSE"]);
    assert.equal(server.missing("me").length, 7);
    await play(context, server, "/runCase?case=1&agent=other");
    const end = await server.when(endOf("1.1.1"));
    assert.equal(end.peer, "peer-1");
  });

  test("a plain GET is answered with a page, wherever it goes", async (context) => {
    const server = await serving(context, "1.1.*");
    const client = new RawConnection(server.port);
    client.send("GET /info HTTP/1.1\r\nHost: x\r\n\r\n");
    await client.gone();
    assert.equal(client.status, "HTTP/1.1 200 OK");
    assert.ok(client.body.includes(server.url) && client.body.includes("8 cases"), client.body);
  });
});

describe("reports and the end", { concurrency: true }, () => {
  test("/updateReports closes when the reports are there", async (context) => {
    const order: string[] = [];
    const { promise, resolve } = deferred();
    const server = await serving(context, "1.1.1", {
      reported: () => {
        order.push("asked");
        return promise;
      },
    });
    await play(context, server);
    const client = ask(context, server.port, "/updateReports?agent=me");
    const checkpoint = await server.when(isCheckpoint);
    assert.equal(checkpoint.peer, "peer-1");
    await client.until(({ status }) => status.includes("101"));
    assert.deepEqual([order, client.frames], [["asked"], []]);
    resolve();
    await client.until(({ frames }) => frames.length === 1);
    assert.deepEqual(client.frames, ["CLOSE"]);
  });

  test("under a name that has played nothing, with nonsense in it", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = await answered(context, server.port, "/updateReports?case=0&agent=nobody");
    assert.deepEqual(client.frames, ["CLOSE"]);
    assert.equal((await server.when(isCheckpoint)).peer, undefined);
    assert.equal(
      server.seen.some(({ type }) => type === "run-end"),
      false,
    );
  });

  for (const target of ["/stopServer", "/updateReports?agent=me&shutdownOnComplete=true"]) {
    test(`${target}: the client sees an opened and closed connection, then all is over`, async (context) => {
      const server = await serving(context, "1.1.1");
      const client = await answered(context, server.port, target);
      assert.deepEqual([client.status, client.frames], ["HTTP/1.1 101 Switching Protocols", ["CLOSE"]]);
      await server.ended;
      const last = server.seen.at(-1);
      assert.ok(last?.type === "run-end");
      assert.deepEqual([last.totals.interrupted, last.totals.notRun], [false, 1]);
    });
  }

  test("once: not before every case has a result and none is in flight", async (context) => {
    const server = await serving(context, "1.1.1,1.1.2", { once: true });
    await play(context, server);
    await answered(context, server.port, "/updateReports?agent=me");
    const second = ask(context, server.port, "/runCase?case=2&agent=me");
    await second.until(({ frames }) => frames.length === 1);
    second.socket.destroy();
    await server.when(endOf("1.1.2"));
    const other = ask(context, server.port, "/runCase?case=1&agent=other");
    await other.until(({ frames }) => frames.length === 1);
    await answered(context, server.port, "/updateReports?agent=me");
    assert.equal(
      server.seen.some(({ type }) => type === "run-end"),
      false,
    );
    other.socket.destroy();
    await server.when((event): event is RunEvent & { type: "case-end" } => {
      return event.type === "case-end" && event.peer === "peer-2";
    });
    await answered(context, server.port, "/updateReports?agent=me");
    await server.ended;
  });

  test("stop gives up what is in flight: no result, and the run counts as interrupted", async (context) => {
    const server = await serving(context, "1.1.1");
    const client = ask(context, server.port, RUN);
    await client.until(({ frames }) => frames.length === 1);
    const idle = ask(context, server.port, "/");
    await idle.until(({ status }) => status.includes("101"));
    server.stop();
    server.stop();
    await Promise.all([server.ended, client.gone(), idle.gone()]);
    const types = server.seen.map(({ type }) => type);
    assert.deepEqual(types, ["run", "peer-up", "case-start", "run-end"]);
    const last = server.seen.at(-1);
    assert.ok(last?.type === "run-end" && last.totals.interrupted);
  });

  test("a signal stops it, also one that was aborted before", async (context) => {
    const server = await serving(context, "1.1.1", { signal: AbortSignal.abort() });
    await server.ended;
    assert.deepEqual(
      server.seen.map(({ type }) => type),
      ["run", "run-end"],
    );
  });

  test("a note is emitted, about an agent that is known", async (context) => {
    const server = await serving(context, "1.1.1");
    await play(context, server);
    server.note("It has died.", "me");
    server.note("Who?", "nobody");
    server.stop();
    await server.ended;
    server.note("Too late.");
    assert.deepEqual(
      server.seen.filter(({ type }) => type === "note"),
      [
        { type: "note", peer: "peer-1", text: "It has died." },
        { type: "note", text: "Who?" },
      ],
    );
  });
});

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
