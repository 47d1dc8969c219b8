import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectHttp2, type ClientHttp2Stream } from "node:http2";
import { describe, test, type TestContext } from "node:test";
import {
  HTTP2_CLIENT_FAULTS,
  http2Client,
  mintCertificate,
  rawClient,
  walkWith,
  type Fault,
  type Http2ClientFaultName,
  type Walk,
} from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { casesFor } from "../../src/case/select.js";
import { CASES } from "../../src/cases/index.js";
import type { CaseEnd, RunEvent } from "../../src/run/event.js";
import { serve, type ServeOptions } from "../../src/serve/serve.js";
import { endOf, serving } from "../serve/serving.js";
import { answered } from "../serve/raw-connection.js";
import { assertNamed } from "./assert-named.js";
import { CLIENT_HTTP2 } from "./client-findings.js";
import { finished, type Finished } from "./play-run.js";
import { casesOf } from "./verdict-table.js";

/** The only case of 35.2 whose URL the tester chooses. */
const BY_URL = "35.2.1";
const ASKED_FOR: readonly Case[] = CASES.filter(
  ({ id, peer, http2 }) => peer === "client" && http2 !== undefined && id !== BY_URL,
);
/** Cases that suit servers only are among them. */
const MESSAGES = "1.*,2.*,5.20,7.1.*,7.7.1,9.1.1,9.2.2,24.3.*,27.1.6,28.1.9,29.1.*";

/** Plays the cases until each has a result: a client can be done with its connection before the tester is. */
async function play(
  context: TestContext,
  cases: readonly Case[],
  { fault, connections = 1, ...options }: PlayOptions = {},
): Promise<Finished> {
  const served = await serve({ ...options, cases, port: 0, http2: true });
  context.after(() => served.stop());
  const { url } = served;
  const client = http2Client(fault, options.tls?.cert);
  context.after(() => client.close());
  const walked = walkWith(client, {
    url: url.replace("127.0.0.1", "localhost"),
    agent: "client",
    connections,
  });
  const events: RunEvent[] = [];
  for await (const event of served.events) {
    if (event.type !== "wire") events.push(event);
    if (event.type === "case-end" && served.missing("client").length === 0) served.stop();
  }
  await walked;
  return finished(events);
}

interface PlayOptions extends Pick<ServeOptions, "profile" | "timeoutScale" | "tls"> {
  readonly fault?: Http2ClientFaultName;
  readonly connections?: number;
}

function walkHttp2(fault?: Http2ClientFaultName): Walk {
  return async (options) => {
    const client = http2Client(fault, options.ca);
    try {
      await walkWith(client, options);
    } finally {
      client.close();
    }
  };
}

function said(ends: readonly CaseEnd[]): readonly string[] {
  return ends.map(({ case: id, verdict }) => `${id} ${verdict.outcome}, ${verdict.because}`).toSorted();
}

const isGood = ({ verdict }: CaseEnd): boolean => ["pass", "informational"].includes(verdict.outcome);

for (const profile of ["modern", "autobahn"] as const) {
  test(`a client over HTTP/2 passes section 35.2, ${profile}`, async (context) => {
    const { ends } = await play(context, ASKED_FOR, { profile });
    assert.equal(ends.length, ASKED_FOR.length);
    assert.deepEqual(said(ends.filter((end) => !isGood(end))), []);
  });
}

test("streams of one session over TLS play message cases at the same time", async (context) => {
  const tls = await mintCertificate();
  const played = casesFor("client", casesOf(MESSAGES), { http2: true });
  const { ends, events } = await play(context, played, { tls, connections: 8 });
  assert.equal(ends.length, played.length);
  assert.deepEqual(said(ends.filter((end) => !isGood(end))), []);
  for (const { record } of ends) {
    assert.match(
      record.handshake.request ?? "",
      /^:method: CONNECT\r\n:protocol: websocket\r\n:scheme: https/,
    );
    assert.match(record.handshake.response ?? "", /^:status: 200\r\n/);
  }
  assert.ok(ends.some(({ record }) => record.concurrent));
  const [run] = events;
  assert.ok(run?.type === "run" && run.config.http2 === true);
});

test("every case of 35.2 is failed with some fault", () => {
  const patterns = Object.values<Fault>(HTTP2_CLIENT_FAULTS).map(({ caughtBy }) => caughtBy);
  const caught = new Set(patterns.flatMap((pattern) => casesOf(pattern)).map(({ id }) => id));
  // Under a fault that does not end, it depends on time whether this one fails.
  const missing = [...ASKED_FOR.map(({ id }) => id), BY_URL].filter((id) => !caught.has(id));
  assert.deepEqual(missing, []);
});

describe("a client with one fault fails the cases that are about it", { concurrency: 4 }, () => {
  for (const [fault, about] of Object.entries<Fault>(HTTP2_CLIENT_FAULTS)) {
    if (about.caughtBy === BY_URL) continue;
    test(fault, async (context) => {
      const played = casesOf(about.caughtBy);
      assert.notEqual(played.length, 0);
      const found = await play(context, played, { fault: fault as Http2ClientFaultName, timeoutScale: 0.5 });
      const { ends } = found;
      assert.deepEqual(ends.map(({ case: id }) => id).toSorted(), played.map(({ id }) => id).toSorted());
      assert.deepEqual(
        said(ends.filter(({ verdict }) => !["fail", "non-strict"].includes(verdict.outcome))),
        [],
      );
      assertNamed(CLIENT_HTTP2, fault, found);
      if (about.breaks === undefined) return;
      assert.deepEqual(
        ends.map(({ verdict }) => verdict.requirement),
        played.map(() => about.breaks),
      );
    });
  }
});

describe("SETTINGS that do not allow extended CONNECT", () => {
  const visits: readonly (readonly [name: string, visit: (url: string) => Promise<void>, outcome: string])[] =
    [
      ["a client that asks all the same fails", (url) => visitOverHttp2(url, "connects-unasked"), "fail"],
      ["a client that goes on over HTTP/1.1 passes", (url) => rawClient().echo(url), "pass"],
    ];
  for (const [name, visit, outcome] of visits) {
    test(name, async (context) => {
      const end = await given(context, visit);
      assert.equal(end.verdict.outcome, outcome, end.verdict.because);
    });
  }

  test("a client that leaves it at that passes", async (context) => {
    const end = await given(context, (url) => visitOverHttp2(url), true);
    assert.equal(end.verdict.outcome, "pass", end.verdict.because);
  });
});

async function visitOverHttp2(url: string, fault?: Http2ClientFaultName): Promise<void> {
  const client = http2Client(fault);
  await client.echo(url);
  client.close();
}

/** Gives the client the URL of 35.2.1. `isSilent`: it sends no request, as whoever has started it reports. */
async function given(
  context: TestContext,
  visit: (url: string) => Promise<void>,
  isSilent = false,
): Promise<CaseEnd> {
  const [played] = casesOf(BY_URL);
  assert.ok(played !== undefined);
  const server = await serving(context, `${BY_URL},35.2.2`, {
    http2: true,
    observer: { givesUrls: () => true },
  });
  await walkHttp2()({ url: server.url, agent: "client", cases: [1] });
  const port = await server.openUrl(played, "client");
  assert.ok(typeof port !== "string");
  context.after(() => port.close());
  await visit(port.url);
  if (isSilent) {
    assert.equal(port.hasConnected, false);
    server.report(played, "client", { url: port.url, unopened: "the client did not open the URL" });
  }
  return await server.when(endOf(BY_URL));
}

test("a case that is asked for over HTTP/1.1 is not played in a run over HTTP/2, and a note says so", async (context) => {
  const server = await serve({ cases: casesOf("1.1.1,1.1.2"), port: 0, http2: true });
  context.after(() => server.stop());
  const client = rawClient();
  assert.equal(await client.ask(`${server.url}/getCaseCount`), "2");
  const asked = await answered(context, server.port, "/runCase?case=1&agent=old");
  assert.match(asked.status, /^HTTP\/1\.1 505 /);
  assert.deepEqual(server.missing("old"), ["1.1.1", "1.1.2"]);
  server.stop();
  const notes: string[] = [];
  for await (const event of server.events) {
    assert.notEqual(event.type, "case-end");
    if (event.type === "note") notes.push(event.text);
  }
  assert.deepEqual(notes, [
    "This run tests clients over HTTP/2 (--http2), and the case was asked for over HTTP/1.1. What comes so is not played.",
  ]);
});

test("a connection that a client ends because of a provoked error says nothing about the other cases on it", async (context) => {
  const server = await serving(context, "1.1.1,35.2.10.1", { http2: true });
  const session = connectHttp2(server.url.replace(/^ws/, "http"));
  session.on("error", () => undefined);
  await once(session, "remoteSettings");
  const ask = (number: number): ClientHttp2Stream => {
    const stream = session.request(
      { ":method": "CONNECT", ":protocol": "websocket", ":path": `/runCase?case=${number}&agent=client` },
      { endStream: false },
    );
    return stream.on("error", () => undefined);
  };
  const bystander = ask(1).resume();
  await once(bystander, "response");
  const provoked = ask(2);
  // The echo, masked with zeros.
  provoked.once("data", (frame: Buffer) => {
    provoked.write(Buffer.concat([Buffer.from([0x81, 0x85, 0, 0, 0, 0]), frame.subarray(2, 7)]));
    provoked.resume();
  });
  // Node reports the error first, for which `once` would reject.
  await new Promise((resolve) => provoked.once("close", resolve));
  session.destroy();
  const [other, own] = await Promise.all([server.when(endOf("1.1.1")), server.when(endOf("35.2.10.1"))]);
  assert.equal(own.verdict.outcome, "pass", own.verdict.because);
  assert.equal(other.verdict.outcome, "blocked", other.verdict.because);
});
