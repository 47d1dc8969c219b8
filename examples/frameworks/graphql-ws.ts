import { createServer as createHttpServer } from "node:http";

import { graphqlHandlers, type GraphqlExtra } from "@wireproof/adapters/graphql-ws";
import { createServer } from "@wireproof/websocket";
import { buildSchema } from "graphql";
import { type ConnectionInitMessage, makeServer } from "graphql-ws";

interface Session {
  user: string;
}

const schema = buildSchema(`
  type Query { whoami: String }
  type Subscription { count(to: Int!): Int }
`);
const graphql = makeServer<ConnectionInitMessage["payload"], GraphqlExtra<Session>>({
  schema,
  context: ({ extra }) => extra.ws.data,
  roots: {
    query: { whoami: (_arguments: object, { user }: Session) => user },
    subscription: {
      async *count({ to }: { to: number }) {
        for (let count = 1; count <= to; count++) yield { count };
      },
    },
  },
});

/** By their tokens: in an application, those that it has given out. */
const users = new Map([["Bearer s3cret", "ada"]]);
const http = createHttpServer((_request, response) => response.end("a page"));
const websocket = createServer<Session>({
  ...graphqlHandlers(graphql),
  path: "/graphql",
  // Or `behind(sessions, …)`, as with Express.
  upgrade({ headers }) {
    const user = users.get(headers.authorization ?? "");
    return user === undefined ? { status: 401 } : { data: { user } };
  },
}).attach(http);

http.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1");
process.once("SIGTERM", () => {
  http.close();
  void websocket.close();
});
