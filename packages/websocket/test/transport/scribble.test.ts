import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

for (const [setting, expected] of [
  ["1", "1,219,219,4"],
  ["0", "1,2,3,4"],
])
  test(`WIREPROOF_SCRIBBLE=${setting}`, () => {
    const script = `
      import { scribble } from ${JSON.stringify(new URL("../../src/transport/socket-transport.js", import.meta.url))};
      const bytes = Uint8Array.of(1, 2, 3, 4);
      scribble(bytes, 1, 3);
      console.log(String(bytes));`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", script], {
      encoding: "utf8",
      env: { ...process.env, WIREPROOF_SCRIBBLE: setting },
    });
    assert.equal(stdout.trim(), expected);
  });
