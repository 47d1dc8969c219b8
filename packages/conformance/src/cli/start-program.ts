/**
 * Where the programs begin. This file imports nothing: an old version of Node cannot load the rest, but it can load
 * this file and print that it is too old.
 */
const OLDEST = { major: 20, minor: 19 };

/** Starts a program if Node is new enough. `load` imports it and runs it. */
export function startProgram(name: string, load: () => Promise<void>): void {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor)) {
    load().catch((problem: unknown) => {
      complain(name, problem instanceof Error ? `cannot start: ${problem.message}` : String(problem));
    });
  } else {
    complain(
      name,
      `Node ${OLDEST.major}.${OLDEST.minor} or newer is needed, but this is ${process.versions.node}`,
    );
  }
}

function complain(name: string, sentence: string): void {
  process.stderr.write(`${name}: ${sentence}\n`);
  process.exitCode = 2;
}
