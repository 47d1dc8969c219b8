import assert from "node:assert/strict";
import { once } from "node:events";
import { createRequire } from "node:module";
import type { EventEmitter } from "node:events";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import type { TestContext } from "node:test";

import * as ours from "../../../src/ws/index.js";
import type { ServerOptions, WebSocket, WebSocketServer } from "../../../src/ws/index.js";
import { readModeSettled } from "../../support/live-server.js";
import { closed, describeError } from "./watch.js";

// A view of memory that was only lent, if kept, shows at once.
process.env["WIREPROOF_SCRIBBLE"] = "1";

/** What `ws` and the drop-in both are. The types are the drop-in's: the compiler shows that applications can use them. */
export type Api = typeof ours;

/** As `require` has it: the class with everything on it. */
export const ORIGINAL = createRequire(import.meta.url)("ws") as Api;
export const OURS: Api = ours;

/** Lines of `ws` and the line that the drop-in has instead, on purpose; each is a row of docs/ws-compat.md. */
export type Differences = Readonly<Record<string, string>>;

/** Where a scenario is played: which implementation is which side, and what they do. */
export class Stage {
  readonly context: TestContext;
  readonly server: Api;
  readonly client: Api;
  /** What each actor has seen, in order. */
  readonly trace: Map<string, string[]> = new Map();
  /** Those whose events are noted, up to their end. */
  readonly watched: WebSocket[] = [];

  constructor(context: TestContext, server: Api, client: Api) {
    this.context = context;
    this.server = server;
    this.client = client;
  }

  /** Notes what an actor sees. */
  log(actor: string, ...what: readonly unknown[]): void {
    const lines = this.trace.get(actor) ?? [];
    lines.push(what.map(String).join(" "));
    this.trace.set(actor, lines);
  }

  /** Calls a function and notes what it throws. */
  attempt(actor: string, what: string, run: () => unknown): void {
    try {
      const result = run();
      this.log(actor, what, "returns", String(result));
    } catch (error) {
      this.log(actor, what, "throws", describeError(error));
    }
  }

  /** A server on a free port; closed with the test. */
  async serve(options: ServerOptions = {}): Promise<{ wss: WebSocketServer; port: number; url: string }> {
    const wss = new this.server.WebSocketServer({ host: "127.0.0.1", port: 0, ...options });
    await once(wss as EventEmitter, "listening");
    this.context.after(() => {
      for (const websocket of wss.clients ?? []) websocket.terminate();
      wss.close();
    });
    const { port } = wss.address() as AddressInfo;
    return { wss, port, url: `ws://localhost:${port}` };
  }

  /** A client; dropped with the test. */
  connect(...[address, protocols, options]: ConstructorParameters<typeof WebSocket>): WebSocket {
    const websocket = new this.client.WebSocket(address, protocols, options);
    this.context.after(() => {
      if (websocket.readyState === websocket.CONNECTING) websocket.on("error", () => {});
      websocket.terminate();
    });
    return websocket;
  }

  /** A server and a client of it, with the server's side of the connection. */
  async pair(
    serverOptions: ServerOptions = {},
    clientOptions: ConstructorParameters<typeof WebSocket>[2] = {},
    seen: (there: WebSocket, here: WebSocket) => void = () => {},
  ): Promise<{ there: WebSocket; here: WebSocket; wss: WebSocketServer }> {
    const { wss, url } = await this.serve(serverOptions);
    const connected = once(wss as EventEmitter, "connection") as Promise<[WebSocket]>;
    const here = this.connect(url, [], clientOptions);
    wss.once("connection", (there) => seen(there, here));
    const opened = once(here as EventEmitter, "open");
    const [there] = await connected;
    await opened;
    return { there, here, wss };
  }
}

const SIDES: readonly (readonly [name: string, server: Api, client: Api])[] = [
  ["both", OURS, OURS],
  ["server", OURS, ORIGINAL],
  ["client", ORIGINAL, OURS],
];

/**
 * Plays a scenario with `ws` on both sides, and then with the drop-in on both, on the server's and on the client's. What
 * each actor sees has to be the same, but for the differences that are named; one that never shows is a mistake, too.
 */
export function differential(
  name: string,
  play: (stage: Stage) => Promise<void>,
  differences: Differences = {},
): void {
  compare(name, SIDES, play, differences);
}

/** The same for a scenario with one implementation, whose peer is a raw socket. */
export function differentialAlone(
  name: string,
  play: (stage: Stage) => Promise<void>,
  differences: Differences = {},
): void {
  compare(name, SIDES.slice(0, 1), play, differences);
}

function compare(
  name: string,
  sides: typeof SIDES,
  play: (stage: Stage) => Promise<void>,
  differences: Differences,
): void {
  test(name, async (context) => {
    await readModeSettled();
    const expected = new Stage(context, ORIGINAL, ORIGINAL);
    await play(expected);
    await closed(...expected.watched);
    assert.notEqual(expected.trace.size, 0, "the scenario has no trace");
    const used = new Set<string>();
    for (const [side, server, client] of sides) {
      const stage = new Stage(context, server, client);
      await play(stage);
      await closed(...stage.watched);
      compareTraces(side, stage.trace, expected.trace, differences, used);
    }
    assert.deepEqual(
      [...used].sort(),
      Object.keys(differences).sort(),
      "a difference that is named does not show",
    );
  });
}

function compareTraces(
  side: string,
  actual: Stage["trace"],
  expected: Stage["trace"],
  differences: Differences,
  used: Set<string>,
): void {
  assert.deepEqual(
    [...actual.keys()].sort(),
    [...expected.keys()].sort(),
    `the actors with the drop-in as ${side}`,
  );
  for (const [actor, lines] of expected) {
    const seen = actual.get(actor) ?? [];
    const wanted = lines.map((line, at) => {
      const other = differences[line];
      if (other === undefined || seen[at] !== other) return line;
      used.add(line);
      return other;
    });
    assert.deepEqual(seen, wanted, `what the ${actor} sees with the drop-in as ${side}`);
  }
}
