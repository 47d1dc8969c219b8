import { existsSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { Row } from "./rows.js";

export interface ServerKind {
  readonly name: string;
  /** Sends octets back as they are, masking included. */
  readonly isRaw: boolean;
  /** It is asked over HTTP/2, so many streams on each TCP connection; absent: over HTTP/1.1. */
  readonly streams?: number;
  /** It consists of so many processes, which the engine `cluster` joins; absent: of one. */
  readonly processes?: number;
  /** How it is run, or why it cannot be. */
  launch(): Launch | string;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const INTEROP = fileURLToPath(new URL("../../../../../interop/node_modules/", import.meta.url));

/** What the others are compared with. */
export const REFERENCE = "ws";

export const SERVERS: readonly ServerKind[] = [
  { name: REFERENCE, isRaw: false, launch: () => node("ws", [], { WS_NO_BUFFER_UTIL: "1" }) },
  { name: "ws-bufferutil", isRaw: false, launch: wsWithAddon },
  { name: "net", isRaw: true, launch: () => node("net") },
  { name: "ours", isRaw: false, launch: () => ifInstalled("@wireproof/websocket", () => node("ours")) },
  { name: "ours-2-processes", isRaw: false, processes: 2, launch: () => node("ours-cluster", ["2"]) },
  { name: "ours-h2", isRaw: false, streams: 100, launch: oursOverHttp2 },
  { name: "ours-h2-alone", isRaw: false, streams: 1, launch: oursOverHttp2 },
  {
    name: "ours-ws",
    isRaw: false,
    launch: () => ifInstalled("@wireproof/websocket/ws", (name) => node("ws", [name])),
  },
  { name: "bun", isRaw: false, launch: bun },
];

/** The name of an older version in tables. */
export const BEFORE = "before";

/** Our endpoint as it was: of another checkout of the project, which was installed and built. */
export function before(checkout: string): ServerKind {
  const script = resolve(checkout, "packages/bench/dist/src/endpoint/servers/ours.js");
  const launch = (): Launch => ({ command: process.execPath, args: ["--expose-gc", script], env: {} });
  return {
    name: BEFORE,
    isRaw: false,
    launch: () => (existsSync(script) ? launch() : `there is no ${script}`),
  };
}

/** Whether the server can do what the row asks for at all. */
export function canPlay({ isRaw, streams, processes }: ServerKind, { deflate, work, tls }: Row): boolean {
  if (processes !== undefined && work.do !== "publish") return false;
  if (streams !== undefined && !(tls && !deflate && (work.do === "echo" || work.do === "idle"))) return false;
  return !(isRaw && (deflate || work.do === "bystander"));
}

/** A script of `servers/` in a separate Node, which can collect garbage when asked. */
export function node(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Launch {
  return { command: process.execPath, args: ["--expose-gc", pathOf(script), ...args], env };
}

function oursOverHttp2(): Launch | string {
  return ifInstalled("@wireproof/websocket", () => node("ours", ["http2"]));
}

/** The addon is in the folder `interop/`, since nothing else needs it; its binaries come with the package. */
function wsWithAddon(): Launch | string {
  if (!existsSync(`${INTEROP}bufferutil`)) return "there is no bufferutil in interop/node_modules";
  return node("ws", [], { NODE_PATH: INTEROP });
}

function ifInstalled(name: string, launch: (name: string) => Launch): Launch | string {
  try {
    // A file that was not compiled yet counts as absent.
    return existsSync(createRequire(import.meta.url).resolve(name)) ? launch(name) : `${name} is not built`;
  } catch {
    return `${name} is not installed or not built`;
  }
}

/** Of the folder `interop/`, which is installed on its own. The platform's package first: its binary needs no script. */
function bun(): Launch | string {
  const scope = `${INTEROP}@oven/`;
  const platform = `bun-${process.platform}-${process.arch}`;
  const packages = existsSync(scope) ? readdirSync(scope) : [];
  const builds = packages.filter((name) => name.startsWith(platform)).toSorted();
  const files = [...builds.map((name) => `${scope}${name}/bin/bun`), `${INTEROP}.bin/bun`];
  const command = files.find((file) => existsSync(file));
  if (command === undefined) return "there is no Bun in interop/node_modules";
  return { command, args: [pathOf("bun")], env: {} };
}

function pathOf(script: string): string {
  return fileURLToPath(new URL(`./servers/${script}.js`, import.meta.url));
}
