/** CI scripts that test servers, each in the form in which it is found; the server is a small one of ours. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import {
  mintCertificate,
  mutants,
  startEchoServer,
  startFayeServer,
  type RunningPeer,
} from "@wireproof/peers";
import { CASES } from "../../src/cases/index.js";
import { startEchoServer as startNamelessServer } from "../../src/modes/echo-server.js";
import { wireproof, wstest } from "../cli/spawn-wireproof.js";
import { during } from "../integration/play-run.js";
import { readCase, readIndex, runClient, workFolder, writeSpec, type Index } from "./workshop.js";

const OUT = "./reports/servers";
const CONTAINER_HOSTS = ["host.docker.internal", "host.testcontainers.internal", "host.containers.internal"];

/** A server that was there: its port is free. */
async function startAndClose(): Promise<RunningPeer> {
  const peer = await startEchoServer();
  await peer.close();
  return peer;
}

describe("scripts around a fuzzingclient", { concurrency: 2 }, () => {
  test("jq equality: the same index but for durations, run after run", async (context) => {
    const { url } = await during(context, startEchoServer());
    const spec = { outdir: OUT, servers: [{ agent: "Tungstenite", url }], cases: ["1.*", "5.*", "7.*"] };
    const [first, second] = [workFolder(), workFolder()];
    for (const folder of [first, second]) assert.equal((await runClient(folder, spec)).code, 0);
    // jq -S 'del(."Tungstenite" | .. | .duration?)' old.json
    const withoutDuration = (index: Index): unknown =>
      JSON.parse(JSON.stringify(index, (key, value: unknown) => (key === "duration" ? undefined : value)));
    assert.deepEqual(withoutDuration(readIndex(first, OUT)), withoutDuration(readIndex(second, OUT)));
    assert.equal(Object.keys(readIndex(first, OUT)["Tungstenite"] ?? {}).length, 16 + 20 + 37);
  });

  test("sed over the layout of index.json", async (context) => {
    const { url } = await during(context, mutants.echobin.start());
    const folder = workFolder();
    await runClient(folder, {
      outdir: OUT,
      servers: [{ agent: "libwebsockets", url }],
      cases: ["1.1.1", "1.2.1"],
    });
    const file = join(folder, OUT, "index.json");
    // Everything on lines of its own, three blanks a level, no line break at the end.
    const layout =
      /^\{\n {3}"libwebsockets": \{\n {6}"1\.1\.1": \{\n {9}"behavior": "FAILED",\n {9}"behaviorClose": "WRONG CODE",\n {9}"duration": \d+,\n {9}"remoteCloseCode": 1001,\n {9}"reportfile": "libwebsockets_case_1_1_1\.json"\n {6}\},\n {6}"1\.2\.1": \{\n[^}]+\n {6}\}\n {3}\}\n\}$/;
    assert.match(readFileSync(file, "utf8"), layout);
    const failed = execFileSync("sed", ["-n", '/"behavior": "FAILED"/=', file], { encoding: "utf8" });
    assert.equal(failed, "4\n");
    const verdicts = execFileSync("sed", ["-n", 's/^ *"behavior": "\\(.*\\)",$/\\1/p', file], {
      encoding: "utf8",
    });
    assert.equal(verdicts, "FAILED\nOK\n");
  });

  test("grep for case_failed in the page: two of them are the style and the legend", async (context) => {
    const good = await during(context, startEchoServer());
    const bad = await during(context, mutants.echobin.start());
    const countFailed = async (url: string): Promise<number> => {
      const folder = workFolder();
      await runClient(folder, {
        outdir: OUT,
        servers: [{ agent: "cowboy", url }],
        cases: ["1.1.1", "1.2.1"],
      });
      const page = readFileSync(join(folder, OUT, "index.html"), "utf8");
      return page.split("case_failed").length - 1;
    };
    assert.equal(await countFailed(good.url), 2);
    assert.equal(await countFailed(bad.url), 3);
  });

  test("-w with a spec file in the working directory that names no servers", async (context) => {
    // It has no Server header.
    const { url } = await during(
      context,
      startNamelessServer({ host: "127.0.0.1", port: 0, path: undefined, tls: undefined }),
    );
    const cwd = workFolder();
    // The lists come from variables of the environment, one of them empty, split at commas.
    const cases = "1.1.*,7.1.2".split(",");
    writeSpec(cwd, "fuzzingclient.json", {
      outdir: "/".concat(cwd, "/r"),
      cases,
      "exclude-cases": "".split(","),
    });
    const { code, stdout } = await wstest(["--mode", "fuzzingclient", "-w", url], { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /^Ok, will run 9 test cases against 1 servers$/m);
    const index = readIndex(cwd, "r");
    assert.deepEqual(Object.keys(index), ["UnknownServer"]);
    assert.equal(index["UnknownServer"]?.["1.1.1"]?.behavior, "OK");
  });

  test("options of the file, options of a server, and an xfail dictionary", async (context) => {
    const { url } = await during(context, mutants.masked.start());
    const folder = workFolder();
    const { stderr } = await runClient(folder, {
      options: { failByDrop: true },
      outdir: OUT,
      servers: [
        { agent: "dropped", url, options: { version: 18 } },
        { agent: "closed", url, options: { failByDrop: false } },
        { agent: "borne", url, options: { acceptMaskedServerFrames: true } },
      ],
      cases: ["1.1.2"],
    });
    assert.equal(stderr, "");
    const index = readIndex(folder, OUT);
    const facts = ["dropped", "closed", "borne"].map((agent) => {
      const { localCloseCode, droppedByMe, behavior } = readCase(folder, OUT, index[agent]?.["1.1.2"]);
      return [behavior, localCloseCode, droppedByMe];
    });
    assert.deepEqual(facts, [
      ["FAILED", null, true],
      ["FAILED", 1002, false],
      ["OK", 1000, false],
    ]);
    // for agent, cases in index: result["behaviorClose"] not in ("OK", "INFORMATIONAL") → look up in xfail
    const strict = Object.values(index).map((cases) => cases["1.1.2"]?.behaviorClose);
    assert.ok(strict.every((behavior) => typeof behavior === "string"));
  });

  test("failures that are known by what they say", async (context) => {
    const { url } = await during(context, mutants.sloppy.start());
    const gone = await during(context, mutants.instantdrop.start());
    const folder = workFolder();
    await runClient(folder, {
      options: { failByDrop: true },
      outdir: OUT,
      servers: [
        { agent: "AutobahnServer", url },
        { agent: "drops", url: gone.url },
      ],
      cases: ["1.1.1", "3.4", "7.9.5", "9.1.1", "9.1.4", "9.2.4"],
    });
    const index = readIndex(folder, OUT);
    // [r for r in results if r["behaviorClose"] not in ("OK", "INFORMATIONAL") and r["result"] != xfail.get(r["id"])]
    const unknown = (agent: string, known: Readonly<Record<string, string>>): readonly unknown[] =>
      Object.entries(index[agent] ?? {}).flatMap(([id, entry]) => {
        if (["OK", "INFORMATIONAL"].includes(entry.behaviorClose)) return [];
        const { result } = readCase(folder, OUT, entry);
        return result === known[id] ? [] : [{ id, result }];
      });
    assert.deepEqual(
      unknown("AutobahnServer", {
        "3.4": "Actual events differ from any expected.",
        "7.9.5": "The close code should have been 1002 or empty",
      }),
      [],
    );
    assert.deepEqual(
      unknown("drops", {
        "1.1.1": "Actual events differ from any expected.",
        "9.1.1": "Did not receive message within 10 seconds.",
        "9.1.4": "Did not receive message within 100 seconds.",
        "9.2.4": "Did not receive message within 10 seconds.",
      }),
      [],
    );
    // The list is looked at: without it there is something to say.
    assert.equal(unknown("drops", {}).length, 4);
  });

  test("agents with slashes and paths, and exclusions for some of them", async (context) => {
    const { url } = await during(context, startEchoServer());
    const folder = workFolder();
    const { stdout } = await runClient(folder, {
      outdir: OUT,
      servers: ["ws", "wsutil", "helpers/low"].map((agent) => ({ agent, url: `${url}/${agent}` })),
      cases: ["1.1.*"],
      "exclude-cases": [],
      "exclude-agent-cases": { "helpers/*": ["1.1.[1-7]"], wsutil: ["1.1.8"] },
    });
    const index = readIndex(folder, OUT);
    assert.deepEqual(
      Object.entries(index).map(([agent, cases]) => [agent, Object.keys(cases).length]),
      [
        ["helpers/low", 1],
        ["ws", 8],
        ["wsutil", 7],
      ],
    );
    assert.equal(index["helpers/low"]?.["1.1.8"]?.reportfile, "helpers_low_case_1_1_8.json");
    assert.match(stdout, /^Skipping test case ID 1\.1\.8 for agent wsutil from peer ws:/m);
  });

  test("a class in a pattern, and servers with and without TLS", async (context) => {
    const tls = await mintCertificate();
    const plain = await during(context, startEchoServer({ perMessageDeflate: true }));
    const secure = await during(context, startEchoServer({ tls }));
    const folder = workFolder();
    const { stdout } = await runClient(folder, {
      outdir: OUT,
      servers: [
        { agent: "non-tls", url: plain.url },
        { agent: "tls", url: secure.url, hostname: "localhost" },
      ],
      cases: ["*"],
      "exclude-cases": ["1[1-4].*", "[2-9].*", "1.2.*"],
    });
    assert.match(stdout, /^Ok, will run 9 test cases against 2 servers$/m);
    const index = readIndex(folder, OUT);
    for (const agent of ["non-tls", "tls"]) {
      const verdicts = Object.values(index[agent] ?? {}).map(({ behavior }) => behavior);
      assert.deepEqual(
        verdicts,
        Array.from({ length: 9 }, () => "OK"),
        agent,
      );
    }
  });

  test("two servers without a name are called by their headers, and neither is lost", async (context) => {
    const first = await during(context, startEchoServer());
    const second = await during(context, startEchoServer());
    const folder = workFolder();
    const servers = [{ url: first.url, options: { version: 18 } }, { url: second.url }];
    const { stderr } = await runClient(folder, { outdir: OUT, servers, cases: ["1.1.1"] });
    assert.match(
      stderr,
      /^wstest: there are two servers "wireproof-echo\S+": this one is "wireproof-echo.+ \(2\)"$/m,
    );
    const names = Object.keys(readIndex(folder, OUT));
    assert.equal(names.length, 2);
    assert.match(names[0] ?? "", /^wireproof-echo\/[\d.]+$/);
    assert.equal(names[1], `${names[0]} (2)`);
  });

  test("globs of sections, and a predicate on both words", async (context) => {
    const { url } = await during(context, startFayeServer());
    const folder = workFolder();
    const cases = ["1.*", "2.*", "3.*", "4.*"];
    await runClient(folder, {
      outdir: OUT,
      servers: [{ agent: "deno_websocket", url }],
      cases,
      "exclude-cases": [],
    });
    const index = readIndex(folder, OUT)["deno_websocket"] ?? {};
    const wanted = CASES.filter(({ id }) => /^[1-4]\./.test(id)).map(({ id }) => id);
    assert.deepEqual(Object.keys(index), wanted.toSorted());
    const failed = Object.values(index).filter(
      ({ behavior }) => behavior !== "OK" && behavior !== "INFORMATIONAL" && behavior !== "NON-STRICT",
    );
    assert.deepEqual(failed, []);
  });

  test("a server that is not there costs the others nothing, and the exit code is 0", async (context) => {
    const { url } = await during(context, startEchoServer());
    const gone = await startEchoServer();
    await gone.close();
    const folder = workFolder();
    const servers = [
      { agent: "gone", url: gone.url },
      { agent: "here", url },
    ];
    const spec = { outdir: OUT, servers, cases: ["1.1.1"] };
    const { code, stdout, stderr } = await runClient(folder, spec, { env: { WSTEST_WAIT: "0" } });
    assert.equal(code, 0);
    assert.deepEqual(Object.keys(readIndex(folder, OUT)), ["here"]);
    assert.match(stderr, /none of its cases is run/);
    assert.match(stdout, /Report generation complete\.\n$/);
    const strict = await runClient(folder, spec, {
      env: { WSTEST_EXIT: "strict", WSTEST_WAIT: "0" },
    });
    assert.equal(strict.code, 3);
  });

  test("a server that comes up when wstest has looked for it already is tested", async (context) => {
    const { url } = await startAndClose();
    const folder = workFolder();
    let server: Promise<RunningPeer> | undefined;
    context.after(async () => (await server)?.close());
    const spec = { outdir: OUT, servers: [{ agent: "late", url }], cases: ["1.1.*"] };
    const { stderr } = await runClient(folder, spec, {
      onStderr: (soFar) => {
        if (/it is tried again for 10 s/.test(soFar)) {
          server ??= startEchoServer({ port: Number(new URL(url).port) });
        }
      },
    });
    assert.equal(Object.keys(readIndex(folder, OUT)["late"] ?? {}).length, 8, stderr);
    assert.equal(stderr.split("\n").length, 2, stderr);
  });

  for (const host of CONTAINER_HOSTS) {
    test(`${host}, where nobody knows that name, is this machine, which is said once`, async (context) => {
      const { url } = await during(context, startEchoServer());
      const folder = workFolder();
      const there = url.replace("127.0.0.1", host);
      const servers = [
        { agent: "a", url: there },
        { agent: "b", url: `${there}/path` },
      ];
      const { code, stderr } = await runClient(folder, { outdir: OUT, servers, cases: ["1.1.*"] });
      const counts = Object.values(readIndex(folder, OUT)).map((cases) => Object.keys(cases).length);
      assert.deepEqual([code, counts], [0, [8, 8]], stderr);
      assert.equal(stderr, `wstest: ${host} cannot be reached from here: localhost is used instead\n`);
    });
  }

  test("the same name on the command line of wireproof", async (context) => {
    const { url } = await during(context, startEchoServer());
    const there = url.replace("127.0.0.1", "host.docker.internal");
    const { code, stdout } = await wireproof(["test", there, "--cases", "1.1.*", "--out", workFolder()]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /localhost is used instead/);
  });

  test("nobody is there: the index is an empty object", async () => {
    const gone = await startEchoServer();
    await gone.close();
    const folder = workFolder();
    const spec = { outdir: OUT, servers: [{ url: gone.url }], cases: ["1.1.1"] };
    const { code, stderr } = await runClient(folder, spec, { env: { WSTEST_WAIT: "0.3" } });
    assert.equal(code, 0);
    assert.match(
      stderr,
      /^wstest: \S+ refused the connection: nothing listens there; it is tried again for 1 s$/m,
    );
    assert.match(stderr, /nothing listens there \(tried 4 times\); none of its cases is run$/m);
    assert.equal(readFileSync(join(folder, OUT, "index.json"), "utf8"), "{}");
  });

  test("failures end with 0, and with 1 for those who ask for it; exclusions are none", async (context) => {
    const { url } = await during(context, mutants.echobin.start());
    const folder = workFolder();
    const spec = { outdir: OUT, servers: [{ agent: "a", url }], cases: ["1.1.1", "1.2.1"] };
    assert.equal((await runClient(folder, spec)).code, 0);
    const env = { WSTEST_EXIT: "strict" };
    assert.equal((await runClient(folder, spec, { env })).code, 1);
    const lenient = { ...spec, "exclude-agent-cases": { a: ["1.1.*"] } };
    assert.equal((await runClient(folder, lenient, { env })).code, 0);
  });

  test("one connection at a time, for those who ask for it", async (context) => {
    const { url } = await during(context, startEchoServer());
    const folder = workFolder();
    const spec = { outdir: OUT, servers: [{ agent: "a", url }], cases: ["1.1.*"] };
    await runClient(folder, spec, { env: { WSTEST_CONCURRENCY: "1" } });
    const lines = readFileSync(join(folder, OUT, "run.ndjson"), "utf8")
      .trimEnd()
      .split("\n");
    const events = lines.map((line) => JSON.parse(line) as { type: string });
    const order = events.flatMap(({ type }) => (type === "case-start" || type === "case-end" ? [type] : []));
    assert.deepEqual(order.slice(0, 4), ["case-start", "case-end", "case-start", "case-end"]);
  });

  test("files lie flat, two a case, with the index and the run file", async (context) => {
    const { url } = await during(context, startEchoServer());
    const folder = workFolder();
    await runClient(folder, {
      outdir: OUT,
      servers: [{ agent: "WebSocket-Node 1.0.27", url }],
      cases: ["2.1", "10.1.1"],
    });
    assert.deepEqual(readdirSync(join(folder, OUT)).toSorted(), [
      "index.html",
      "index.json",
      "run.ndjson",
      "websocket_node_1_0_27_case_10_1_1.html",
      "websocket_node_1_0_27_case_10_1_1.json",
      "websocket_node_1_0_27_case_2_1.html",
      "websocket_node_1_0_27_case_2_1.json",
    ]);
  });
});
