// Echo server on the npm package nodejs-websocket. Argument: the port.
const ws = require("nodejs-websocket");

ws.setMaxBufferLength(64 * 1024 * 1024);
const server = ws.createServer((connection) => {
  connection.on("error", () => undefined);
  connection.on("text", (text) => connection.sendText(text));
  connection.on("binary", (stream) => {
    const pieces = [];
    stream.on("data", (piece) => pieces.push(piece));
    stream.on("end", () => connection.sendBinary(Buffer.concat(pieces)));
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
