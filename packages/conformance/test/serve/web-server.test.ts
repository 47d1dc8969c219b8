import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { overviewPage } from "../../src/serve/overview-page.js";
import { reportFiles, reportNames } from "../../src/serve/report-files.js";
import { startWebServer, type WebServer } from "../../src/serve/web-server.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const root = temporaryFolder();
const folder = join(root, "report");
const agents = ["<b>evil\u001b</b>"];
let web: WebServer;

before(async () => {
  mkdirSync(join(folder, "folder.json"), { recursive: true });
  writeFileSync(join(root, "secret.json"), "secret");
  writeFileSync(join(folder, "index.json"), '{"a": 1}');
  writeFileSync(join(folder, "empty.json"), "");
  writeFileSync(join(folder, "a_case_1_1_1.json"), "{}");
  writeFileSync(join(folder, "report <1>.html"), "<p>report");
  writeFileSync(join(folder, ".wireproof-run"), "1");
  writeFileSync(join(folder, ".hidden.json"), "1");
  writeFileSync(join(folder, "key.pem"), "secret");
  symlinkSync(join(root, "secret.json"), join(folder, "link.json"));
  const overview = { url: "ws://127.0.0.1:9001", cases: 2, agents, missing: () => ["1.1.1"] };
  const handlers = [overviewPage(overview, folder), reportFiles(folder)];
  web = await startWebServer({ host: "127.0.0.1", port: 0, handlers });
});
after(() => web.close());

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks for a path exactly as it is written. */
function ask(path: string, options: { method?: string; host?: string } = {}): Promise<Answer> {
  const { port } = new URL(web.url);
  const { method = "GET", host = `127.0.0.1:${port}` } = options;
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path, method, headers: { host }, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (text: string) => (body += text));
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, body }));
    })
      .on("error", reject)
      .end();
  });
}

test("the first page says what runs, and escapes what clients call themselves", async () => {
  const { status, body, headers } = await ask("/");
  assert.equal(status, 200);
  assert.equal(headers["content-type"], "text/html; charset=utf-8");
  assert.match(body, /<code>ws:\/\/127\.0\.0\.1:9001<\/code> with 2 cases/);
  assert.match(body, /&#60;b&#62;evil\\x1b&#60;\/b&#62;<\/td><td>1 of 2 cases/);
  assert.match(body, /href="\/reports\/report%20%3C1%3E\.html">report &#60;1&#62;\.html/);
  assert.ok(!body.includes("_case_") && !body.includes("secret"), body);
});

test("the reports of the folder are served, and nothing else in it", () => {
  assert.deepEqual(reportNames(folder), ["a_case_1_1_1.json", "empty.json", "index.json", "report <1>.html"]);
  assert.deepEqual(reportNames(join(root, "absent")), []);
});

test("a report comes with its type, and cannot load or be taken for anything", async () => {
  const { status, headers, body } = await ask("/reports/index.json?x=1");
  assert.deepEqual([status, body], [200, '{"a": 1}']);
  assert.equal(headers["content-type"], "application/json; charset=utf-8");
  assert.equal(headers["x-content-type-options"], "nosniff");
  assert.match(String(headers["content-security-policy"]), /^default-src 'none'; /);
  assert.equal((await ask("/reports/report%20%3C1%3E.html")).body, "<p>report");
  assert.equal((await ask("/reports/empty.json")).body, "");
});

test("HEAD", async () => {
  const { status, headers, body } = await ask("/reports/index.json", { method: "HEAD" });
  assert.deepEqual([status, headers["content-length"], body], [200, "8", ""]);
});

describe("there is no way out of the folder", () => {
  const paths = [
    "/reports/../secret.json",
    "/reports/..%2fsecret.json",
    "/reports/%2e%2e/secret.json",
    "/reports/..\\secret.json",
    "/reports//etc/passwd",
    "/reports/%2fetc%2fpasswd",
    "/reports/link.json",
    "/reports/folder.json",
    "/reports/key.pem",
    "/reports/.hidden.json",
    "/reports/",
    "/reports/index.json%00",
    "/reports/%",
    "/cwd/package.json",
    "/index.json",
    "*",
  ];
  for (const path of paths) {
    test(path, async () => {
      const { status, body } = await ask(path);
      assert.deepEqual([status, body], [404, "There is no such page.\n"]);
    });
  }
});

test("nothing but GET and HEAD", async () => {
  const { status, headers } = await ask("/", { method: "POST" });
  assert.deepEqual([status, headers["allow"]], [405, "GET, HEAD"]);
});

test("a name that was made to point here is turned away", async () => {
  assert.equal((await ask("/", { host: "evil.example:8080" })).status, 421);
  assert.equal((await ask("/", { host: "localhost" })).status, 200);
  assert.equal((await ask("/", { host: "[::1]:8080" })).status, 200);
});

describe("places are not held for ever", { concurrency: true }, () => {
  const limits = { connections: 3, requestMs: 100, keepAliveMs: 50, silenceMs: 100 };
  const big = "x".repeat(64 * 1024 * 1024);
  const idlers: readonly (readonly [string, string])[] = [
    ["by those who say nothing", ""],
    ["by heads that do not end", "GET / HTTP/1.1\r\nHost: localhost\r\nX: "],
    ["by bodies that do not end", "GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n1"],
    ["between two requests", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ["by those who do not read an answer", "GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ];
  for (const [name, octets] of idlers) {
    test(name, async () => {
      const handlers = [
        (_request: unknown, response: { end(body: string): unknown }, path: string): boolean => {
          response.end(path === "/big" ? big : "");
          return true;
        },
      ];
      const small = await startWebServer({ host: "127.0.0.1", port: 0, handlers, limits });
      const port = Number(new URL(small.url).port);
      const isReading = !octets.includes("/big");
      // Seen from the other end: a client that does not read hears of no end.
      const gone = Array.from({ length: limits.connections }, () => placeOf(port, octets, isReading));
      await Promise.all(gone.map(({ taken }) => taken));
      while ((await pageOf(port)) === null);
      for (const { socket } of gone) socket.destroy();
      await small.close();
    });
  }
});

/** A connection that sends this and nothing more. */
function placeOf(
  port: number,
  octets: string,
  isReading: boolean,
): { readonly socket: Socket; readonly taken: Promise<unknown> } {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true }).on("error", () => undefined);
  if (isReading) socket.resume();
  else socket.pause();
  socket.write(octets);
  return { socket, taken: new Promise((resolve) => socket.once("connect", resolve)) };
}

/** The status of a page; null where there was no place. */
function pageOf(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    request({ host: "127.0.0.1", port, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode ?? null));
    })
      .on("error", () => resolve(null))
      .end();
  });
}

test("octets that are no HTTP do no harm", async () => {
  const socket = connect(Number(new URL(web.url).port), "127.0.0.1").on("error", () => undefined);
  const gone = new Promise((resolve) => socket.once("close", resolve));
  socket.resume().end("\u0000\u0001 nonsense\r\n\r\n");
  await gone;
  assert.equal((await ask("/")).status, 200);
});

test("a port that is in use is an error of the system", async () => {
  const port = Number(new URL(web.url).port);
  await assert.rejects(startWebServer({ host: "127.0.0.1", port, handlers: [] }), { code: "EADDRINUSE" });
});
