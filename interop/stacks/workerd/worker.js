// Echo server on workerd, the runtime of Cloudflare Workers.
// oxlint-disable-next-line import/no-default-export -- workerd takes no other.
export default {
  fetch(request) {
    if (request.headers.get("Upgrade")?.toLowerCase() !== "websocket")
      return new Response("not a WebSocket request");
    const [client, server] = Object.values(new WebSocketPair());
    server.accept();
    server.addEventListener("message", ({ data }) => server.send(data));
    server.addEventListener("close", ({ code, reason }) => {
      // The runtime does not answer a Close frame by itself. 1005 says that there was no code.
      if (code === 1005) server.close();
      else server.close(code, reason);
    });
    return new Response(null, { status: 101, webSocket: client });
  },
};
