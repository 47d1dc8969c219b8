// Echo server on Deno. Argument: the port.

// The scenario of the interop grid (docs/grid.md), if any. Exit code 127: this program does not know it.
const SCENARIOS = "open text binary fragmented ping subprotocol close-client close-server".split(" ");
const scenario = Deno.env.get("WIREPROOF_SCENARIO") ?? "open";
if (!SCENARIOS.includes(scenario)) Deno.exit(127);

// No pings of its own, so that the tester sees only what it has asked for.
const OPTIONS = { idleTimeout: 0 };

Deno.serve({ port: Number(Deno.args[0]), hostname: "127.0.0.1", onListen: () => undefined }, (request) => {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket")
    return new Response("not a WebSocket request");
  const options = scenario === "subprotocol" ? { ...OPTIONS, protocol: "chat.v2" } : OPTIONS;
  const { socket, response } = Deno.upgradeWebSocket(request, options);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => {
    if (scenario === "close-server") socket.close(3001, "server done");
    else socket.send(data);
  });
  socket.addEventListener("error", () => undefined);
  return response;
});
