import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { once } from "node:events";
import { after, test } from "node:test";

import { Channel } from "../../src/run/channel.js";
import { EventLog } from "../../src/live/event-log.js";
import { EventStream } from "../../src/live/event-stream.js";
import { liveReport, type LiveReport } from "../../src/live/live-report.js";
import type { RunEvent } from "../../src/run/event.js";
import type { PageDetail, PageEvent } from "../../src/report/page/page-event.js";
import { startWebServer, type WebHandler, type WebServer } from "../../src/serve/web-server.js";
import { HOSTILE_TEXT, PEER, SAMPLE_START, play, sampleRun } from "../report/sample-run.js";

interface Served {
  readonly live: LiveReport;
  readonly web: WebServer;
  readonly events: Channel<RunEvent>;
  /** Settles when the report has read everything that was pushed, after the end. */
  readonly read: Promise<void>;
}

const open: Served[] = [];
after(async () => {
  for (const { live, web } of open) {
    await live.close();
    await web.close();
  }
});

async function served(path?: string): Promise<Served> {
  const live = await liveReport({ command: "wireproof", ...(path === undefined ? {} : { path }) });
  const web = await startWebServer({ host: "127.0.0.1", port: 0, handlers: [live.handler] });
  const events = new Channel<RunEvent>(100_000);
  const one = { live, web, events, read: live.follow(events) };
  open.push(one);
  return one;
}

/** Follows a stream of events until the condition holds, and returns them with the id of the last. */
async function follow(
  url: string,
  until: (events: readonly PageEvent[]) => boolean,
  lastId?: string,
): Promise<{ readonly events: PageEvent[]; readonly id: string }> {
  const headers = lastId === undefined ? {} : { "Last-Event-ID": lastId };
  const request = httpRequest(`${url}events`, { headers });
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  assert.equal(response.headers["content-type"], "text/event-stream");
  const events: PageEvent[] = [];
  let id = "";
  let text = "";
  for await (const chunk of response.setEncoding("utf8")) {
    text += String(chunk);
    const messages = text.split("\n\n");
    text = messages.pop() ?? "";
    for (const message of messages) {
      // A sign of life.
      if (message === ":") continue;
      const [, at = "", data = ""] = /^id: (.*)\ndata: (.*)$/s.exec(message) ?? assert.fail(message);
      id = at;
      events.push(JSON.parse(data) as PageEvent);
    }
    if (until(events)) break;
  }
  request.destroy();
  return { events, id };
}

const isOver = (events: readonly PageEvent[]): boolean => events.some(({ type }) => type === "run-end");

test("a page that comes late gets the run from its beginning, and later events as they happen", async () => {
  const { web, events } = await served();
  const all = sampleRun();
  for (const event of all.slice(0, 40)) void events.push(event);
  const following = follow(web.url, isOver);
  for (const event of all.slice(40)) void events.push(event);
  const { events: received } = await following;
  assert.deepEqual(received[0], SAMPLE_START);
  const results = received.filter((event) => event.type === "case-end");
  const last = results.findLast((event) => event.case === "2.10" && event.peer === PEER);
  assert.equal(last?.attempt, 2);
  assert.ok(results.every((event) => event.block === undefined));
});

test("a page whose connection was lost goes on where it was; one of another run begins anew", async () => {
  const { web, events, read } = await served();
  for (const event of [SAMPLE_START, ...sampleRun().slice(1, 2), ...play("1.1.1")]) void events.push(event);
  const { id } = await follow(web.url, (received) => received.some(({ type }) => type === "case-end"));
  for (const event of sampleRun().slice(-1)) void events.push(event);
  events.end();
  await read;
  assert.deepEqual(
    (await follow(web.url, isOver, id)).events.map(({ type }) => type),
    ["coverage", "run-end"],
  );
  const anew = await follow(web.url, isOver, "11111111-2222-3333-4444-555555555555:3");
  assert.equal(anew.events[0]?.type, "run");
});

test("the detail of a case, and 404 for one that there is not", async () => {
  const { web, events, read } = await served();
  for (const event of sampleRun()) void events.push(event);
  events.end();
  await read;
  const response = await fetch(`${web.url}detail?peer=${PEER}&case=6.3.1`);
  assert.match(response.headers.get("content-security-policy") ?? "", /default-src 'none'/);
  const detail = (await response.json()) as PageDetail;
  assert.equal(detail.end.case, "6.3.1");
  assert.ok(detail.wire.some(({ entry }) => "note" in entry && entry.note.includes(HOSTILE_TEXT)));
  for (const query of ["", "?peer=x&case=1.1.1", `?peer=${PEER}&case=../../etc/passwd`]) {
    assert.equal((await fetch(`${web.url}detail${query}`)).status, 404, query);
  }
});

test("the page may connect to where it came from and nowhere else; other paths are left alone", async () => {
  const { web } = await served("/live/");
  const page = await (await fetch(`${web.url}live/`)).text();
  assert.match(page, /connect-src 'self'/);
  assert.match(page, /\{"source":"live","events":"events","detail":"detail"\}/);
  assert.equal((await fetch(web.url)).status, 404);
  assert.equal((await fetch(`${web.url}live/events2`)).status, 404);
});

test("a page that does not read keeps nobody waiting", async () => {
  const { web, events, read } = await served();
  const request = httpRequest(`${web.url}events`);
  request.end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  response.pause();
  void events.push(SAMPLE_START);
  for (let number = 0; number < 3000; number++) {
    void events.push({ type: "note", text: `${number} ${"x".repeat(2000)}` });
  }
  void events.push(sampleRun().at(-1) ?? assert.fail());
  events.end();
  await read;
  assert.ok(isOver((await follow(web.url, isOver)).events));
  request.destroy();
});

test("closing ends the streams and removes what was stored", async () => {
  const folders = (): string[] => readdirSync(tmpdir()).filter((name) => name.startsWith("wireproof-live-"));
  const before = new Set(folders());
  const live = await liveReport({ command: "wireproof" });
  const web = await startWebServer({ host: "127.0.0.1", port: 0, handlers: [live.handler] });
  const mine = folders().filter((name) => !before.has(name));
  assert.ok(mine.length > 0);
  const following = follow(web.url, () => false);
  await live.follow(
    (async function* (): AsyncGenerator<RunEvent> {
      yield* sampleRun();
    })(),
  );
  await live.close();
  assert.ok(isOver((await following).events));
  await web.close();
  assert.ok(mine.some((name) => !existsSync(`${tmpdir()}/${name}`)));
});

test("a stream shows signs of life", async () => {
  const stream = new EventStream(new EventLog(), 10);
  const handler: WebHandler = (request, response) => {
    stream.subscribe(request, response);
    return true;
  };
  const web = await startWebServer({
    host: "127.0.0.1",
    port: 0,
    handlers: [handler],
    limits: { silenceMs: 5000 },
  });
  const request = httpRequest(web.url).end();
  const [response] = (await once(request, "response")) as [IncomingMessage];
  const [first] = (await once(response.setEncoding("utf8"), "data")) as [string];
  assert.equal(first.slice(0, 3), ":\n\n");
  stream.close();
  await once(response, "end");
  await web.close();
});
