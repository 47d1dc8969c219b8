import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { createServer } from "../../../src/index.js";
import type { Server } from "../../../src/index.js";
import { Side } from "../../../src/protocol/state.js";
import { DEFAULT_SERVER_LIMITS, resolveLimits } from "../../../src/session/limits.js";
import { requestText } from "../../support/raw-client.js";
import { mutateHead } from "../corpus.js";
import { frameStream } from "../frame-stream.js";
import { defineHarness } from "../harness.js";
import type { Harness } from "../harness.js";
import { turns, until } from "../play/in-time.js";
import { RawPeer } from "../play/raw-peer.js";
import { reference } from "../play/reference.js";
import { latin1, someCuts } from "../play/steps.js";
import { digest, saidIn, splitHead, statusOf, wholeFrames } from "../play/wire.js";
import type { Random } from "../random.js";
import { aside } from "../watches/thread-time.js";

/** One request of several in a row, and the answer that has to come. */
interface Request {
  readonly text: string;
  /** 0: it is not known, nor is what follows. */
  readonly status: number;
  readonly body: string;
  /** Nothing follows that answer. */
  readonly isLast: boolean;
  readonly isUpgrade?: boolean;
}

/** What comes over one connection to an HTTP server with two WebSocket servers and an application. */
interface AttachPlan {
  readonly requests: readonly Request[];
  readonly frames: string;
  readonly cuts: readonly number[];
  readonly end: "fin" | "reset";
}

/** `attach`: requests of all kinds in one segment, and what comes behind them. Faults: see `playAttach`. */
export const attach: Harness = defineHarness<AttachPlan>({
  name: "attach",
  plans: 300,
  lanes: 8,
  mostHeldMib: 64,
  faults: ["swallow", "ghost"],
  plan: (random): AttachPlan => {
    const before = random.some(0, 4, (index) => someRequest(random, index));
    const requests = random.oneIn(5) ? before : [...before, upgrade(random)];
    const frames = frameStream(random, { isServer: true, isCompressing: false });
    const octets = requests.reduce((sum, { text }) => sum + text.length, frames.length);
    return {
      requests,
      frames: latin1(frames),
      cuts: someCuts(random, octets),
      end: random.oneIn(6) ? "reset" : "fin",
    };
  },
  play: playAttach,
});

function someRequest(random: Random, index: number): Request {
  const late = random.pick([0, 0, 1, 5]);
  const head = `Host: localhost\r\nX-Late: ${late}\r\n`;
  const known = { status: 200, isLast: false };
  const body = "x".repeat(random.below(40));
  switch (random.below(8)) {
    case 0:
    case 1:
    case 2:
      return { ...known, text: `GET /${index} HTTP/1.1\r\n${head}\r\n`, body: `GET /${index} 0` };
    case 3: {
      const text = `POST /${index} HTTP/1.1\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`;
      return { ...known, text, body: `POST /${index} ${body.length}` };
    }
    case 4: {
      const chunks = body === "" ? "" : `${body.length.toString(16)}\r\n${body}\r\n`;
      const text = `PUT /${index} HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`;
      return { ...known, text, body: `PUT /${index} ${body.length}` };
    }
    case 5: {
      const text = `GET /${index} HTTP/1.1\r\n${head}Connection: close\r\n\r\n`;
      return { text, status: 200, body: `GET /${index} 0`, isLast: true };
    }
    case 6: {
      // Where an answer is still being written, a client that mixes the two gets neither.
      const text = `GET /h2 HTTP/1.1\r\n${head}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: \r\n\r\n`;
      return { text, status: 0, body: "", isLast: true };
    }
    default: {
      const text = mutateHead(random, `GET /${index} HTTP/1.1\r\n${head}\r\n`);
      return { text, status: 0, body: "", isLast: true };
    }
  }
}

function upgrade(random: Random): Request {
  const target = random.pick(["/one", "/two?x=1", "/three"]);
  const text = requestText({ target });
  if (random.oneIn(4)) return { text: mutateHead(random, text), status: 0, body: "", isLast: true };
  if (random.oneIn(8)) {
    const withBody = requestText({ target, headers: { "Content-Length": "5" } });
    return {
      text: `${withBody}hello`,
      status: target === "/three" ? 404 : 400,
      body: "",
      isLast: true,
      isUpgrade: true,
    };
  }
  return { text, status: target === "/three" ? 404 : 101, body: "", isLast: true, isUpgrade: true };
}

/** Faults: a server that loses messages ("swallow"), or reports one connection too many ("ghost"). */
async function playAttach(plan: AttachPlan, fault?: string): Promise<number> {
  const delivered: string[] = [];
  let [opens, closes] = [0, 0];
  const http = createHttp((request, response) => void answer(request, response));
  const servers = ["/one", "/two"].map((path) =>
    createServer({
      path,
      compression: false,
      heartbeat: false,
      limits: { messageOctets: 65_536, closeMs: 60_000, handshakeMs: 60_000 },
      open: () => void (opens += fault === "ghost" ? 2 : 1),
      close: () => void (closes += fault === "ghost" ? 2 : 1),
      error: () => {},
      message: (ws, data, isText) => {
        delivered.push(digest(data, isText));
        if (fault !== "swallow") ws.send(data);
      },
    }).attach(http),
  );
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  try {
    const peer = await RawPeer.connect((http.address() as AddressInfo).port);
    const write = plan.requests.map(({ text }) => text).join("") + plan.frames;
    await peer.run([{ write, cuts: plan.cuts }, ...awaited(plan), { end: plan.end }]);
    await until(() => opens === closes && servers.every(isEmpty), "the close event");
    const answers = aside(() => answersIn(peer.received));
    const is101 = answers.list.some(({ status }) => status === 101);
    if (plan.end !== "reset" && !peer.wasReset)
      assert.equal(opens, is101 ? 1 : 0, "only clients that are let in are reported");
    if (plan.end !== "reset") aside(() => check(plan, answers, delivered, peer.wasReset));
    return peer.sent;
  } finally {
    await Promise.all(servers.map((server) => server.close({ drainMs: 0 })));
    const closed = once(http, "close");
    http.close();
    http.closeAllConnections();
    await closed;
  }
}

function isEmpty({ counters }: Server): boolean {
  return counters.connections === 0;
}

/** A client that ends its half before it has been answered is not answered by node:http; so the answers are awaited. */
function awaited({ requests }: AttachPlan): readonly { readonly heads: number; readonly atMost: number }[] {
  const wanted = expectedOf(requests).length;
  return wanted === 0
    ? []
    : [{ heads: wanted, atMost: requests.some(({ status }) => status === 0) ? 30 : 5_000 }];
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  request.on("error", () => {});
  response.on("error", () => {});
  let octets = 0;
  request.on("data", (chunk: Buffer) => (octets += chunk.length));
  if (!request.readableEnded)
    await new Promise((resolve) => request.once("end", resolve).once("close", resolve));
  await turns(Math.min(10, Number(request.headers["x-late"]) || 0));
  const body = `${request.method} ${request.url} ${octets}`;
  response.setHeader("Content-Length", Buffer.byteLength(body));
  response.end(body);
}

interface Answers {
  readonly list: readonly { readonly status: number; readonly body: string }[];
  /** What came behind a 101. */
  readonly rest: Buffer;
}

function answersIn(received: Buffer): Answers {
  const list: { status: number; body: string }[] = [];
  let rest = received;
  for (;;) {
    const split = splitHead(rest);
    if (split === undefined) return { list, rest: Buffer.alloc(0) };
    const status = statusOf(split.head);
    assert.ok(status > 0, `an answer is HTTP, not ${JSON.stringify(split.head.slice(0, 60))}`);
    if (status === 101) return { list: [...list, { status, body: "" }], rest: split.rest };
    // An answer of node:http's own, without a body.
    const empty = /^transfer-encoding: *chunked/im.test(split.head) ? "0\r\n\r\n".length : 0;
    const length = Number(/^content-length: *(\d+)/im.exec(split.head)?.[1] ?? empty);
    list.push({ status, body: split.rest.subarray(0, length).toString("latin1") });
    rest = split.rest.subarray(length);
  }
}

/** Up to the first request whose answer is not known. */
function expectedOf(requests: readonly Request[]): readonly Request[] {
  const expected: Request[] = [];
  for (const request of requests) {
    if (request.status === 0) break;
    expected.push(request);
    if (request.isLast) break;
  }
  return expected;
}

function check(
  plan: AttachPlan,
  { list, rest }: Answers,
  delivered: readonly string[],
  wasReset: boolean,
): void {
  const expected = expectedOf(plan.requests);
  // Of who spoils the stream behind good requests, node:http thinks what it likes.
  const last = expected.at(-1);
  if (wasReset || last === undefined || last !== plan.requests.at(-1) || !last.isUpgrade) return;
  const isUpgrade = last.status === 101;
  const statuses = list.map(({ status }) => status);
  assert.deepEqual(
    statuses,
    expected.map(({ status }) => status),
    "each request has its answer, in order",
  );
  for (const [at, { status, body }] of expected.entries())
    if (status === 200) assert.equal(list[at]?.body, body, "the answer is the one to this request");
  if (!isUpgrade) {
    assert.deepEqual(delivered, [], "nothing is delivered without a client");
    return;
  }
  const limits = resolveLimits(DEFAULT_SERVER_LIMITS, { messageOctets: 65_536 });
  const octets = Buffer.from(plan.frames, "latin1");
  const outcome = reference(Side.Server, octets, { limits, agreement: undefined, acts: [] });
  assert.deepEqual(delivered, outcome.delivered, "what was sent is what was delivered");
  assert.deepEqual(
    saidIn(wholeFrames(rest), false),
    outcome.said,
    "what was delivered is what was sent back",
  );
}
