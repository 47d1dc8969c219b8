/** docs/deploying.md shows the files of examples/deploying as they are, which are those that tests run. */
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

import { DEFAULT_LIVENESS } from "../../src/session/liveness.js";

/** From dist/test/package. */
const ROOT = new URL("../../../../../", import.meta.url);
const page = readFileSync(new URL("docs/deploying.md", ROOT), "utf8");
const folder = new URL("examples/deploying/", ROOT);
const blocks = [...page.matchAll(/^```\w+\n([\s\S]*?)^```$/gm)].map(([, text]) => text);

test("every file of the examples is shown, under a link to it", () => {
  const files = readdirSync(folder);
  assert.ok(files.length > 5);
  for (const file of files) {
    assert.ok(page.includes(`[\`${file}\`](../examples/deploying/${file})`), `a link to ${file}`);
    assert.ok(blocks.includes(readFileSync(new URL(file, folder), "utf8")), `${file} as it is`);
  }
});

test("the times of the proxies are longer than two pings take", () => {
  for (const file of ["nginx.conf", "haproxy.cfg", "haproxy-tcp.cfg"]) {
    const text = readFileSync(new URL(file, folder), "utf8");
    const tunnels = [...text.matchAll(/(?:read_timeout|send_timeout|timeout tunnel) (\d+)s/g)];
    const tcp = [...text.matchAll(/mode tcp[\s\S]*timeout client (\d+)s/g)];
    const seconds = [...tunnels, ...tcp].map(([, digits]) => Number(digits));
    assert.ok(seconds.length > 0, file);
    for (const each of seconds)
      assert.ok(each * 1_000 > 2 * DEFAULT_LIVENESS.intervalMs, `${file}: ${each} s`);
  }
});
