import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { freePort } from "@wireproof/peers";
import { ask, answered } from "../serve/raw-connection.js";
import { startMode, workFolder, writeSpec } from "./workshop.js";

const SPEC = { url: "ws://127.0.0.1:0", cases: ["1.1.1"] };
const READY = /clients are tested at (\S+?), and its pages are at \S+/;

test("fuzzingserver listens on all interfaces, and obeys no foreign page and no name made to point there", async (context) => {
  const folder = workFolder();
  writeSpec(folder, "fuzzingserver.json", SPEC);
  const { url, pages, ended } = await startMode(
    ["-m", "fuzzingserver", "-s", "fuzzingserver.json", "-u", String(await freePort())],
    folder,
    READY,
  );
  const port = Number(new URL(url).port);
  for (const target of ["/stopServer", "/updateReports?shutdownOnComplete=true"]) {
    const client = ask(context, port, target, ["Origin: http://evil.example"]);
    await client.gone();
    assert.match(client.status, / 403 /);
  }
  const web = Number(new URL(pages).port);
  for (const [host, status] of [
    ["evil.example:8080", 421],
    ["host.docker.internal:8080", 200],
    ["192.0.2.7:8080", 200],
  ] as const) {
    assert.equal(await statusOf(web, host), status, host);
  }
  await answered(context, port, "/stopServer");
  const { code, stderr } = await ended;
  assert.equal(code, 0);
  assert.match(
    stderr,
    /evil\.example"; the environment variable WSTEST_ALLOW_ORIGIN=http:\/\/evil\.example allows/,
  );
  assert.match(stderr, /the environment variable WSTEST_ALLOW_HOST=evil\.example allows/);
});

function statusOf(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, headers: { host }, agent: false }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode));
    })
      .on("error", reject)
      .end();
  });
}
