#!/usr/bin/env node
/**
 * The entry of `wireproof`. It imports nothing, so that an old Node, which could not even load the rest, gets
 * as far as the sentence that says so.
 */
const OLDEST = { major: 20, minor: 19 };

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) {
  import("./program.js").then(({ runProcess }) => runProcess(process.argv.slice(2)), complain);
} else {
  complain(`this needs Node ${OLDEST.major}.${OLDEST.minor} or newer, and this is ${process.versions.node}`);
}

function complain(problem: unknown): void {
  const sentence = problem instanceof Error ? `cannot start: ${problem.message}` : String(problem);
  process.stderr.write(`wireproof: ${sentence}\n`);
  process.exitCode = 2;
}
