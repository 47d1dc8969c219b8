/**
 * Processes that tests start: `node fixture.js MODE PORT`. Those that stay hold a connection to PORT, where the test
 * listens: its end tells that the process is gone, whatever became of its id.
 */
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";

const [mode = "", port = "0"] = process.argv.slice(2);

function stay(name: string): void {
  const lifeline = connect(Number(port), "127.0.0.1", () => lifeline.write(`${name}\n`));
  lifeline.on("error", () => process.exit(1));
}

const MODES: Readonly<Record<string, () => void>> = {
  stay: () => stay("stay"),
  /** Does not end when it is asked to. */
  stubborn: () => {
    process.on("SIGTERM", () => console.log("no"));
    stay("stubborn");
  },
  /** With a child of its own that does not end when it is asked to. */
  family: () => {
    spawn(process.execPath, [fileURLToPath(import.meta.url), "stubborn", port], { stdio: "inherit" });
    stay("family");
  },
  /** Leaves such a child behind as soon as it is there, and ends. */
  orphan: () => {
    const child = spawn(process.execPath, [fileURLToPath(import.meta.url), "stubborn", port], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    child.stdout.destroy();
    const wait = connect(Number(port), "127.0.0.1", () => wait.write("orphan\n"));
    wait.once("data", () => process.exit(3));
  },
  /** Prints 8 MB on both streams, the last lines of which are `end`. */
  chatty: () => {
    for (let i = 0; i < 4096; i++) process.stdout.write(`${"x".repeat(1023)}\n`);
    process.stderr.write("y".repeat(4 * 1024 * 1024));
    process.stderr.write("\nend\n");
    process.stdout.write("end\n");
  },
};

MODES[mode]?.();
