/**
 * The endpoint as an adapter of crossws, for h3, Nitro and whatever else uses its hooks.
 *
 * @packageDocumentation
 */
import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

import { createServer } from "@wireproof/websocket";
import type { Handlers, Server, ServerOptions, UpgradeRefusal, UpgradeResult } from "@wireproof/websocket";
import nodeAdapter from "crossws/adapters/node";
import type { NodeAdapter, NodeOptions } from "crossws/adapters/node";

import { evented } from "./evented-connection.js";
import type { EventedConnection } from "./evented-connection.js";
import { fetchRequest } from "./fetch-request.js";

/**
 * Options of {@link crossws}: those of the Node adapter of crossws, such as `hooks`, `resolve` and `sync`, and those of
 * the server.
 *
 * @example
 * ```ts
 * import type { CrosswsOptions } from "@wireproof/adapters/crossws";
 *
 * const options: CrosswsOptions = {
 *   hooks: { message: (peer, message) => void peer.send(message.text()) },
 *   server: { limits: { messageOctets: 65_536 }, origin: ["https://example.com"] },
 * };
 * console.assert(options.hooks?.message !== undefined);
 * ```
 */
export type CrosswsOptions = Omit<NodeOptions, "wss" | "serverOptions"> & {
  /** Limits, heartbeat, origins and the other options of `createServer`. Default: its defaults. */
  readonly server?: Omit<ServerOptions, keyof Handlers | "path" | "upgrade" | "protocols" | "text">;
};

/**
 * What {@link crossws} gives: the Node adapter of crossws, and the server behind it.
 *
 * @example
 * ```ts
 * import { crossws, type CrosswsAdapter } from "@wireproof/adapters/crossws";
 *
 * const adapter: CrosswsAdapter = crossws();
 * console.assert(adapter.peers.size === 0);
 * ```
 */
export interface CrosswsAdapter extends NodeAdapter {
  /** The server, for `attach`, `listen`, `counters` and `close`. */
  readonly server: Server<unknown>;
}

/**
 * Makes an adapter of crossws whose connections are those of the endpoint. It takes the place of `crossws/adapters/node`:
 * hooks, peers, namespaces, topics and the backplane are those of crossws. The hook `upgrade` is called after the
 * request has been checked; `peer.context` is what it returns. Its limits, heartbeat and origins are those of the server,
 * so `idleTimeout` is 0 unless it is given.
 *
 * A hook cannot take the socket over: `fromNodeUpgradeHandler` is refused with 500. The subprotocol that the hook's
 * header fields choose counts if the client has offered it.
 *
 * @param options - Options. Default: no hooks.
 * @returns The adapter.
 * @throws `WebSocketError` (InvalidArgument) for options of the server that cannot be used.
 *
 * @example
 * ```ts
 * import { crossws } from "@wireproof/adapters/crossws";
 * import { connect } from "@wireproof/websocket";
 *
 * const adapter = crossws({ hooks: { message: (peer, message) => void peer.send(message.text()) } });
 * const { port } = await adapter.server.listen(0, "127.0.0.1");
 *
 * const ws = await connect(`ws://127.0.0.1:${port}`);
 * ws.send("hello");
 * for await (const message of ws) {
 *   console.assert(message === "hello");
 *   break;
 * }
 * await adapter.server.close();
 * ```
 */
export function crossws(options: CrosswsOptions = {}): CrosswsAdapter {
  const { server: serverOptions, ...adapterOptions } = options;
  const wss = new CapturingServer();
  const adapter = nodeAdapter({ idleTimeout: 0, ...adapterOptions, wss: wss as never });
  /** What a framework has made of a request before it was handed over. */
  const webRequests = new WeakMap<object, Request>();

  const server = createServer<Accepted>({
    ...serverOptions,
    ...evented<Accepted>((socket, { data }) => data.connected(socket)),
    async upgrade(request) {
      const { raw, protocols } = request;
      const socket = new CapturingSocket(protocols);
      const webRequest =
        webRequests.get(raw) ?? (request.httpVersion === "2.0" ? fetchRequest(request) : undefined);
      await adapter.handleUpgrade(raw as IncomingMessage, socket as never, Buffer.alloc(0), webRequest);
      return socket.result();
    },
  });
  return {
    ...adapter,
    server,
    async handleUpgrade(raw: IncomingMessage, socket: Duplex, head: Buffer, webRequest?: Request) {
      if (webRequest !== undefined) webRequests.set(raw, webRequest);
      server.handleUpgrade(raw, socket, head);
    },
    async close(code, reason) {
      await adapter.close(code, reason);
    },
  };
}

/** `ws.data` of the server's connections: what crossws does with one that opens. */
interface Accepted {
  readonly connected: (socket: EventedConnection<Accepted>) => void;
}

/** Takes the place of the socket while the hooks decide: what crossws writes is its refusal. */
class CapturingSocket {
  readonly #offered: readonly string[];
  readonly #chunks: Uint8Array[] = [];
  #result: UpgradeResult<Accepted> | undefined = undefined;

  constructor(offered: readonly string[]) {
    this.#offered = offered;
  }

  write(chunk: string | Uint8Array): boolean {
    this.#chunks.push(Buffer.from(chunk));
    return true;
  }

  end(done?: () => void): void {
    this.#result ??= refusalIn(Buffer.concat(this.#chunks));
    done?.();
  }

  destroy(): void {}

  accept(lines: readonly string[], accepted: Accepted): void {
    const fields = lines.map(fieldOf);
    const chosen = fields.find(([name]) => name === "sec-websocket-protocol")?.[1];
    const protocol = this.#offered.find((each) => each === chosen);
    const headers = fields.filter(([name]) => !name.startsWith("sec-websocket-"));
    this.#result = { data: accepted, headers, ...(protocol === undefined ? {} : { protocol }) };
  }

  result(): UpgradeResult<Accepted> {
    if (this.#result === undefined)
      throw new Error("A hook of crossws took the socket over, which it cannot do here.");
    return this.#result;
  }
}

/** Takes the place of the server of ws: an accepted client becomes an answer of the upgrade hook. */
class CapturingServer extends EventEmitter {
  readonly options = {};

  handleUpgrade(
    raw: IncomingMessage,
    socket: CapturingSocket,
    _head: unknown,
    connected: Accepted["connected"],
  ): void {
    const lines: string[] = [];
    this.emit("headers", lines, raw);
    socket.accept(lines, { connected });
  }
}

/** Reads the answer that crossws has written. */
function refusalIn(octets: Buffer): UpgradeRefusal {
  const end = octets.indexOf("\r\n\r\n");
  const [start = "", ...lines] = octets.subarray(0, end).toString("latin1").split("\r\n");
  return {
    status: Number(start.split(" ")[1]),
    headers: lines.map(fieldOf),
    body: octets.subarray(end + 4).toString(),
  };
}

function fieldOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(":");
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
