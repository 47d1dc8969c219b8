import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { certificate } from "../../support/live-server.js";
import { RawPeer } from "./raw-peer.js";
import type { Step } from "./steps.js";

/** A server that does to each connection what the plan has for it: the first script to the first one, and so on. */
export class RawListener {
  readonly port: number;
  readonly peers: RawPeer[] = [];
  readonly #server: Server;
  readonly #scripts: readonly (readonly Step[])[];
  readonly #sockets = new Set<Socket>();
  readonly #runs: Promise<void>[] = [];

  private constructor(server: Server, scripts: readonly (readonly Step[])[]) {
    this.#server = server;
    this.#scripts = scripts;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(scripts: readonly (readonly Step[])[], isSecure = false): Promise<RawListener> {
    const server = isSecure
      ? createTlsServer({ ...(await certificate()), ...({ allowHalfOpen: true } as object) })
      : createServer({ allowHalfOpen: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const listener = new RawListener(server, scripts);
    server.on("connection", (socket: Socket) => listener.#sockets.add(socket));
    if (isSecure) {
      server.on("secureConnection", (socket: Socket) => listener.take(socket));
      // A client that does not like the certificate, or goes away too soon.
      server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
    } else server.on("connection", (socket: Socket) => listener.take(socket));
    return listener;
  }

  /** Also for a socket that came elsewhere. One for which there is no script is reset. */
  take(socket: Socket): void {
    const script = this.#scripts[this.peers.length] ?? [{ end: "reset" }];
    const peer = new RawPeer(socket);
    this.peers.push(peer);
    const run = peer.run(script, this.port);
    // Resolves the promises that wait for all of them.
    run.catch(() => {});
    this.#runs.push(run);
  }

  get sent(): number {
    return this.peers.reduce((sum, { sent }) => sum + sent, 0);
  }

  /** All connections have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#runs);
  }

  async close(): Promise<void> {
    // Those below TLS, too: a client that has gone before it said anything is waited for for two minutes.
    for (const socket of this.#sockets) socket.destroy();
    for (const { socket } of this.peers) socket.destroy();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }
}
