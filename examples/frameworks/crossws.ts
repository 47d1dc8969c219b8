import { createServer as createHttpServer } from "node:http";

import { crossws } from "@wireproof/adapters/crossws";
import type { PeerContext } from "crossws";

interface Session extends PeerContext {
  user: string;
}

/** By their tokens: in an application, those that it has given out. */
const users = new Map([["Bearer s3cret", "ada"]]);
const http = createHttpServer((_request, response) => response.end("a page"));
const adapter = crossws({
  hooks: {
    upgrade({ headers }) {
      const user = users.get(headers.get("authorization") ?? "");
      return user === undefined
        ? new Response("Log in first.", { status: 401 })
        : { context: { user } satisfies Session };
    },
    message(peer, message) {
      const { user } = peer.context as Session;
      peer.send(`${user}: ${message.text()}`);
    },
  },
});
adapter.server.attach(http);

http.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
process.once("SIGTERM", () => {
  http.close();
  void adapter.server.close();
});
