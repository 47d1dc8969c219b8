/** Two stacks of interop/stacks, started and tested in both roles; where a package is missing, the test says so. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { storedResults, storedRole } from "../../src/matrix/result-files.js";
import { ROLES } from "../../src/matrix/results.js";
import { totalsOf } from "../../src/matrix/role-result.js";
import { wireproof } from "../cli/spawn-wireproof.js";
import { temporaryFolder } from "../cli/temporary-folder.js";
import { ROOT } from "./packed.js";

const STACKS = join(ROOT, "interop/stacks");
const out = temporaryFolder();

for (const name of ["ws", "python-websockets"]) {
  for (const role of ROLES) {
    test(`${name} as a ${role} passes a few cases`, async (context) => {
      const places = ["--stacks", STACKS, "--results", join(out, "results"), "--runs", join(out, "runs")];
      const args = [
        "matrix",
        "run",
        name,
        "--http1",
        "--role",
        role,
        ...places,
        "--cases",
        "1.1.1,2.2,7.1.1",
      ];
      const { stdout, stderr } = await wireproof(args);
      const missing = /not available here: .*/.exec(stdout)?.[0];
      if (missing !== undefined) return context.skip(missing);
      const result = storedRole(storedResults(join(out, "results"), name), { role, over: "http1" });
      assert.ok(result !== undefined, `${stdout}${stderr}`);
      assert.deepEqual([result.status, totalsOf(result)], ["tested", { pass: 3 }], result.because);
    });
  }
}
