// Echo server on Bun, with permessage-deflate. Argument: the port.
Bun.serve({
  port: Number(process.argv[2]),
  hostname: "127.0.0.1",
  fetch: (request, server) => (server.upgrade(request) ? undefined : new Response("not a WebSocket request")),
  websocket: {
    maxPayloadLength: 64 * 1024 * 1024,
    perMessageDeflate: true,
    message: (socket, message) => void socket.send(message),
  },
});
