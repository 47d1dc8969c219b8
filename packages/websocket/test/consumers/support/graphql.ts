import assert from "node:assert/strict";
import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";

import type { WebSocket, WebSocketServer } from "../../../src/ws/index.js";
import { loadConsumer, loadDropIn } from "./consumer.js";
import { Inbox } from "./until.js";

export interface Result {
  readonly data?: Readonly<Record<string, unknown>>;
  readonly errors?: readonly { readonly message: string }[];
}
export interface Client {
  iterate(request: { query: string }): AsyncIterableIterator<Result>;
  on(event: string, listener: (...args: never[]) => void): () => void;
  dispose(): void;
  terminate(): void;
}
export interface CloseEvent {
  readonly code: number;
  readonly reason: string;
  readonly wasClean: boolean;
}
type UseServer = (
  options: object,
  wss: WebSocketServer,
  keepAliveMs?: number,
) => { dispose(): Promise<void> };

const SCHEMA = `
  type Query { hello(name: String!): String! }
  type Subscription { count(to: Int!): Int! news: String! }
`;

export interface Running {
  readonly wss: WebSocketServer;
  readonly url: string;
  readonly news: Set<Inbox<string>>;
  /** One entry for each operation that the server has begun. */
  readonly subscribed: Inbox<void>;
  /** Those whose connection is open, in the order in which they came. */
  readonly sockets: Inbox<WebSocket>;
  readonly closes: Inbox<[code: number, reason: string]>;
  dispose(): Promise<void>;
}

/** A server of graphql-ws on a server of the drop-in. */
export async function startServer(
  context: TestContext,
  options: object = {},
  keepAliveMs?: number,
): Promise<Running> {
  const { WebSocketServer } = loadDropIn();
  const { useServer } = loadConsumer("graphql-ws/use/ws") as { useServer: UseServer };
  const { buildSchema } = loadConsumer("graphql") as { buildSchema: (text: string) => object };
  const wss = new WebSocketServer({ port: 0, host: "127.0.0.1", path: "/graphql" });
  await once(wss, "listening");
  const sockets = new Inbox<WebSocket>();
  const closes = new Inbox<[number, string]>();
  const subscribed = new Inbox<void>();
  const news = new Set<Inbox<string>>();
  const server = useServer(
    {
      schema: buildSchema(SCHEMA),
      roots: {
        query: { hello: ({ name }: { name: string }) => `Hello ${name}` },
        subscription: {
          count: ({ to }: { to: number }) => count(to),
          news: () => {
            const inbox = new Inbox<string>();
            news.add(inbox);
            return readNews(inbox);
          },
        },
      },
      onOperation: () => subscribed.put(),
      onConnect: ({ extra }: { extra: { socket: WebSocket; request: IncomingMessage } }) => {
        assert.equal(extra.request.url, "/graphql");
        sockets.put(extra.socket);
      },
      onClose: (_context: unknown, code: number, reason: string) => closes.put([code, reason]),
      ...options,
    },
    wss,
    keepAliveMs,
  );
  context.after(() => {
    for (const client of wss.clients) client.terminate();
    wss.close();
  });
  const url = `ws://127.0.0.1:${(wss.address() as AddressInfo).port}/graphql`;
  return { wss, url, news, subscribed, sockets, closes, dispose: () => server.dispose() };
}

async function* count(to: number): AsyncGenerator<{ count: number }> {
  for (let at = 1; at <= to; at++) yield { count: at };
}

/** No generator: that could not end while it waits. */
function readNews(inbox: Inbox<string>): AsyncIterableIterator<{ news: string }> {
  return {
    next: async () => ({ done: false, value: { news: await inbox.take() } }),
    return: () => Promise.resolve({ done: true, value: undefined }),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** A client of graphql-ws that is given the drop-in, and connects again at once. */
export function startClient(context: TestContext, url: string, options: object = {}): Client {
  const { createClient } = loadConsumer("graphql-ws") as { createClient: (options: object) => Client };
  const client = createClient({
    url,
    webSocketImpl: loadDropIn(),
    retryWait: () => Promise.resolve(),
    ...options,
  });
  context.after(() => client.terminate());
  return client;
}

/** Subscribes, and resolves when the server has begun to serve it. */
export async function subscribe(running: Running, client: Client): Promise<() => Promise<unknown>> {
  const results = client.iterate({ query: "subscription { news }" });
  let coming: Promise<IteratorResult<Result>> | undefined = results.next();
  // A reader sees the end, but there may be none.
  coming.catch(() => {});
  await running.subscribed.take();
  return async () => {
    const { value } = await (coming ?? results.next());
    coming = undefined;
    return (value as Result).data?.["news"];
  };
}
