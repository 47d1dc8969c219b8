// Echo server on the npm packages faye-websocket and permessage-deflate. Argument: the port.
const http = require("node:http");
const WebSocket = require("faye-websocket");
const deflate = require("permessage-deflate");

const OPTIONS = { maxLength: 64 * 1024 * 1024, extensions: [deflate] };

const server = http.createServer();
server.on("upgrade", (request, socket, head) => {
  if (!WebSocket.isWebSocket(request)) {
    socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    return;
  }
  const connection = new WebSocket(request, socket, head, [], OPTIONS);
  connection.on("error", () => undefined);
  connection.on("message", ({ data }) => connection.send(data));
});
server.listen(Number(process.argv[2]), "127.0.0.1");
