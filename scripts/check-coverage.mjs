/**
 * Holds some folders to a coverage that is stricter than the thresholds for everything together: what is sans-I/O has
 * no branch that a test cannot reach. Reads what c8 has written; run it after the tests.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const FULL = [
  "packages/websocket/src/protocol/",
  "packages/websocket/src/handshake/",
  "packages/websocket/src/forwarded/",
  "packages/websocket/src/deflate/negotiation.ts",
  "packages/websocket/src/reconnecting/",
];

const root = fileURLToPath(new URL("..", import.meta.url));
const summary = JSON.parse(readFileSync(`${root}coverage/coverage-summary.json`, "utf8"));
const problems = Object.entries(summary)
  .map(([file, measured]) => [file.replace(root, ""), measured])
  .filter(([file]) => FULL.some((part) => file.startsWith(part)))
  .flatMap(([file, measured]) =>
    ["lines", "branches", "functions"]
      .filter((kind) => measured[kind].pct < 100)
      .map((kind) => `${file}: ${measured[kind].pct} % of its ${kind} are covered, not 100 %`),
  );
for (const problem of problems) console.error(`coverage: ${problem}`);
if (problems.length > 0) process.exit(1);
