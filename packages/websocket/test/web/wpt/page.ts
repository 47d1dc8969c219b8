import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext, runInThisContext } from "node:vm";
import { parentPort, workerData } from "node:worker_threads";

import { WebSocket, WebSocketStream, installGlobals } from "../../../src/web/index.js";
import { isOverHttp2, readScript, resolve } from "./files.js";
import type { Page, Places } from "./files.js";

/** What a page is given; it runs in a worker of its own. */
export interface PageData {
  readonly root: string;
  readonly page: Page;
  readonly places: Places;
  readonly implementation: "ours" | "undici";
}

/** One test of a page. */
export interface TestResult {
  readonly name: string;
  readonly isPassed: boolean;
  readonly message: string;
}

interface HarnessTest {
  readonly name: string;
  readonly status: number;
  readonly message: string | null;
}

/** What testharness.js adds to the global object. */
interface Harness {
  add_completion_callback(callback: (tests: readonly HarnessTest[]) => void): void;
  timeout(): void;
}

const { root, page, places, implementation } = workerData as PageData;
const realm = globalThis as unknown as Record<string, unknown>;
const harness = globalThis as unknown as Harness;
const TIMEOUT_MS = page.isLong ? 60_000 : 20_000;

install();
// Listeners that throw are faults of the page: without this the worker would end, and with it the other tests.
process.on("uncaughtException", () => {});
for (const { name, text } of page.scripts) run(name, text);

function install(): void {
  const isSecure = /[?&]wss/.test(page.query) || isOverHttp2(page) || page.path.includes(".https.");
  const { port, securePort } = places;
  const address = `http${isSecure ? "s" : ""}://localhost:${isSecure ? securePort : port}${page.path}${page.query}`;
  if (implementation === "undici") installUndici(address);
  else installGlobals();
  if (implementation === "ours" && isOverHttp2(page)) installOverHttp2();
  setFlagsFromString("--expose-gc");
  const { fetch } = globalThis;
  Object.assign(realm, {
    self: globalThis,
    window: globalThis,
    // By its name, pages see in what kind of realm they are.
    Window: Object,
    location: new URL(address),
    gc: runInNewContext("gc") as unknown,
    importScripts: (...names: readonly string[]) =>
      names.forEach((name) => run(resolve(page.path, name), undefined)),
    GLOBAL: { isWindow: () => false, isWorker: () => true, isShadowRealm: () => false },
    fetch: (url: string) =>
      url.startsWith("/interfaces/") ? fileResponse(url) : fetch(new URL(url, address)),
  });
}

/** Browsers decide by themselves whether to use HTTP/2; here it is an option. */
function installOverHttp2(): void {
  realm["WebSocket"] = withSecond(WebSocket, (protocols) =>
    protocols === undefined ? { http2: true } : { http2: true, protocols },
  );
  realm["WebSocketStream"] = withSecond(WebSocketStream, (options = {}) =>
    typeof options === "object" ? { http2: true, ...options } : options,
  );
}

/** A class whose constructor gets another second argument. */
function withSecond(Class: object, second: (given: unknown) => unknown): object {
  return new Proxy(Class, {
    construct: (target, args, newTarget) =>
      Reflect.construct(
        target as new () => object,
        args.length === 0 ? [] : [args[0], second(args[1])],
        newTarget,
      ) as object,
  });
}

function installUndici(address: string): void {
  const undici = createRequire(import.meta.url)("undici") as Record<string, unknown> & {
    readonly Agent: new (options: object) => object;
    setGlobalDispatcher(dispatcher: object): void;
    setGlobalOrigin(origin: string): void;
  };
  // What it resolves relative URLs against.
  undici.setGlobalOrigin(address);
  if (isOverHttp2(page)) undici.setGlobalDispatcher(new undici.Agent({ allowH2: true }));
  for (const name of [
    "WebSocket",
    "WebSocketStream",
    "WebSocketError",
    "CloseEvent",
    "ErrorEvent",
    "MessageEvent",
  ])
    Object.defineProperty(globalThis, name, { value: undici[name], writable: true, configurable: true });
}

function fileResponse(path: string): Promise<Response> {
  return Promise.resolve(new Response(readFileSync(join(root, path), "utf8")));
}

function run(name: string, text: string | undefined): void {
  runInThisContext(text ?? readScript(root, name, places), { filename: name });
  if (!name.endsWith("/testharness.js")) return;
  const timer = setTimeout(() => harness.timeout(), TIMEOUT_MS);
  harness.add_completion_callback((tests) => {
    clearTimeout(timer);
    const results: TestResult[] = tests.map((test) => ({
      name: test.name,
      isPassed: test.status === 0,
      message: test.message ?? "",
    }));
    parentPort?.postMessage(results, []);
  });
}
