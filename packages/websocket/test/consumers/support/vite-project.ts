import type { EventEmitter } from "node:events";
import { mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

import type { WebSocket } from "../../../src/ws/index.js";
import { checkDropIn, importConsumer, packageFolder } from "./consumer.js";
import { Inbox } from "./until.js";
import { aliasBundledWs } from "./vite-alias.js";

export interface HotClient {
  send(event: string, data: unknown): void;
}

interface ViteServer {
  readonly httpServer: HttpServer;
  readonly watcher: EventEmitter;
  readonly config: { readonly webSocketToken: string };
  readonly ws: {
    on(event: "connection", listener: (there: WebSocket, request: IncomingMessage) => void): void;
    on(event: string, listener: (data: unknown, client: HotClient) => void): void;
    send(event: string, data: unknown): void;
  };
  listen(): Promise<unknown>;
  close(): Promise<void>;
}

/** A project on a dev server: a page whose `main.js` shows what `dep.js` exports, and accepts its updates. */
export interface Project {
  readonly server: ViteServer;
  readonly url: string;
  /** What the page's client connects to. */
  readonly hotUrl: string;
  readonly connections: Inbox<WebSocket>;
  /** Saves `dep.js` with another text, as an editor would. */
  save(text: string): Promise<void>;
}

const PAGE = '<p id="shown"></p><script type="module" src="/main.js"></script>';
const MAIN = `
  import { text } from "./dep.js";
  const show = (what) => { document.querySelector("#shown").textContent = what; };
  show(text);
  import.meta.hot.accept("./dep.js", (dep) => show(dep.text));
`;

export async function startProject(context: TestContext): Promise<Project> {
  checkDropIn(packageFolder("vite"));
  aliasOnce();
  const root = await makeFiles(context);
  const vite = (await importConsumer("vite", "dist/node/index.js")) as {
    createServer: (options: object) => Promise<ViteServer>;
  };
  const server = await vite.createServer({
    root,
    configFile: false,
    logLevel: "silent",
    cacheDir: join(root, ".cache"),
    optimizeDeps: { noDiscovery: true },
    // No watching: the tests say themselves what has changed, and nothing depends on when the system notices.
    server: { port: 0, host: "127.0.0.1", watch: null },
  });
  context.after(() => server.close());
  const connections = new Inbox<WebSocket>();
  server.ws.on("connection", (there) => connections.put(there));
  await server.listen();
  const { port } = server.httpServer.address() as AddressInfo;
  const save = async (text: string): Promise<void> => {
    const file = join(root, "dep.js");
    await writeFile(file, exporting(text));
    server.watcher.emit("change", file);
  };
  const host = `127.0.0.1:${port}`;
  const hotUrl = `ws://${host}/?token=${server.config.webSocketToken}`;
  return { server, url: `http://${host}/`, hotUrl, connections, save };
}

async function makeFiles(context: TestContext): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "wireproof-vite-")));
  context.after(() => rm(root, { recursive: true, force: true }));
  await writeFile(join(root, "index.html"), PAGE);
  await writeFile(join(root, "main.js"), MAIN);
  await writeFile(join(root, "dep.js"), exporting("first"));
  return root;
}

function exporting(text: string): string {
  return `export const text = ${JSON.stringify(text)};\n`;
}

let isAliased = false;

function aliasOnce(): void {
  if (!isAliased) aliasBundledWs();
  isAliased = true;
}
