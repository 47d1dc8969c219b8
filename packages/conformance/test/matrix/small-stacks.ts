import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { GRID_CLIENT } from "../grid/fixtures.js";
import { ROOT } from "../package/packed.js";

/** Programs of small stacks; all servers echo with ws until they do what their name says. */
const SERVER = `
import { connect } from "node:net";
import { WebSocketServer } from "ws";
const listen = () => {
  const server = new WebSocketServer({ port: Number(process.argv[2]), host: "127.0.0.1" });
  server.on("connection", (socket) => {
    socket.on("error", () => undefined);
    socket.on("message", (message, isBinary) => {
      onMessage(message);
      socket.send(message, { binary: isBinary });
    });
  });
};
// The test holds the other end: it sees when this process is gone, and says when it may listen.
if (process.env.TEST_PORT === undefined) listen();
else connect(Number(process.env.TEST_PORT), "127.0.0.1").once("data", listen);
`;

const PROGRAMS: Readonly<Record<string, string>> = {
  good: "const onMessage = () => undefined;",
  later: "const onMessage = () => undefined;",
  crashes: "const onMessage = (message) => { if (message.length === 125) process.exit(7); };",
  hangs: "const onMessage = () => { for (;;); };",
  greedy: `
const kept = [];
const onMessage = () => {
  while (kept.length < 32) kept.push(Buffer.alloc(32 * 1024 * 1024, 1));
  for (;;);
};`,
  many: `
import { spawn } from "node:child_process";
const onMessage = () => {
  for (let i = 0; i < 12; i++) spawn("sleep", ["600"], { stdio: "ignore" });
  for (;;);
};`,
};

const CLIENT = `
import WebSocket from "ws";
const base = process.argv[2];
const visit = (path, echoes) => new Promise((resolve) => {
  let last;
  const socket = new WebSocket(base + path);
  socket.on("message", (message, isBinary) => {
    last = message;
    if (echoes) socket.send(message, { binary: isBinary });
  });
  socket.on("error", () => undefined);
  socket.on("close", () => resolve(String(last)));
});
const count = Number(await visit("/getCaseCount", false));
for (let i = 1; i <= count; i++) await visit("/runCase?case=" + i + "&agent=good", true);
await visit("/updateReports?agent=good", false);
`;

/** Makes a folder of stacks with these names, each a server; `good` has clients, too, for the suite and for the grid. */
export function makeStacks(folder: string, names: readonly string[]): string {
  const stacks = join(folder, "stacks");
  mkdirSync(stacks, { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  for (const name of names) {
    const own = join(stacks, name);
    mkdirSync(own);
    writeFileSync(join(own, "server.mjs"), `${PROGRAMS[name] ?? PROGRAMS["good"]}${SERVER}`);
    writeFileSync(join(own, "client.mjs"), CLIENT);
    writeFileSync(join(own, "grid.mjs"), GRID_CLIENT);
    const ask = name === "absent" ? "no-such-program --version" : `'${process.execPath}' --version`;
    const manifest = {
      name,
      language: "JavaScript",
      homepage: "https://example.com",
      licence: "MIT",
      packages: [{ from: "system", name: "node", version: process.versions.node, ask }],
      versionOf: "node",
      server: {
        files: ["server.mjs"],
        ...(name === "unbuildable" ? { build: "echo 'no compiler' >&2; exit 1" } : {}),
        start: `'${process.execPath}' server.mjs {port}`,
      },
      ...(name === "good"
        ? {
            client: { files: ["client.mjs"], start: `'${process.execPath}' client.mjs {url}` },
            grid: { client: { files: ["grid.mjs"], start: `'${process.execPath}' grid.mjs {url}` } },
          }
        : {}),
      settings: [],
      limits: [],
    };
    writeFileSync(join(own, "stack.json"), JSON.stringify(manifest));
  }
  return stacks;
}
