/** Whole runs as they are stored: verdicts, key sets and file names, octet for octet. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { mutants, startEchoServer, walkWs } from "@wireproof/peers";
import { during } from "../integration/play-run.js";
import { assertGolden } from "../report/golden.js";
import { runClient, startServer, workFolder } from "./workshop.js";

const OUT = "r";
const BASIC = ["1.*", "2.*", "3.*", "4.*", "5.*", "6.*", "7.*", "10.*"];

/** The keys of a case's file, which scripts and pages of others rely on. */
const KEYS =
  "agent,behavior,behaviorClose,case,closedByMe,createStats,createWirelog,description,droppedByMe,duration," +
  "expectation,expected,expectedClose,failedByMe,httpRequest,httpResponse,id,isServer,localCloseCode," +
  "localCloseReason,received,remoteCloseCode,remoteCloseReason,reportCompressionRatio,reportTime,result,resultClose," +
  "rxFrameStats,rxOctetStats,started,trafficStats,txFrameStats,txOctetStats,wasClean,wasCloseHandshakeTimeout," +
  "wasNotCleanReason,wasOpenHandshakeTimeout,wasServerConnectionDropTimeout,wirelog";

/** Compares what a run left behind with what is stored. How long cases took is left out. */
function assertRun(folder: string, name: string): void {
  const names = readdirSync(join(folder, OUT)).toSorted();
  const index = readFileSync(join(folder, OUT, "index.json"), "utf8");
  assertGolden(`wstest/${name}.index.json`, index.replaceAll(/"duration": \d+/g, '"duration": 0'));
  assertGolden(`wstest/${name}.files.txt`, `${names.join("\n")}\n`);
  for (const file of names.filter((one) => /_case_.+\.json$/.test(one))) {
    const text = readFileSync(join(folder, OUT, file), "utf8");
    assert.equal(Object.keys(JSON.parse(text) as object).join(), KEYS, file);
    assert.match(text, /^\{\n {3}"agent": "/);
    assert.ok(text.endsWith("\n}"), file);
  }
}

describe("golden runs", { concurrency: 2 }, () => {
  test("a server that behaves", async (context) => {
    const { url } = await during(context, startEchoServer());
    const folder = workFolder();
    await runClient(folder, { outdir: OUT, servers: [{ agent: "ws/8", url }], cases: BASIC });
    assertRun(folder, "server");
  });

  test("servers that do not", async (context) => {
    const servers = await Promise.all(
      (["echobin", "nodrop", "reject"] as const).map(async (agent) => {
        const { url } = await during(context, mutants[agent].start());
        return { agent, url };
      }),
    );
    const folder = workFolder();
    const cases = ["1.1.1", "1.2.1", "7.1.2", "7.13.1"];
    await runClient(folder, { outdir: OUT, servers, cases });
    assertRun(folder, "broken-servers");
  });

  test("a client that behaves", async () => {
    const folder = workFolder();
    const server = await startServer(folder, { outdir: OUT, cases: BASIC });
    await walkWs({ url: server.url, agent: "ws client", connections: 8, report: "shutdownOnComplete=true" });
    assert.equal((await server.ended).code, 0);
    assertRun(folder, "client");
  });
});
