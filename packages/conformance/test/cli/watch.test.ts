import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import { CRASHING_SERVER, mutants, startEchoServer, type RunningPeer, freePort } from "@wireproof/peers";
import { runProgram } from "../../src/cli/program.js";
import { fakeIo } from "./fake-io.js";
import { wireproof } from "./spawn-wireproof.js";
import { eventsOf } from "./started.js";
import { temporaryFolder } from "./temporary-folder.js";
import { BROKEN, CASES, playedIn, SOUND } from "./watched.js";

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

/** Runs a command in this process, calls each step when it waits once more, and interrupts it after the last one. */
async function watched(
  args: readonly string[],
  sign: RegExp,
  steps: readonly (() => unknown)[],
): Promise<{ readonly code: number; readonly complaints: readonly string[] }> {
  const stop = new AbortController();
  const complaints: string[] = [];
  const left = [...steps];
  const io = fakeIo({
    signal: stop.signal,
    complain: (sentence) => {
      complaints.push(sentence);
      if (!sign.test(sentence)) return;
      const step = left.shift();
      if (step === undefined) stop.abort();
      else void step();
    },
  });
  return { code: await runProgram(["test", ...args], io), complaints };
}

test("--watch without a command plays when the server was restarted", async (context) => {
  const port = await freePort();
  const out = join(root, "restarted");
  let server = await mutants.sloppy.start({ port });
  context.after(() => server.close());
  const played: (readonly string[])[] = [];
  const again = async (): Promise<void> => {
    played.push(playedIn(out));
    await server.close();
    server = await startEchoServer({ port });
  };
  const args = [`ws://127.0.0.1:${port}`, "--watch", "--out", out, ...CASES];
  const { code, complaints } = await watched(args, /^waiting for a restart/, [again, again]);
  played.push(playedIn(out));
  assert.deepEqual([code, played], [0, [BROKEN, ["3.2 pass"], SOUND]]);
  const gone = "the server is gone; waiting until it answers";
  assert.equal(complaints.filter((sentence) => sentence === gone).length, 2);
});

test("a server that is not there yet is played when it is", async (context) => {
  const port = await freePort();
  const out = join(root, "not-yet");
  let server: RunningPeer | undefined;
  context.after(() => server?.close());
  const args = [`ws://127.0.0.1:${port}`, "--watch", "--out", out, ...CASES];
  const { code } = await watched(args, /is gone|^waiting/, [
    () => assert.ok(eventsOf(out).some(({ type }) => type === "peer-down")),
    async () => {
      server = await startEchoServer({ port });
    },
  ]);
  assert.deepEqual([code, playedIn(out)], [0, SOUND]);
});

test("a server that is gone after every run is played three times", async (context) => {
  const port = await freePort();
  const out = join(root, "gone-after-every-run");
  let server = await startEchoServer({ port });
  context.after(() => server.close());
  const restart = async (): Promise<void> => {
    server = await startEchoServer({ port });
  };
  const close = async (): Promise<void> => {
    await server.close();
  };
  const sign = /^(?:waiting for|the server (?:is|was) gone)/;
  const { complaints } = await watched(
    [`ws://127.0.0.1:${port}`, "--watch", "--out", out, "--cases", "1.1.1", "--quiet"],
    sign,
    [close, restart, close, restart, close, restart],
  );
  assert.match(complaints.join("\n"), /^the server was gone after 3 runs in a row/m);
});

test("Ctrl-C while the server is gone", async (context) => {
  const port = await freePort();
  const server = await startEchoServer({ port });
  context.after(() => server.close());
  const { code, stderr } = await wireproof(
    ["test", `ws://127.0.0.1:${port}`, "--watch", "--out", join(root, "gone"), ...CASES],
    {
      onStderr: (soFar, child) => {
        if (soFar.includes("is gone")) child.kill("SIGINT");
        else if (soFar.includes("waiting")) void server.close();
      },
    },
  );
  assert.deepEqual([code, /interrupted/.test(stderr)], [0, false]);
});

test("Ctrl-C during the second run: its run file says so", async (context) => {
  const port = await freePort();
  const out = join(root, "second");
  const first = await startEchoServer({ port });
  context.after(() => first.close());
  let interrupt: () => void = () => undefined;
  let connections = 0;
  /** Refuses the connection that asks whether it is there, and leaves the run waiting. */
  const second = createServer((socket) => {
    socket.on("error", () => undefined).resume();
    if (++connections === 1) socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    else interrupt();
  });
  context.after(() => second.close());
  const { code } = await wireproof(["test", `ws://127.0.0.1:${port}`, "--watch", "--out", out, ...CASES], {
    onStderr: (soFar, child) => {
      interrupt = () => child.kill("SIGINT");
      if (soFar.includes("is gone")) second.listen(port, "127.0.0.1");
      else if (soFar.includes("waiting")) void first.close();
    },
  });
  const end = eventsOf(out).find((event) => event.type === "run-end");
  assert.deepEqual([code, end?.totals.interrupted, playedIn(out)], [1, true, []]);
});
