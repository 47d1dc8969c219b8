import { createServer, connect as dial } from "node:net";
import type { Socket } from "node:net";
import type { TestContext } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import type { TlsOptions } from "node:tls";

import { readRequest, track } from "./raw-server.js";

/** An HTTP proxy that knows CONNECT and nothing else. */
export interface Proxy {
  readonly url: string;
  /** The heads of the requests so far. */
  readonly requests: string[];
  readonly sockets: ReadonlySet<Socket>;
}

export interface ProxyOptions {
  readonly tls?: TlsOptions;
  /** The local port to which every tunnel leads, whatever host was asked for. */
  readonly to?: number | ((askedPort: number) => number);
  /** What it answers in place of connecting. */
  readonly answer?: string;
  /** The head of its answer when it does connect. */
  readonly established?: string;
}

/** Listens on the loopback until the test ends. */
export async function startProxy(context: TestContext, options: ProxyOptions): Promise<Proxy> {
  const requests: string[] = [];
  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  server.on(options.tls === undefined ? "connection" : "secureConnection", (near: Socket) =>
    readRequest(near, (head) => {
      requests.push(head);
      if (options.answer === undefined) join(near, head, options);
      else if (options.answer !== "") near.write(options.answer);
    }),
  );
  const { port, sockets } = await track(context, server);
  return { url: `${options.tls === undefined ? "http" : "https"}://127.0.0.1:${port}`, requests, sockets };
}

function join(near: Socket, head: string, { to = 0, established }: ProxyOptions): void {
  const askedPort = Number(/:(\d+) /.exec(head)?.[1]);
  const port = typeof to === "number" ? to : to(askedPort);
  const far = dial({ port, host: "127.0.0.1" }, () => {
    near.write(established ?? "HTTP/1.1 200 OK\r\n\r\n");
    near.pipe(far).pipe(near);
  });
  far.on("error", () => near.destroy()).on("close", () => near.destroy());
  near.on("close", () => far.destroy());
}
