import { once } from "node:events";
import { connect, createServer } from "node:http2";
import type { ClientHttp2Session, ClientHttp2Stream, ServerHttp2Stream, Settings } from "node:http2";
import type { IncomingHttpHeaders, IncomingHttpStatusHeader, OutgoingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { Server } from "../../src/server/server.js";
import type { ServerOptions } from "../../src/server/options.js";
import { certificate, readModeSettled } from "./live-server.js";
import type { Live } from "./live-server.js";
import { RawClient } from "./raw-client.js";

/** The fields of an extended CONNECT request for WebSocket (RFC 8441 §4). */
export const CONNECT = {
  ":method": "CONNECT",
  ":protocol": "websocket",
  ":scheme": "http",
  ":path": "/",
  "sec-websocket-version": "13",
} as const;

/** A session to a server that takes extended CONNECT, destroyed with the test. Its SETTINGS have come. */
export async function http2Session(
  context: TestContext,
  url: string,
  options: { readonly settings?: Settings; readonly ca?: string } = {},
): Promise<ClientHttp2Session> {
  const session = connect(url, options).on("error", () => {});
  context.after(() => session.destroy());
  await once(session, "remoteSettings");
  return session;
}

/**
 * Both ends of a stream of HTTP/2 that carries a tunnel, [the server's, the client's]. All is destroyed with the test;
 * after it, the streams may fail as they like. `settings`: those of the client.
 */
export async function http2Pair(
  context: TestContext,
  settings: Settings = {},
): Promise<[server: ServerHttp2Stream, client: ClientHttp2Stream]> {
  const server = createServer({ settings: { enableConnectProtocol: true } });
  server.on("sessionError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const accepting = once(server, "stream");
  const session = await http2Session(context, `http://127.0.0.1:${port}`, { settings });
  const client = session.request(CONNECT, { endStream: false });
  const [accepted] = (await accepting) as [ServerHttp2Stream];
  accepted.respond({ ":status": 200 });
  await once(client, "response");
  server.close();
  for (const stream of [accepted, client]) context.after(() => stream.on("error", () => {}));
  return [accepted, client];
}

/** A server of ours on a free port that speaks both HTTP/2 and HTTP/1.1, closed with the test. */
export async function startHttp2<Data = undefined>(
  context: TestContext,
  options: ServerOptions<Data> = {},
): Promise<Live<Data>> {
  await readModeSettled();
  const server = new Server<Data>(options);
  context.after(() => server.close({ drainMs: 0 }));
  const { port } = await server.listen({ port: 0, host: "127.0.0.1", http2: true });
  const isSecure = options.tls !== undefined;
  return {
    server,
    port,
    url: `${isSecure ? "https" : "http"}://localhost:${port}/`,
    ...(isSecure ? { tls: { ca: (await certificate()).cert } } : {}),
  };
}

/** The answer to a request over HTTP/2, with its body. */
export interface Http2Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders & IncomingHttpStatusHeader;
  readonly body: string;
  readonly rstCode: number;
}

/** An opening handshake, with what the test changes about it. */
export function request(session: ClientHttp2Session, changes: OutgoingHttpHeaders = {}): ClientHttp2Stream {
  const scheme = session.encrypted === true ? "https" : "http";
  return session.request({ ...CONNECT, ":scheme": scheme, ...changes }, { endStream: false });
}

/** Asks for something that is answered with a body and the end of the stream. */
export async function ask(stream: ClientHttp2Stream): Promise<Http2Answer> {
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders & IncomingHttpStatusHeader];
  let body = "";
  stream.setEncoding("utf8").on("data", (text: string) => (body += text));
  // Not every server tells the client that the rest of its request is not needed.
  stream.once("end", () => stream.end());
  if (!stream.closed) await once(stream, "close");
  return { status: headers[":status"]!, headers, body, rstCode: stream.rstCode };
}

/** Opens; fails unless the answer is 200. The stream is that of the client. */
export async function open(
  session: ClientHttp2Session,
  changes: OutgoingHttpHeaders = {},
): Promise<{ client: RawClient; stream: ClientHttp2Stream; headers: IncomingHttpHeaders }> {
  const stream = request(session, changes);
  const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders & IncomingHttpStatusHeader];
  if (headers[":status"] !== 200) throw new Error(`the server answered ${headers[":status"]}`);
  return { client: RawClient.over(stream), stream, headers };
}
