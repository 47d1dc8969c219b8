/** How a process is called where processes are listed, which scripts end by their names. */
import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { startMode, workFolder } from "../wstest/workshop.js";
import { wireproof } from "./spawn-wireproof.js";

const NO_PROC = process.platform === "linux" ? false : "no /proc";

test("wstest is called so, and its arguments are shown", { skip: NO_PROC }, async () => {
  let pid = 0;
  const ready = /Echo server at (\S+)\n/;
  const onOutput = ({ pid: found }: ChildProcess): void => {
    pid = found ?? 0;
  };
  const args = ["-m", "echoserver", "-w", "ws://127.0.0.1:0"];
  const { interrupt, ended } = await startMode(args, workFolder(), ready, onOutput);
  // killall and pgrep read this one, ps and pkill -f the other one.
  assert.equal(readFileSync(`/proc/${pid}/comm`, "utf8"), "wstest\n");
  assert.match(readFileSync(`/proc/${pid}/cmdline`, "latin1"), /^wstest -m echoserver -w ws:/);
  interrupt();
  assert.equal((await ended).code, 0);
});

test("wireproof is called so", { skip: NO_PROC }, async () => {
  let comm = "";
  const { code } = await wireproof(["serve", "--port", "0", "--out", workFolder()], {
    onStderr: (_text, child) => {
      if (comm === "") comm = readFileSync(`/proc/${child.pid}/comm`, "utf8");
      child.kill("SIGTERM");
    },
    onStdout: (_text, child) => {
      if (comm === "") comm = readFileSync(`/proc/${child.pid}/comm`, "utf8");
      child.kill("SIGTERM");
    },
  });
  assert.equal(comm, "wireproof\n", String(code));
});
