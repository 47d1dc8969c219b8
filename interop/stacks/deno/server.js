// Echo server on Deno. Argument: the port.
Deno.serve({ port: Number(Deno.args[0]), hostname: "127.0.0.1", onListen: () => undefined }, (request) => {
  if (request.headers.get("upgrade")?.toLowerCase() !== "websocket")
    return new Response("not a WebSocket request");
  // No pings of its own, so that the tester sees only what it has asked for.
  const { socket, response } = Deno.upgradeWebSocket(request, { idleTimeout: 0 });
  socket.binaryType = "arraybuffer";
  socket.addEventListener("message", ({ data }) => socket.send(data));
  socket.addEventListener("error", () => undefined);
  return response;
});
