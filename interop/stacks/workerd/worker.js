// Echo server on workerd, the runtime of Cloudflare Workers.
// oxlint-disable-next-line import/no-default-export -- workerd takes no other.
export default {
  // The scenario of the interop grid (docs/grid.md), if any; server.sh has looked whether it is known.
  fetch(request, { WIREPROOF_SCENARIO: scenario }) {
    if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket")
      return new Response("not a WebSocket request");
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    server.addEventListener("message", ({ data }) => {
      if (scenario === "close-server") server.close(3001, "server done");
      else server.send(data);
    });
    server.addEventListener("close", ({ code, reason }) => {
      // The runtime does not answer a Close frame by itself. 1005 says that there was no code.
      if (code === 1005) server.close();
      else server.close(code, reason);
    });
    const offered = request.headers.get("Sec-WebSocket-Protocol")?.split(/, */);
    const isSelected = scenario === "subprotocol" && offered?.includes("chat.v2");
    const headers = isSelected ? { "Sec-WebSocket-Protocol": "chat.v2" } : {};
    return new Response(null, { status: 101, webSocket: client, headers });
  },
};
