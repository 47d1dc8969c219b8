import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { CRASHING_SERVER } from "@wireproof/peers";
import { freePort } from "../child/free-port.js";
import { wireproofHere } from "./run-here.js";
import { wireproof } from "./spawn-wireproof.js";
import { eventsOf } from "./started.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();

test("--watch plays what went wrong after every change, then everything, until Ctrl-C", async () => {
  const cwd = join(root, "watched");
  mkdirSync(cwd);
  const port = await freePort();
  /** Ends at a message of that length, as case 1.1.3 sends one of 126 octets. */
  const write = (deadly: number): void =>
    writeFileSync(
      join(cwd, "server.mjs"),
      `process.argv[2] = ${JSON.stringify(String(port))}; process.argv[3] = "${deadly}"; await import(${JSON.stringify(pathToFileURL(CRASHING_SERVER).href)});`,
    );
  write(126);
  const played: string[][] = [];
  const args = ["test", `ws://127.0.0.1:${port}`, "--start", `'${process.execPath}' server.mjs`, "--watch"];
  let waits = 0;
  const { code, stderr } = await wireproof(
    [...args, "--cases", "1.1.1,1.1.3", "--out", "report", "--quiet"],
    {
      cwd,
      onStderr: (soFar, child) => {
        const now = soFar.split("waiting for changes").length - 1;
        if (now === waits) return;
        waits = now;
        const ends = eventsOf(join(cwd, "report")).flatMap((event) =>
          event.type === "case-end" ? [event] : [],
        );
        played.push(ends.map((end) => `${end.case} ${end.verdict.outcome}`).toSorted());
        if (waits === 1) write(-1);
        else if (waits === 2) writeFileSync(join(cwd, "another.js"), "");
        else child.kill("SIGINT");
      },
    },
  );
  assert.equal(code, 0, stderr);
  assert.deepEqual(played, [["1.1.1 pass", "1.1.3 fail"], ["1.1.3 pass"], ["1.1.1 pass", "1.1.3 pass"]]);
  assert.doesNotMatch(stderr, /interrupted/);
});

test("--watch needs a server that it can start again", async () => {
  const { code, stderr } = await wireproofHere(["test", "ws://127.0.0.1:1", "--watch"]);
  assert.deepEqual([code, /--watch needs --start COMMAND/.test(stderr)], [2, true]);
});
