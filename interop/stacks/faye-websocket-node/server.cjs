// Echo server on the npm packages faye-websocket and permessage-deflate. Argument: the port.
const http = require("node:http");
const WebSocket = require("faye-websocket");
const deflate = require("permessage-deflate");

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
const SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split(" ");
const scenario = process.env.WIREPROOF_SCENARIO ?? "open";
if (!SCENARIOS.includes(scenario)) process.exit(127);

const OPTIONS = { maxLength: 64 * 1024 * 1024, extensions: [deflate] };
const PROTOCOLS = scenario === "subprotocol" ? ["chat.v2"] : [];

const server = http.createServer((_request, response) => {
  response.writeHead(426, { Upgrade: "websocket", Connection: "Upgrade" }).end();
});
server.on("upgrade", (request, socket, head) => {
  if (!WebSocket.isWebSocket(request)) {
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    return;
  }
  const connection = new WebSocket(request, socket, head, PROTOCOLS, OPTIONS);
  connection.on("error", () => undefined);
  connection.on("message", ({ data }) => {
    if (scenario === "close-server") connection.close(3001, "server done");
    else connection.send(data);
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
