import { runProgram } from "../../src/cli/program.js";
import { fakeIo } from "./fake-io.js";
import type { Outcome } from "./spawn-wireproof.js";

/**
 * Runs `wireproof` in the process of the test, which takes a hundredth of the time of a process of its own. For what does
 * not depend on the process: signals, pipes, the environment and the working directory do.
 */
export async function wireproofHere(args: readonly string[]): Promise<Outcome> {
  const io = fakeIo();
  const code = await runProgram(args, io);
  const stderr = io.complaints.map((sentence) => `wireproof: ${sentence}\n`).join("");
  return { code, stdout: io.written(), stderr };
}
