/** What Prometheus itself says of the text: `promtool check metrics`, which complains about names and helps as well. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

import { metrics } from "../../src/metrics/index.js";
import { Server } from "../../src/server/server.js";

const isMissing = spawnSync("promtool", ["--version"]).error !== undefined;
const skip = isMissing && "promtool is not installed: it is part of Debian's package prometheus";

test("promtool has nothing to say about it", { skip }, () => {
  const text = metrics({ chat: new Server({}), live: new Server({}) }, { labels: { region: 'eu "1"\\\n' } });
  const { stdout, stderr, status } = spawnSync("promtool", ["check", "metrics"], {
    input: text,
    encoding: "utf8",
  });
  assert.equal(`${stdout}${stderr}`, "");
  assert.equal(status, 0);
  const bad = spawnSync("promtool", ["check", "metrics"], { input: text.replace("_total{", "_total-{") });
  assert.notEqual(bad.status, 0);
});
