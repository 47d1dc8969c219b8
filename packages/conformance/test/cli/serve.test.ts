import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { mintCertificate, walkBroken, walkWs, freePort } from "@wireproof/peers";
import type { RunEvent } from "../../src/run/event.js";
import type { JsonSummary } from "../../src/report/json.js";
import { answered, ask, RawConnection } from "../serve/raw-connection.js";
import { wireproofHere } from "./run-here.js";
import { wireproof, type Outcome } from "./spawn-wireproof.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();
let folders = 0;

interface Running {
  readonly url: string;
  readonly port: number;
  /** Where the pages are; empty without any. */
  readonly pages: string;
  readonly out: string;
  readonly ended: Promise<Outcome>;
  readonly interrupt: () => void;
}

/** Starts `wireproof serve` on a free port, with a report folder of its own, and resolves when it listens. */
async function served(args: readonly string[]): Promise<Running> {
  const out = join(root, String(++folders), "report");
  const where = ["--port", "0", "--out", out, ...(args.includes("--web-port") ? [] : ["--web-port", "0"])];
  let interrupt: () => void = () => undefined;
  let ended: Promise<Outcome> | undefined;
  const line = await new Promise<string>((resolve, reject) => {
    ended = wireproof(["serve", ...args, ...where], {
      onStderr: (soFar, child) => {
        interrupt = () => void child.kill("SIGINT");
        if (soFar.includes("\n")) resolve(soFar);
      },
    });
    ended.then(({ stderr }) => reject(new Error(stderr)), reject);
  });
  const url = /clients are tested at (\S+?),? /.exec(`${line.trim()} `)?.[1] ?? assert.fail(line);
  const pages = /pages are at (\S+)/.exec(line)?.[1] ?? "";
  return {
    url,
    port: Number(new URL(url).port),
    pages,
    out,
    ended: ended ?? assert.fail(),
    interrupt: () => interrupt(),
  };
}

function eventsOf(out: string): RunEvent[] {
  const lines = readFileSync(join(out, "run.ndjson"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as RunEvent);
}

/** Takes a port that is free, until the test is over. */
async function takenPort(context: { after(callback: () => void): void }): Promise<number> {
  const server: Server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test("a conforming client: exit code 0, every default report, and an end after it", async () => {
  const { url, out, ended } = await served(["--cases", "1.1.1,2.1,7.1.1", "--once"]);
  await walkWs({ url, agent: "Some/1.0 client" });
  const { code, stdout, stderr } = await ended;
  assert.equal(code, 0);
  assert.match(stderr, /^wireproof: clients are tested at ws:\/\/127\.0\.0\.1:\d+\n$/);
  assert.match(stdout, /^Testing Some\/1\.0 client at 127\.0\.0\.1: 3 cases\n[^]*3 pass[^]*3 results in/);
  const files = readdirSync(out).filter((name) => !name.startsWith("."));
  assert.deepEqual(files.toSorted(), ["report.html", "run.ndjson", "summary.json"]);
  assert.equal(stdout.trimEnd().split("\n").at(-1), join(out, "report.html"));
  assert.equal(eventsOf(out).at(-1)?.type, "run-end");
});

test("the reports are written when the client gets its answer", async (context) => {
  const { url, port, out, interrupt, ended } = await served([
    "--cases",
    "1.1.1,1.1.2",
    ...["terminal", "json", "autobahn"].flatMap((name) => ["--reporter", name]),
  ]);
  await walkWs({ url, agent: "first", cases: [1], report: "x=1" });
  const index = (): unknown => JSON.parse(readFileSync(join(out, "index.json"), "utf8"));
  const summary = (): JsonSummary =>
    JSON.parse(readFileSync(join(out, "summary.json"), "utf8")) as JsonSummary;
  assert.deepEqual(Object.keys(index() as object), ["first"]);
  assert.deepEqual([summary().totals, summary().peers[0]?.notRun], [null, ["1.1.2"]]);
  await walkWs({ url, agent: "second", connections: 2 });
  assert.deepEqual(Object.keys(index() as object), ["first", "second"]);
  assert.deepEqual(summary().peers[1]?.notRun, []);
  await answered(context, port, "/updateReports?agent=third");
  interrupt();
  const { code, stdout } = await ended;
  assert.equal(code, 1);
  // The second has been summed up before, and the end says what is still unsaid.
  assert.equal(stdout.match(/^second at 127\.0\.0\.1$/gm)?.length, 1);
  assert.match(stdout, /^first at 127\.0\.0\.1$[^]*Not run \(1\) +1\.1\.2/m);
  assert.ok(summary().totals !== null && !summary().totals?.interrupted);
});

test("foreign pages are reported once, with the option that allows them; allowed ones connect", async (context) => {
  const line = ["--cases", "1.1.1", "--allow-origin", "https://friend.example", "--web-port", "0"];
  const { port, ended } = await served([
    ...line,
    "--allow-host",
    "Tester.Example.",
    "--allow-origin",
    "null",
  ]);
  const foreign = ["Origin: https://evil.example"];
  for (const target of ["/stopServer", "/updateReports?shutdownOnComplete=true"]) {
    const client = ask(context, port, target, foreign);
    await client.gone();
    assert.match(client.status, / 403 /);
  }
  for (const origin of ["https://friend.example", "null"]) {
    const client = ask(context, port, "/getCaseCount", [`Origin: ${origin}`]);
    await client.until(({ frames }) => frames.length === 2);
  }
  const named = new RawConnection(port);
  named.send("GET / HTTP/1.1\r\nHost: tester.example:1\r\n\r\n");
  await named.gone();
  assert.match(named.status, / 200 /);
  await answered(context, port, "/stopServer");
  const { stderr } = await ended;
  const hint = "--allow-origin 'https://evil.example'|--allow-origin https://evil.example";
  const refused = `refused a request from a page of the origin "https://evil\\.example"; (?:${hint}) allows`;
  assert.equal(stderr.match(new RegExp(refused, "g"))?.length, 1, stderr);
});

test("a text that is no host or no origin cannot be allowed", async () => {
  for (const [flag, value] of [
    ["--allow-host", "http://example.org"],
    ["--allow-host", "a b"],
    ["--allow-origin", "example.org"],
    ["--allow-origin", "https://example.org/path"],
    ["--allow-origin", "*"],
  ] as const) {
    const { code, stderr } = await wireproofHere(["serve", flag, value]);
    assert.equal(code, 2);
    assert.ok(stderr.startsWith(`wireproof: ${flag} takes `), stderr);
  }
});

test("a broken client: exit code 1, and how to test it again", async () => {
  const { url, ended } = await served(["--cases", "1.1.2", "--once", "--messages", "full"]);
  await walkBroken("echoesWrong", { url, agent: "wrong" });
  const { code, stdout } = await ended;
  assert.equal(code, 1);
  assert.match(stdout, /Again +wireproof serve --port \d+ --cases 1\.1\.2 --messages full/);
});

test("everything is written as it comes: a kill loses the case in flight at most", async (context) => {
  const { url, port, out, ended, interrupt } = await served(["--cases", "1.1.1,1.1.2"]);
  await walkWs({ url, agent: "a", cases: [1] });
  const inFlight = ask(context, port, "/runCase?case=2&agent=a");
  await inFlight.until(({ frames }) => frames.length === 1);
  // What a kill would leave behind at this moment.
  const left = eventsOf(out).map((event) => `${event.type} ${"case" in event ? event.case : ""}`);
  assert.ok(left.includes("case-end 1.1.1"), left.join());
  interrupt();
  const { code, stderr } = await ended;
  assert.equal(code, 1);
  assert.match(stderr, /interrupted; writing reports/);
  const last = eventsOf(out).at(-1);
  assert.ok(last?.type === "run-end" && last.totals.interrupted);
  assert.deepEqual(last.totals.outcomes, { pass: 1 });
});

test("/stopServer ends it; without a client nothing was tested: exit code 1", async (context) => {
  const { port, ended } = await served(["--cases", "1.1.1"]);
  await answered(context, port, "/stopServer");
  assert.equal((await ended).code, 1);
});

test("TLS, with a certificate that is made for the run and with one from files", async () => {
  const minted = await mintCertificate();
  mkdirSync(root, { recursive: true });
  const [cert, key] = [join(root, "cert.pem"), join(root, "key.pem")];
  writeFileSync(cert, minted.cert);
  writeFileSync(key, minted.key);
  const files = await served(["--cases", "1.1.1", "--once", "--cert", cert, "--key", key]);
  assert.match(files.url, /^wss:/);
  const url = files.url.replace("127.0.0.1", "localhost");
  await walkWs({ url, agent: "a", ca: minted.cert });
  assert.equal((await files.ended).code, 0);
  const own = await served(["--cases", "1.1.1", "--tls"]);
  assert.match(own.url, /^wss:/);
  own.interrupt();
  assert.equal((await own.ended).code, 1);
});

test("the web port has a page and the reports of the folder, and nothing of the working directory", async (context) => {
  const port = await freePort();
  const running = await served(["--cases", "1.1.1", "--web-port", String(port)]);
  context.after(() => running.interrupt());
  assert.equal(running.pages, `http://127.0.0.1:${port}/`);
  await walkWs({ url: running.url, agent: "a" });
  const page = await (await fetch(running.pages)).text();
  assert.match(page, /<td>a<\/td><td>1 of 1 case<\/td>/);
  assert.match(page, /href="\/reports\/report\.html"/);
  assert.match(page, /href="\/browser"/);
  assert.match(page, /href="\/live\/"/);
  assert.equal(
    (await fetch(new URL("/live/", running.pages))).headers.get("content-type"),
    "text/html; charset=utf-8",
  );
  const live = await fetch(new URL("/live/events", running.pages));
  let text = "";
  for await (const chunk of live.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (text.includes('"case-end"') || text.includes('"type":"result"')) break;
  }
  assert.match(text, /"1\.1\.1"/);
  const browser = await (await fetch(new URL("/browser", running.pages))).text();
  assert.match(browser, new RegExp(`"url":"${running.url}","cases":\\[{"id":"1\\.1\\.1"`));
  const summary = await fetch(new URL("/reports/summary.json", running.pages));
  assert.equal(await summary.text(), readFileSync(join(running.out, "summary.json"), "utf8"));
  assert.equal((await fetch(new URL("/package.json", running.pages))).status, 404);
  running.interrupt();
  assert.equal((await running.ended).code, 0);
});

test("what cannot be is refused before anything begins: exit code 2 and one sentence", async (context) => {
  const taken = await takenPort(context);
  const out = join(root, "refused");
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [["--port", String(taken)], /^wireproof: port \d+ is in use; choose another with --port N\n$/],
    [["--port", "0", "--web-port", String(taken)], /port \d+ is in use; choose another with --web-port N\n$/],
    [["--port", "70000"], /--port takes a whole number from 0 to 65535/],
    [["--host", "a b"], /--host takes an address or a host name/],
    [["--host", "192.0.2.1"], /^wireproof: --host: this machine has no address "192\.0\.2\.1"\n$/],
    [["--cert", "absent.pem", "--key", "absent.pem"], /--cert: cannot read "absent\.pem"/],
    [["--cases", "99.*"], /no case matches "99\.\*"/],
    [["ws://127.0.0.1"], /ws:\/\/127\.0\.0\.1/],
  ];
  for (const [args, sentence] of refused) {
    const { code, stderr } = await wireproofHere(["serve", ...args, "--out", out]);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, sentence);
  }
});

test("a certificate without its key, and a file that is none, are refused", async () => {
  const file = join(root, "nonsense.pem");
  writeFileSync(file, "nonsense");
  for (const args of [
    ["--cert", file],
    ["--cert", file, "--key", file],
  ]) {
    const { code, stderr } = await wireproofHere(["serve", ...args, "--out", join(root, "no")]);
    assert.equal(code, 2);
    assert.match(stderr, /^wireproof: [^\n]*--(cert|key)[^\n]*\n$/);
  }
});
