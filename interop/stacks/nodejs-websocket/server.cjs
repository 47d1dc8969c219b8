// Echo server on the npm package nodejs-websocket. Argument: the port.
const ws = require("nodejs-websocket");

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
const SCENARIOS = "open text binary fragmented ping subprotocol close-client close-server".split(" ");
const scenario = process.env.WIREPROOF_SCENARIO ?? "open";
if (!SCENARIOS.includes(scenario)) process.exit(127);

ws.setMaxBufferLength(64 * 1024 * 1024);
const options = scenario === "subprotocol" ? { validProtocols: ["chat.v2"] } : {};
const server = ws.createServer(options, (connection) => {
  connection.on("error", () => undefined);
  connection.on("text", (text) => {
    if (scenario === "close-server") connection.close(3001, "server done");
    else connection.sendText(text);
  });
  connection.on("binary", (stream) => {
    const pieces = [];
    stream.on("data", (piece) => pieces.push(piece));
    stream.on("end", () => connection.sendBinary(Buffer.concat(pieces)));
  });
});
server.listen(Number(process.argv[2]), "127.0.0.1");
