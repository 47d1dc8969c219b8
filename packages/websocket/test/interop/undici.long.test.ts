import { Agent, WebSocket } from "undici";

import { certificate } from "../client/raw-server.js";
import { playMatrix } from "./matrix.js";
import { checkReport, startOurServer } from "./our-server.js";
import { playWebClient } from "./web-client.js";

playMatrix("our server and the client of undici", async (way, context) => {
  const server = await startOurServer(context, way);
  const dispatcher = new Agent({ connect: { ca: (await certificate()).cert } });
  context.after(() => dispatcher.destroy());
  const protocols = ["other", "chat"];
  const report = await playWebClient((url) => new WebSocket(url, { protocols, dispatcher }), server.url);
  // It answers with the code alone, as we do.
  await checkReport(server, report, way, [4001, ""]);
});
