/** The other half of `Watchdog`. */
import { mkdirSync, writeFileSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { parentPort, workerData } from "node:worker_threads";

const { beats, seconds } = workerData as { beats: Int32Array; seconds: number };
let playing = { file: "", script: "" };
parentPort?.on("message", (message: typeof playing) => (playing = message));

let [seen, quietSeconds] = [-1, 0];
setInterval(() => {
  const now = Atomics.load(beats, 0);
  quietSeconds = now === seen ? quietSeconds + 1 : 0;
  seen = now;
  if (quietSeconds < seconds) return;
  writeSync(2, `the event loop has not gone round for ${seconds} s\n`);
  if (playing.file !== "") {
    mkdirSync(dirname(playing.file), { recursive: true });
    writeFileSync(playing.file, playing.script);
    writeSync(2, `what was being played: ${playing.file}\n`);
  }
  process.kill(process.pid, "SIGKILL");
}, 1_000);
