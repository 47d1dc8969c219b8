import { createWebServer } from "../http-server.js";
import { listen } from "../listen.js";
import type { Mutant } from "./mutant.js";

const BODY = "There is nothing here.\n";

/**
 * A web server that has never heard of WebSocket: a 404 with a body for everything.
 *
 * Must be caught by the opening handshake of every case.
 */
export const plainHttp: Mutant = {
  name: "plainHttp",
  start: (options = {}) => {
    const server = createWebServer(options.tls, (_request, response) => {
      const length = Buffer.byteLength(BODY);
      response.writeHead(404, {
        Server: "plainHttp",
        "Content-Type": "text/plain",
        "Content-Length": length,
      });
      response.end(BODY);
    });
    return listen(server, options);
  },
};
