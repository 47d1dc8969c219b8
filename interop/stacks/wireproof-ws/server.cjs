// Echo server on this project's drop-in for the npm package ws, with permessage-deflate. Argument: the port.
const { WebSocketServer } = require("ws");

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
const SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split(" ");
const scenario = process.env.WIREPROOF_SCENARIO ?? "open";
if (!SCENARIOS.includes(scenario)) process.exit(127);

const server = new WebSocketServer({
  port: Number(process.argv[2]),
  host: "127.0.0.1",
  perMessageDeflate: true,
  ...(scenario === "subprotocol" && { handleProtocols: (offered) => offered.has("chat.v2") && "chat.v2" }),
});
server.on("connection", (socket) => {
  socket.on("error", () => undefined);
  socket.on("message", (message, isBinary) => {
    if (scenario === "close-server") socket.close(3001, "server done");
    else socket.send(message, { binary: isBinary });
  });
});
