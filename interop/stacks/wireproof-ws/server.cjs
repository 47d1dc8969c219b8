// Echo server on this project's drop-in for the npm package ws, with permessage-deflate. Argument: the port.
const { WebSocketServer } = require("ws");

const server = new WebSocketServer({
  port: Number(process.argv[2]),
  host: "127.0.0.1",
  perMessageDeflate: true,
});
server.on("connection", (socket) => {
  socket.on("error", () => undefined);
  socket.on("message", (message, isBinary) => socket.send(message, { binary: isBinary }));
});
