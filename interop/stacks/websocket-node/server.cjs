// Echo server on the npm package websocket (WebSocket-Node). Argument: the port.
const http = require("node:http");
const { server: WebSocketServer } = require("websocket");

const httpServer = http.createServer();
httpServer.listen(Number(process.argv[2]), "127.0.0.1");
const server = new WebSocketServer({
  httpServer,
  autoAcceptConnections: true,
  maxReceivedFrameSize: 64 * 1024 * 1024,
  maxReceivedMessageSize: 64 * 1024 * 1024,
  // No pings of its own, so that the tester sees only what it has asked for.
  keepalive: false,
});
server.on("connect", (connection) => {
  connection.on("error", () => undefined);
  connection.on("message", (message) => {
    if (message.type === "utf8") connection.sendUTF(message.utf8Data);
    else connection.sendBytes(message.binaryData);
  });
});
