import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { startEchoServer, type RunningPeer } from "@wireproof/peers";
import type { PageDetail } from "../../src/report/page/page-event.js";
import { temporaryFolder } from "./temporary-folder.js";

const MAIN = fileURLToPath(new URL("../../../bin/wireproof.js", import.meta.url));
const folder = temporaryFolder();
let echo: RunningPeer;
before(async () => {
  echo = await startEchoServer();
});
after(() => echo.close());

test("test --ui: the page is there during the run and stays until Ctrl-C, with the exit code of the run", async () => {
  const out = join(folder, "report");
  const args = ["test", echo.url, "--cases", "1.1.1,5.20", "--ui", "--out", out, "--reporter", "json"];
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "ignore", "pipe"] });
  const exit = once(child, "exit");
  const said: string[] = [];
  let url = "";
  for await (const line of createInterface(child.stderr)) {
    said.push(line);
    url = /live at (\S+)$/.exec(line)?.[1] ?? url;
    if (!line.includes("stays at")) continue;
    assert.match(await (await fetch(url)).text(), /<title>Wireproof report<\/title>/);
    const detail = (await (await fetch(`${url}detail?peer=peer-1&case=5.20`)).json()) as PageDetail;
    assert.equal(detail.end.verdict.outcome, "pass");
    child.kill("SIGINT");
  }
  assert.match(said.join("\n"), /the report is live at http:\/\/127\.0\.0\.1:\d+\//);
  assert.deepEqual(await exit, [0, null]);
  await assert.rejects(fetch(url));
});
