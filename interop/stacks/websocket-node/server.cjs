// Echo server on the npm package websocket (WebSocket-Node). Argument: the port.
const http = require("node:http");
const { server: WebSocketServer } = require("websocket");

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
const SCENARIOS = "open text binary fragmented ping subprotocol close-client close-server".split(" ");
const scenario = process.env.WIREPROOF_SCENARIO ?? "open";
if (!SCENARIOS.includes(scenario)) process.exit(127);

const httpServer = http.createServer();
httpServer.listen(Number(process.argv[2]), "127.0.0.1");
const server = new WebSocketServer({
  httpServer,
  autoAcceptConnections: scenario !== "subprotocol",
  maxReceivedFrameSize: 64 * 1024 * 1024,
  maxReceivedMessageSize: 64 * 1024 * 1024,
  // No pings of its own, so that the tester sees only what it has asked for.
  keepalive: false,
});
server.on("request", (request) => {
  const isOffered = request.requestedProtocols.includes("chat.v2");
  request.accept(isOffered ? "chat.v2" : null, request.origin);
});
server.on("connect", (connection) => {
  connection.on("error", () => undefined);
  connection.on("message", (message) => {
    if (scenario === "close-server") connection.close(3001, "server done");
    else if (message.type === "utf8") connection.sendUTF(message.utf8Data);
    else connection.sendBytes(message.binaryData);
  });
});
