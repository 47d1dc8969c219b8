/** Two stacks of interop/stacks, started and tested in both roles; where a package is missing, the script says so. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { readRunFile } from "../../src/index.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { ROOT } from "./packed.js";

const CASES = ["1.1.1", "2.2", "7.1.1"];
const out = temporaryFolder();

for (const name of ["ws", "python-websockets"]) {
  for (const role of ["server", "client"]) {
    test(`${name} as a ${role} passes a few cases`, async (context) => {
      const script = join(ROOT, "scripts/stacks.mjs");
      const args = [script, name, "--role", role, "--out", out, "--", "--cases", CASES.join()];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const missing = /not available here: .*/.exec(stdout)?.[0];
      if (missing !== undefined) context.skip(missing);
      else
        assert.deepEqual(
          await outcomes(join(out, `${name}.${role}.ndjson`)),
          CASES.map((id) => `${id} pass`),
        );
    });
  }
}

async function outcomes(file: string): Promise<string[]> {
  const found: string[] = [];
  for await (const event of readRunFile(file)) {
    if (event.type === "case-end") found.push(`${event.case} ${event.verdict.outcome}`);
  }
  return found.sort();
}
