import { once } from "node:events";
import { connect, createServer } from "node:http2";
import type { ClientHttp2Session, ClientHttp2Stream, ServerHttp2Stream, Settings } from "node:http2";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

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
