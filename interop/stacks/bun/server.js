// Echo server on Bun, with permessage-deflate. Argument: the port.

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
const SCENARIOS = "open text binary fragmented deflate ping subprotocol close-client close-server".split(" ");
const scenario = process.env.WIREPROOF_SCENARIO ?? "open";
if (!SCENARIOS.includes(scenario)) process.exit(127);

Bun.serve({
  port: Number(process.argv[2]),
  hostname: "127.0.0.1",
  fetch: (request, server) => {
    const isUpgraded = server.upgrade(request, subprotocol(request));
    return isUpgraded ? undefined : new Response("not a WebSocket request");
  },
  websocket: {
    maxPayloadLength: 64 * 1024 * 1024,
    perMessageDeflate: true,
    message: (socket, message) => {
      if (scenario === "close-server") socket.close(3001, "server done");
      else socket.send(message, scenario === "deflate"); // Compressed, if it was agreed.
    },
  },
});

function subprotocol(request) {
  const offered = request.headers.get("sec-websocket-protocol")?.split(/, */);
  if (scenario !== "subprotocol" || !offered?.includes("chat.v2")) return undefined;
  return { headers: { "Sec-WebSocket-Protocol": "chat.v2" } };
}
