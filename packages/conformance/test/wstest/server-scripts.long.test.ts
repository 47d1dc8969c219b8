/** CI scripts that test clients, each in the form in which it is found; the client is a small one of ours. */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { connect } from "@wireproof/websocket";
import { rawClient, walkBroken, walkUndici, walkWs } from "@wireproof/peers";
import { readCase, readIndex, startServer, workFolder } from "./workshop.js";

const NO_PGREP = spawnSync("pgrep", ["--version"]).status === 0 ? false : "no pgrep";

const OUT = "./reports/clients";
const local = (url: string): string => url.replace("127.0.0.1", "localhost");

describe("scripts around a fuzzingserver", { concurrency: 2 }, () => {
  test("a service container: count, run all, updateReports, judge", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: OUT, cases: ["1.*", "4.*"], "exclude-cases": [] });
    await walkUndici({ url: local(server.url), agent: "undici" });
    server.interrupt();
    const { code, stdout } = await server.ended;
    assert.equal(code, 0);
    assert.match(stdout, /^Ok, will run 26 test cases for any clients connecting\n/);
    assert.match(stdout, /^Running test case ID 1\.1\.1 for agent undici from peer 127\.0\.0\.1$/m);
    assert.match(
      stdout,
      /\nUpdating reports, requested by peer 127\.0\.0\.1\nReport generation complete\.\n/,
    );
    const bad = ["FAILED", "WRONG CODE", "UNCLEAN", "FAILED BY CLIENT"];
    const results = Object.entries(readIndex(folder, OUT)["undici"] ?? {});
    assert.equal(results.length, 26);
    assert.deepEqual(
      results.filter(
        ([, { behavior, behaviorClose }]) => bad.includes(behavior) || bad.includes(behaviorClose),
      ),
      [],
    );
  });

  test("lines of agent, id and behavior that equal a stored file", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: OUT, cases: ["1.1.1", "1.1.2", "2.10", "10.1.1"] });
    await walkBroken("echoesWrong", {
      url: server.url,
      agent: "okhttp/4",
      report: "shutdownOnComplete=true",
    });
    assert.equal((await server.ended).code, 0);
    // jq '.[] as $in | $in | keys[] | . + " " + $in[.].behavior'
    const index = readIndex(folder, OUT);
    const lines = Object.values(index).flatMap((cases) =>
      Object.keys(cases)
        .toSorted()
        .map((id) => `${id} ${cases[id]?.behavior}`),
    );
    assert.deepEqual(lines, ["1.1.1 FAILED", "1.1.2 FAILED", "10.1.1 FAILED", "2.10 OK"]);
  });

  test("the number of cases is read from the first line", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: OUT, cases: ["7.7.*"] });
    const client = rawClient();
    for (let n = 1; n <= 13; n++) await client.echo(`${server.url}/runCase?case=${n}&agent=libsoup`);
    // Beyond the last one the opening handshake is refused, which ends loops.
    assert.equal(await client.ask(`${server.url}/runCase?case=14&agent=libsoup`), null);
    await client.ask(`${server.url}/updateReports?agent=libsoup`);
    assert.equal(Object.keys(readIndex(folder, OUT)["libsoup"] ?? {}).length, 13);
    server.interrupt();
    const { stdout } = await server.ended;
    const [, count] = /^Ok, will run (\d+) test cases for any clients connecting$/m.exec(stdout) ?? [];
    assert.equal(count, "13");
  });

  test("four connections at a time, information and status of each case", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: OUT, cases: ["2.*"] });
    const client = rawClient();
    const statuses = Array.from({ length: 11 }, (_, at) =>
      client.ask(`${server.url}/getCaseStatus?case=${at + 1}&agent=pekko`),
    );
    const infos = await Promise.all([1, 11].map((n) => client.ask(`${server.url}/getCaseInfo?case=${n}`)));
    assert.match(infos[0] ?? "", /^\{"id": "2\.1", "description": "[^"]+"\}$/);
    assert.match(infos[1] ?? "", /^\{"id": "2\.11", /);
    await walkWs({ url: server.url, agent: "pekko", connections: 4 });
    // They were asked for before there was anything to say.
    assert.deepEqual(new Set(await Promise.all(statuses)), new Set(['{"behavior": "OK"}']));
    assert.equal(Object.keys(readIndex(folder, OUT)["pekko"] ?? {}).length, 11);
    server.interrupt();
    await server.ended;
  });

  test("three agents in one index, some without some cases", async () => {
    const folder = workFolder();
    const server = await startServer(folder, {
      outdir: OUT,
      options: { failByDrop: false },
      cases: ["1.1.*"],
      "exclude-cases": ["12.*.1", "13.*.1"],
      "exclude-agent-cases": { "Tornado/py2*": ["1.1.[2-8]"] },
    });
    for (const agent of ["Tornado/py27", "Tornado/py36", "mWebSockets"]) {
      await walkWs({ url: server.url, agent, connections: 4 });
    }
    server.interrupt();
    const { stdout } = await server.ended;
    assert.match(stdout, /^Skipping test case ID 1\.1\.8 for agent Tornado\/py27 from peer 127\.0\.0\.1$/m);
    const counts = Object.entries(readIndex(folder, OUT)).map(([agent, cases]) => [
      agent,
      Object.keys(cases).length,
    ]);
    assert.deepEqual(counts, [
      ["Tornado/py27", 1],
      ["Tornado/py36", 8],
      ["mWebSockets", 8],
    ]);
  });

  test("--webport=0, spec in the working directory, agent by casetuple, the last play wins", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: OUT, cases: ["1.1.*"] }, ["--webport=0"]);
    assert.equal(server.pages, "");
    await rawClient({ corrupts: (octets) => Buffer.concat([octets, octets, Buffer.from("x")]) }).echo(
      `${server.url}/runCase?casetuple=1.1.2&agent=a+b%2Fc`,
    );
    await rawClient().echo(`${server.url}/runCase?agent=a%20b/c&casetuple=1.1.2`);
    await rawClient().ask(`${server.url}/updateReports?agent=USER_AGENT`);
    assert.equal(readIndex(folder, OUT)["a b/c"]?.["1.1.2"]?.behavior, "OK");
    server.interrupt();
    assert.equal((await server.ended).code, 0);
  });

  test("a probe until it answers, the walk, the index, and an end by SIGKILL; then all of it again", async () => {
    const folder = workFolder();
    for (const agent of ["coder", "coder again"]) {
      let pid = 0;
      const server = await startServer(
        folder,
        { outdir: OUT, cases: ["1.1.*"] },
        ["--webport=0"],
        (child) => {
          pid = child.pid ?? 0;
        },
      );
      await new Promise<void>((resolve, reject) => {
        const gone = (): void => resolve();
        connect(server.url, { close: gone, message: () => undefined }).then((ws) => ws.close(1000), reject);
      });
      await walkWs({ url: server.url, agent });
      assert.deepEqual(Object.keys(readIndex(folder, OUT)), [agent]);
      process.kill(pid, "SIGKILL");
      assert.equal((await server.ended).code, null);
    }
  });

  test("agents that file names do not tell apart, at the same time", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: OUT, cases: ["1.1.*"] });
    const agents = ["日本語", "中国話", "A b", "A_b"];
    await Promise.all(agents.map((agent) => walkWs({ url: server.url, agent })));
    server.interrupt();
    await server.ended;
    const index = readIndex(folder, OUT);
    const files = agents.flatMap((agent) =>
      Object.entries(index[agent] ?? {}).map(([id, entry]) => {
        const stored = readCase(folder, OUT, entry);
        assert.deepEqual([stored["agent"], stored["id"]], [agent, id]);
        return entry.reportfile.toLowerCase();
      }),
    );
    assert.equal(new Set(files).size, 4 * 8);
  });

  test(
    "a process of its name is found, and ends with its reports when it is asked to",
    { skip: NO_PGREP },
    async () => {
      const folder = workFolder();
      let pid = 0;
      const server = await startServer(folder, { outdir: OUT, cases: ["1.1.1"] }, ["-u", "0"], (child) => {
        pid = child.pid ?? 0;
      });
      await walkWs({ url: server.url, agent: "me" });
      // What killall would end; others on this machine are called so, too.
      const found = execFileSync("pgrep", ["-x", "wstest"], { encoding: "utf8" }).trim().split("\n");
      assert.ok(found.includes(String(pid)), found.join());
      process.kill(pid, "SIGTERM");
      assert.equal((await server.ended).code, 0);
      assert.deepEqual(Object.keys(readIndex(folder, OUT)), ["me"]);
    },
  );

  test("reports after every case, and a count of case_failed in the page", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: OUT, cases: ["1.1.1", "1.1.2"] });
    const failed = (): number =>
      readFileSync(join(folder, OUT, "index.html"), "utf8").split("case_failed").length - 1;
    const client = rawClient({ corrupts: () => Buffer.from("no") });
    const counts: number[] = [];
    for (const n of [1, 2]) {
      await client.echo(`${server.url}/runCase?case=${n}&agent=gun`);
      await client.ask(`${server.url}/updateReports?agent=gun`);
      counts.push(failed());
    }
    assert.deepEqual(counts, [3, 4]);
    await client.ask(`${server.url}/stopServer`);
    assert.equal((await server.ended).code, 0);
  });

  test("pages on the web port, reports under the path that they had in /cwd/", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: OUT, cases: ["1.1.1"] }, ["-u", "0"]);
    const probe = await fetch(local(server.url).replace("ws:", "http:"));
    assert.equal(probe.status, 200);
    await walkWs({ url: server.url, agent: "me", report: "shutdownOnComplete=yes" });
    await server.ended;
    // A port that is free now: the next process takes it.
    const port = new URL(server.url).port;
    const again = await startServer(folder, { outdir: OUT, cases: ["1.1.1"] }, ["-u", port]);
    assert.equal(new URL(again.pages).port, port);
    const index = await fetch(`${local(again.pages)}cwd/reports/clients/index.json`);
    assert.deepEqual(Object.keys((await index.json()) as object), ["me"]);
    assert.equal((await fetch(`${local(again.pages)}cwd/fuzzingserver.json`)).status, 404);
    again.interrupt();
    await again.ended;
  });

  test("a case without an agent, or one named twice, spoils nothing", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: OUT, cases: ["1.1.1"] });
    const client = rawClient();
    assert.equal(await client.ask(`${server.url}/runCase?case=1`), null);
    assert.equal(await client.ask(`${server.url}/runCase?case=1&agent=a&agent=b`), null);
    await client.echo(`${server.url}/runCase?case=1&agent=${encodeURIComponent("Größe")}`);
    await client.ask(`${server.url}/updateReports?agent=a`);
    assert.deepEqual(Object.keys(readIndex(folder, OUT)), ["Größe"]);
    server.interrupt();
    await server.ended;
  });

  test("frames without a mask may be borne with", async () => {
    const folder = workFolder();
    const verdictOf = async (options: object): Promise<string | undefined> => {
      const server = await startServer(folder, { outdir: OUT, cases: ["1.1.2"], options });
      await walkBroken("neverMasks", { url: server.url, agent: "a", report: "shutdownOnComplete=true" });
      await server.ended;
      return readIndex(folder, OUT)["a"]?.["1.1.2"]?.behavior;
    };
    assert.equal(await verdictOf({}), "FAILED");
    assert.equal(await verdictOf({ requireMaskedClientFrames: false }), "OK");
  });
});
