/**
 * Runs every test that there is: the short tests with their coverage, the long tests, the endpoint on other Nodes, a part of the stress test, and
 * one round of the fuzzer. Ends at the first of them that fails. What was skipped is listed once, at the end.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { COLLECT_IN, printCollected } from "./skips.mjs";

const STAGES = [
  // Build, short tests, coverage.
  "npm run test:coverage",
  "node scripts/test.mjs --long",
  "node scripts/test-nodes.mjs",
  // A busy machine changes no verdict: a small part of what the script does by default.
  "node scripts/stress.mjs --load 4 --rounds 1 server/ws server/late client/ws",
  // One round at all parts of the endpoint, with a seed that is printed; a minute, and never two.
  "npm run fuzz",
];

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "wireproof-skips-"));
const skips = join(folder, "skips.ndjson");
writeFileSync(skips, "");

const times = [];
for (const command of STAGES) {
  console.log(`\n> ${command}`);
  const begin = performance.now();
  const { status } = spawnSync(command, {
    cwd: root,
    env: { ...process.env, [COLLECT_IN]: skips },
    shell: true,
    stdio: "inherit",
  });
  const seconds = ((performance.now() - begin) / 1000).toFixed(0).padStart(5);
  times.push(`${seconds} s  ${command}${status === 0 ? "" : "  FAILED"}`);
  if (status === 0) continue;
  process.exitCode = 1;
  break;
}
printCollected(skips);
rmSync(folder, { recursive: true });
console.log(`\n${times.join("\n")}`);
