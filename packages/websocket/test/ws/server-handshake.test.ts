import { createServer } from "node:http";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

import type { ServerOptions, VerifyClientInfo, WebSocket } from "../../src/ws/index.js";
import { RawClient } from "../support/raw-client.js";
import type { RequestChanges } from "../support/raw-client.js";
import { differential, differentialAlone } from "./support/differential.js";
import type { Differences, Stage } from "./support/differential.js";
import { closed, describeError, next, watch } from "./support/watch.js";

/** Asks and notes the answer: status, the header fields that matter, and the body. */
async function ask(stage: Stage, port: number, changes: RequestChanges): Promise<void> {
  const client = await RawClient.connect(stage.context, { port });
  const { status, headers, body } = await client.ask(changes);
  const fields = [
    "connection",
    "content-type",
    "sec-websocket-version",
    "sec-websocket-protocol",
    "sec-websocket-extensions",
  ];
  const shown = fields.map((name) => `${name}=${headers.get(name) ?? ""}`).join(" ");
  stage.log("raw client", status, shown, JSON.stringify(body));
  client.socket.destroy();
}

/** Requests that a server refuses, or not, and what is different on purpose. */
const REQUESTS: Readonly<Record<string, { changes: RequestChanges; differences?: Differences }>> = {
  "a correct one": { changes: {} },
  "with a body": { changes: { method: "POST" } },
  "without a key": { changes: { headers: { "Sec-WebSocket-Key": null } } },
  "with a short key": { changes: { headers: { "Sec-WebSocket-Key": "c2hvcnQ=" } } },
  "with a key that no encoder makes": {
    changes: { headers: { "Sec-WebSocket-Key": "AQIDBAUGBwgJCgsMDQ4PEC==" } },
  },
  "with a version that there is not": { changes: { headers: { "Sec-WebSocket-Version": "12" } } },
  "with the version of the last draft": { changes: { headers: { "Sec-WebSocket-Version": "8" } } },
  "for h2c": { changes: { headers: { Upgrade: "h2c" } } },
  "with a list of protocols to upgrade to": {
    changes: { headers: { Upgrade: "h2c, websocket" } },
    differences: { [refused("sec-websocket-version=", "Invalid Upgrade header")]: accepted() },
  },
  "without a host": {
    changes: { headers: { Host: null }, version: "HTTP/1.0" },
    differences: {
      [accepted()]:
        '505 connection=close content-type=text/html sec-websocket-version= sec-websocket-protocol= sec-websocket-extensions= "An opening handshake needs HTTP/1.1 or a later minor version of it."',
    },
  },
  "with a subprotocol twice": { changes: { headers: { "Sec-WebSocket-Protocol": "a, a" } } },
  "with subprotocols": { changes: { headers: { "Sec-WebSocket-Protocol": "b, a" } } },
  "with a subprotocol that is no token": { changes: { headers: { "Sec-WebSocket-Protocol": "a b" } } },
  "with an extension that is no token": {
    changes: { headers: { "Sec-WebSocket-Extensions": "permessage-deflate; =" } },
  },
  "with an unknown extension": {
    changes: { headers: { "Sec-WebSocket-Extensions": "x-unknown; a=1, __proto__; constructor" } },
  },
  "with permessage-deflate": {
    changes: { headers: { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits" } },
    differences: {
      [accepted("permessage-deflate")]: accepted("permessage-deflate; server_no_context_takeover"),
    },
  },
  "with a window that there is not": {
    changes: { headers: { "Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=16" } },
  },
  "with all parameters": {
    changes: {
      headers: {
        "Sec-WebSocket-Extensions":
          "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; client_max_window_bits=11",
      },
    },
  },
};

function refused(version: string, message: string): string {
  return `400 connection=close content-type=text/html ${version} sec-websocket-protocol= sec-websocket-extensions= ${JSON.stringify(message)}`;
}

function accepted(extensions = ""): string {
  return `101 connection=Upgrade content-type= sec-websocket-version= sec-websocket-protocol= sec-websocket-extensions=${extensions} ""`;
}

for (const [name, { changes, differences }] of Object.entries(REQUESTS)) {
  differentialAlone(
    `an opening handshake ${name}`,
    async (stage) => {
      const { port } = await stage.serve({ perMessageDeflate: true });
      await ask(stage, port, changes);
      stage.log("server", "done");
    },
    differences,
  );
}

differentialAlone("what is wrong is reported in the same order", async (stage) => {
  const { port } = await stage.serve({ path: "/chat", perMessageDeflate: true });
  const wrong: readonly RequestChanges[] = [
    { method: "POST" },
    { headers: { Upgrade: "h2c" } },
    { headers: { "Sec-WebSocket-Key": null } },
    { headers: { "Sec-WebSocket-Version": "12" } },
    { target: "/other" },
    { headers: { "Sec-WebSocket-Protocol": "a, a" } },
    { headers: { "Sec-WebSocket-Extensions": "permessage-deflate; =" } },
  ];
  for (const [at, first] of wrong.entries()) {
    for (const second of wrong.slice(at + 1)) {
      const headers = { ...first.headers, ...second.headers };
      await ask(stage, port, { target: "/chat", ...second, ...first, headers });
    }
  }
});

/** What a server without compression has no need to read. */
const ODD_EXTENSIONS = ["", "permessage-deflate;", ",", "a b", "=;", 'x; a="', "\u00e4"];

differentialAlone("odd offers of extensions without compression", async (stage) => {
  const { wss, port } = await stage.serve();
  wss.on("connection", (there) => stage.log("server", JSON.stringify(there.extensions)));
  for (const value of ODD_EXTENSIONS)
    await ask(stage, port, { headers: { "Sec-WebSocket-Extensions": value } });
  await ask(stage, port, { headers: { "Sec-WebSocket-Extensions": ["permessage-deflate", ";"] } });
});

differentialAlone("a client of version 8 has another field for its origin", async (stage) => {
  const { port } = await stage.serve({
    verifyClient: ({ origin }: VerifyClientInfo) => {
      stage.log("server", origin);
      return origin === "http://here.example";
    },
  });
  for (const version of ["8", "13"])
    for (const name of ["Origin", "Sec-WebSocket-Origin"])
      await ask(stage, port, {
        headers: { "Sec-WebSocket-Version": version, [name]: "http://here.example" },
      });
});

differential("a choice that the client does not offer is its own business", async (stage) => {
  const { wss, url } = await stage.serve({ handleProtocols: () => "mine" });
  wss.on("connection", (there) => stage.log("server", there.protocol));
  for (const protocols of [["theirs"], []]) {
    const here = watch(stage, "client", stage.connect(url, protocols));
    here.on("open", () => here.close());
    await closed(here);
  }
});

differentialAlone("wsClientError takes the answer over", async (stage) => {
  const { wss, port } = await stage.serve();
  wss.on("wsClientError", (error: Error, socket: Duplex, request: IncomingMessage) => {
    stage.log("server", "wsClientError", describeError(error), request.url);
    socket.end("HTTP/1.1 418 Own\r\nConnection: close\r\n\r\n");
  });
  for (const changes of [
    { method: "POST" },
    { headers: { "Sec-WebSocket-Key": "x" } },
    { headers: { Upgrade: "x" } },
  ])
    await ask(stage, port, changes);
});

differentialAlone("path and shouldHandle", async (stage) => {
  const { wss, port } = await stage.serve({ path: "/chat" });
  for (const target of ["/chat", "/chat?x=1", "/chat/", "/"]) await ask(stage, port, { target });
  wss.shouldHandle = (request: IncomingMessage) => request.url === "/other";
  for (const target of ["/chat", "/other"]) await ask(stage, port, { target });
});

differential("verifyClient", async (stage) => {
  const verifiers: ServerOptions["verifyClient"][] = [
    (info: VerifyClientInfo) => {
      stage.log("server", "sync", info.origin, info.secure, info.req.url);
      return info.origin === "http://good.example";
    },
    (info, callback) => {
      stage.log("server", "async", info.origin, info.secure);
      setImmediate(() => callback(info.origin === "http://good.example"));
    },
    (_info, callback) => setImmediate(() => callback(false, 403, "<b>no</b>", { "X-Why": "because" })),
  ];
  for (const verifyClient of verifiers) {
    for (const origin of ["http://good.example", "http://bad.example"]) {
      const { url } = await stage.serve({ verifyClient });
      const here = watch(stage, "client", stage.connect(`${url}/path`, [], { origin }));
      here.on("open", () => here.close());
      here.on("unexpected-response", (_request, response) => {
        const { statusCode, statusMessage, headers } = response;
        stage.log(
          "client",
          statusCode,
          statusMessage,
          headers["content-type"],
          headers["x-why"],
          headers.connection,
        );
        response.on("data", (chunk) => stage.log("client", "body", chunk)).on("end", () => here.terminate());
      });
      await closed(here);
    }
  }
});

differential("handleProtocols and the headers event", async (stage) => {
  const choices = [undefined, () => "b", () => false as const, (names: Set<string>) => [...names].at(-1)];
  for (const handleProtocols of choices) {
    const { wss, url } = await stage.serve(handleProtocols === undefined ? {} : { handleProtocols });
    wss.on("headers", (lines: string[], request: IncomingMessage) => {
      stage.log("server", request.url, lines.slice(0, 3).join("|"), lines.slice(4).join("|"));
      lines.push("X-Added: yes", "Set-Cookie: a=1", "Set-Cookie: b=2");
    });
    wss.on("connection", (there) => stage.log("server", "protocol", there.protocol));
    const here = watch(stage, "client", stage.connect(url, ["a", "b", "c"]));
    here.on("upgrade", (response) =>
      stage.log("client", response.headers["x-added"], response.headers["set-cookie"]),
    );
    here.on("open", () => here.close());
    await closed(here);
  }
});

differential("on an HTTP server of the application, with noServer, and with another class", async (stage) => {
  const { WebSocketServer, WebSocket: Base } = stage.server;
  class Own extends Base {
    greet(): void {
      this.send("hello from a class of its own");
    }
  }
  const http = createServer((_request, response) => response.end("page"));
  const attached = new WebSocketServer({ server: http, path: "/attached", clientTracking: false });
  const free = new WebSocketServer({ noServer: true, WebSocket: Own });
  stage.attempt("server", "address", () => free.address());
  stage.log("server", "clients", typeof attached.clients, free.clients.size);
  attached.on("listening", () => stage.log("server", "listening"));
  attached.on("connection", (there: WebSocket, request: IncomingMessage) => {
    stage.log("server", "attached", request.url, there instanceof Base);
    there.close(1001);
  });
  http.listen(0, "127.0.0.1");
  await next(http, "listening");
  const { port } = http.address() as AddressInfo;
  const first = watch(stage, "client", stage.connect(`ws://127.0.0.1:${port}/attached`));
  await closed(first);
  attached.close(() => stage.log("server", "attached closed"));
  await next(attached, "close");
  http.on("upgrade", (request, socket, head) => {
    free.handleUpgrade(request, socket, head, (there, again) => {
      stage.log(
        "server",
        "free",
        there instanceof Own,
        again === request,
        free.clients.size,
        there.readyState,
      );
      there.greet();
      there.on("message", () => there.close(1000));
    });
  });
  const second = watch(stage, "client", stage.connect(`ws://127.0.0.1:${port}/`));
  second.on("message", () => second.send("thanks"));
  free.close(() => stage.log("server", "never before its clients"));
  second.terminate();
  const third = watch(stage, "client", stage.connect(`ws://127.0.0.1:${port}/`));
  await closed(third);
  http.close();
});

differential("close", async (stage) => {
  const { wss, url } = await stage.serve();
  const [there, here] = await Promise.all([
    next(wss, "connection"),
    (async () => {
      const client = watch(stage, "client", stage.connect(url));
      await next(client, "open");
      return client;
    })(),
  ]);
  stage.log("server", wss.clients.size, typeof wss.address(), (wss.address() as AddressInfo).family);
  wss.close((error) => stage.log("server", "first", describeError(error)));
  wss.close((error) => stage.log("server", "second", describeError(error)));
  stage.log("server", "address", wss.address());
  const over = next(wss, "close");
  (there[0] as WebSocket).close(1001, "bye");
  await Promise.all([closed(here, there[0] as WebSocket), over]);
  stage.log("server", wss.clients.size);
  wss.close((error) => stage.log("server", "third", describeError(error)));
  await next(wss, "close");
});

differential(
  "close with a server of the application waits for the clients that are tracked",
  async (stage) => {
    for (const clientTracking of [true, false]) {
      const http = createServer();
      const wss = new stage.server.WebSocketServer({ server: http, clientTracking });
      http.listen(0, "127.0.0.1");
      await next(http, "listening");
      const connected = next(wss, "connection");
      const here = stage.connect(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`);
      await next(here, "open");
      const [there] = (await connected) as [WebSocket];
      there.on("close", () => stage.log("server", "the connection"));
      const over = next(wss, "close");
      wss.close(() => stage.log("server", "the server"));
      await new Promise((resolve) => setImmediate(resolve));
      here.close();
      await Promise.all([closed(there), over]);
      http.close();
    }
  },
);

differential("options that cannot be", async (stage) => {
  const { WebSocketServer } = stage.server;
  const options: (ServerOptions | undefined)[] = [
    undefined,
    {},
    { port: 0, noServer: true },
    { server: createServer(), noServer: true },
  ];
  for (const each of options) stage.attempt("server", "new", () => new WebSocketServer(each));
  const { port } = await stage.serve();
  const other = new WebSocketServer({ port, host: "127.0.0.1" });
  const [error] = await next(other, "error");
  stage.log("server", (error as { code: string }).code);
});

differentialAlone("handleUpgrade twice, and for a client that has gone", async (stage) => {
  const { WebSocketServer } = stage.server;
  const wss = new WebSocketServer({ noServer: true });
  const http = createServer();
  http.listen(0, "127.0.0.1");
  await next(http, "listening");
  const { port } = http.address() as AddressInfo;
  const upgraded = next(http, "upgrade") as Promise<[IncomingMessage, Duplex, Buffer]>;
  const client = await RawClient.connect(stage.context, { port });
  const [answer, [request, socket, head]] = await Promise.all([
    client.ask
      .bind(client)()
      .catch(() => null),
    upgraded.then((args) => {
      wss.handleUpgrade(...args, (there) => watch(stage, "server", there));
      return args;
    }),
  ]);
  stage.log("raw client", answer?.status);
  stage.attempt("server", "again", () =>
    wss.handleUpgrade(request, socket, head, () => stage.log("server", "never")),
  );
  client.socket.destroy();
  http.close();
});
