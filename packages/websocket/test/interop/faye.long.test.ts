import { createServer as createHttp } from "node:http";
import { createServer as createHttps } from "node:https";
import type { TestContext } from "node:test";

import FayeWebSocket from "faye-websocket";

import { certificate, track } from "../client/raw-server.js";
import { playMatrix } from "./matrix.js";
import type { Way } from "./matrix.js";
import { playOurClient } from "./our-client.js";
import { checkReport, startOurServer } from "./our-server.js";
import { playWebClient } from "./web-client.js";

playMatrix(
  "our server and the client of faye-websocket",
  async (way, context) => {
    const server = await startOurServer(context, way);
    const tls = { ca: (await certificate()).cert };
    const protocols = ["other", "chat"];
    // It asks TLS for whatever name the URL has, and from Node 26 on that must not be an address.
    const url = server.url.replace("127.0.0.1", "localhost");
    const report = await playWebClient((url) => new WebFaye(url, protocols, { tls }), url);
    await checkReport(server, report, way);
  },
  { cannotDeflate: true },
);

playMatrix(
  "our client and the server of faye-websocket",
  async (way, context) => {
    await playOurClient(await startFaye(context, way), way, { mayPing: true });
  },
  { cannotDeflate: true },
);

/** It sends as text whatever is no Buffer. */
class WebFaye extends FayeWebSocket.Client {
  override send(data: string | Uint8Array): boolean {
    return super.send(typeof data === "string" ? data : Buffer.from(data));
  }
}

async function startFaye(context: TestContext, { isSecure }: Way): Promise<string> {
  const web = isSecure ? createHttps(await certificate()) : createHttp();
  web.on("upgrade", (request, socket, head) => {
    const socketOfFaye = new FayeWebSocket(request, socket, head, ["chat"]);
    socketOfFaye.on("message", ({ data }) => {
      if (data === "!close") socketOfFaye.close(4001, "bye ✓");
      else if (data === "!ping") socketOfFaye.ping("hello", () => socketOfFaye.send("!pong hello"));
      else socketOfFaye.send(data);
    });
  });
  const { port } = await track(context, web);
  return `${isSecure ? "wss" : "ws"}://127.0.0.1:${port}`;
}
