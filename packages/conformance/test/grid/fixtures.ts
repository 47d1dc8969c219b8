/** Small stacks for the grid, made in a folder of a test: servers and clients on ws, good ones and bad ones. */
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MODULES = fileURLToPath(new URL("../../../../../node_modules", import.meta.url));

const SERVER = `
import { WebSocketServer } from "ws";
const [port, mode] = process.argv.slice(2);
const scenario = process.env.WIREPROOF_SCENARIO;
if (mode === "simple" && scenario !== "open") process.exit(127);
if (mode === "broken") process.exit(3);
new WebSocketServer({ port: Number(port), host: "127.0.0.1" }).on("connection", (socket) => {
  socket.on("error", () => undefined);
  socket.on("message", (data, isBinary) => {
    if (mode === "crashing") process.exit(7);
    else if (mode === "silly") socket.send("silly");
    else socket.send(data, { binary: isBinary });
  });
});
`;

/** Plays the scenarios `open` and `text`; its second argument may be a way to go wrong. */
export const GRID_CLIENT = `
import { WebSocket } from "ws";
const [url, mode] = process.argv.slice(2);
const scenario = process.env.WIREPROOF_SCENARIO;
if (scenario !== "open" && scenario !== "text") process.exit(127);
const text = "Grüße, 世界 👋";
let isSame = scenario === "open";
const socket = new WebSocket(url);
socket.on("error", () => undefined);
socket.on("open", () => {
  if (mode === "rude") socket.terminate();
  else if (mode === "stuck") setInterval(() => undefined, 1000);
  else if (scenario === "open") socket.close(1000);
  else socket.send(text);
});
socket.on("message", (data) => {
  isSame = String(data) === text;
  socket.close(1000);
});
socket.on("close", (code) => {
  if (mode === "rude" || (isSame && code === 1000)) process.exit(0);
  console.error("closed with " + code + (isSame ? "" : ", and the text did not come back"));
  process.exit(1);
});
`;

export interface SmallStack {
  readonly server?: string;
  readonly client?: string;
  /** It needs a program that is nowhere. */
  readonly isAbsent?: true;
}

/** Makes the stacks, and returns the folder they are in. What stands behind a role is the mode of its program. */
export function smallStacks(folder: string, stacks: Readonly<Record<string, SmallStack>>): string {
  mkdirSync(join(folder, "stacks"), { recursive: true });
  symlinkSync(MODULES, join(folder, "node_modules"));
  for (const [name, stack] of Object.entries(stacks)) writeStack(join(folder, "stacks"), name, stack);
  return join(folder, "stacks");
}

export function writeStack(folder: string, name: string, { server, client, isAbsent }: SmallStack): void {
  const own = join(folder, name);
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, "server.mjs"), SERVER);
  writeFileSync(join(own, "client.mjs"), GRID_CLIENT);
  const program = isAbsent === true ? "no-such-program-of-ours" : "node";
  const manifest = {
    name,
    language: "JavaScript",
    homepage: "https://example.com",
    licence: "MIT",
    packages: [
      { from: "system", name: program, version: process.versions.node, ask: `${program} --version` },
    ],
    versionOf: program,
    ...(server === undefined
      ? { client: { files: ["client.mjs"], start: "node client.mjs {url}" } }
      : { server: { files: ["server.mjs"], start: `node server.mjs {port} ${server}` } }),
    ...(client === undefined
      ? {}
      : { grid: { client: { files: ["client.mjs"], start: `node client.mjs {url} ${client}` } } }),
    settings: [],
    limits: [],
  };
  writeFileSync(join(own, "stack.json"), JSON.stringify(manifest));
}
