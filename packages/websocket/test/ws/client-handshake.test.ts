import assert from "node:assert/strict";
import { Agent } from "node:http";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { test } from "node:test";

import type { ClientOptions, WebSocket } from "../../src/ws/index.js";
import { OURS, Stage, differential, differentialAlone } from "./support/differential.js";
import type { Differences } from "./support/differential.js";
import { answer, serve } from "./support/upgrades.js";
import { closed, describeError, next, watch } from "./support/watch.js";

const ADDRESSES: readonly string[] = [
  "nonsense",
  "ftp://x",
  "ws://x#fragment",
  "ws+unix:",
  "http://127.0.0.1:1/",
  "wss://127.0.0.1:1",
  "ws://[::1]:1/path?q",
];

differentialAlone("addresses, subprotocols and versions that cannot be", async (stage) => {
  const { WebSocket } = stage.client;
  const quiet = (websocket: WebSocket): string => {
    websocket.on("error", () => {});
    websocket.terminate();
    return `${websocket.url} ${websocket.readyState}`;
  };
  for (const address of ADDRESSES) stage.attempt("client", address, () => quiet(new WebSocket(address)));
  stage.attempt("client", "URL", () => quiet(new WebSocket(new URL("ws://127.0.0.1:1/x"))));
  for (const protocols of [["a", "a"], [""], ["a b"], "ok", ["ü"], null, 1, true, [null], ""])
    stage.attempt("client", String(protocols), () =>
      quiet(new WebSocket("ws://127.0.0.1:1", protocols as string[])),
    );
  stage.attempt("client", "both wrong", () => quiet(new WebSocket("ftp://x", ["a", "a"])));
  stage.attempt("client", "in the options", () =>
    quiet(new WebSocket("ws://127.0.0.1:1", { protocols: ["a", "a"] })),
  );
  stage.attempt("client", "version 9", () =>
    quiet(new WebSocket("ws://127.0.0.1:1", { protocolVersion: 9 })),
  );
  stage.attempt("client", "null", () => `${new WebSocket(null, undefined, {}).readyState}`);
});

const ANSWERS: Readonly<
  Record<
    string,
    {
      changes: Readonly<Record<string, string | null>>;
      options?: ClientOptions;
      protocols?: string[];
      differences?: Differences;
    }
  >
> = {
  "that is right": { changes: {} },
  "without Upgrade": { changes: { Upgrade: "other" } },
  "without Sec-WebSocket-Accept": { changes: { "Sec-WebSocket-Accept": null } },
  "with a wrong Sec-WebSocket-Accept": { changes: { "Sec-WebSocket-Accept": "AAAA" } },
  "with a subprotocol that was not asked for": { changes: { "Sec-WebSocket-Protocol": "a" } },
  "with another subprotocol": { changes: { "Sec-WebSocket-Protocol": "x" }, protocols: ["a"] },
  "without a subprotocol": { changes: {}, protocols: ["a"] },
  "with a subprotocol": { changes: { "Sec-WebSocket-Protocol": "b" }, protocols: ["a", "b"] },
  "with an extension that was not asked for": {
    changes: { "Sec-WebSocket-Extensions": "permessage-deflate" },
    options: { perMessageDeflate: false },
  },
  "with another extension": { changes: { "Sec-WebSocket-Extensions": "x-other" } },
  "with a broken extension": { changes: { "Sec-WebSocket-Extensions": "permessage-deflate;;" } },
  "with a window that there is not": {
    changes: { "Sec-WebSocket-Extensions": "permessage-deflate; server_max_window_bits=7" },
  },
  "with permessage-deflate": {
    changes: { "Sec-WebSocket-Extensions": "permessage-deflate; client_max_window_bits=12" },
  },
  "without what the offer asks for": {
    changes: { "Sec-WebSocket-Extensions": "permessage-deflate" },
    options: { perMessageDeflate: { serverNoContextTakeover: true } },
    differences: {
      "open |permessage-deflate (0) state 1":
        "error Error: Invalid Sec-WebSocket-Extensions header (1) state 2",
    },
  },
};

for (const [name, { changes, options = {}, protocols = [], differences }] of Object.entries(ANSWERS)) {
  differentialAlone(
    `an answer ${name}`,
    async (stage) => {
      const url = await serve(stage, (request, socket) => {
        socket.write(answer(request, changes));
        socket.on("data", () => {}).on("end", () => socket.end());
      });
      const here = watch(stage, "client", stage.connect(url, protocols, options));
      here.on("upgrade", (response) => stage.log("client", "upgrade", response.statusCode, here.readyState));
      here.on("open", () => here.terminate());
      await closed(here);
    },
    differences,
  );
}

differential("what a client asks for", async (stage) => {
  const all: [string[], ClientOptions][] = [
    [[], {}],
    [
      ["a", "b"],
      { perMessageDeflate: false, headers: { "X-Own": "1", Cookie: "c=1" }, origin: "http://x.example" },
    ],
    [
      [],
      {
        perMessageDeflate: {
          clientMaxWindowBits: 10,
          serverMaxWindowBits: 9,
          clientNoContextTakeover: true,
          serverNoContextTakeover: true,
        },
      },
    ],
    [
      [],
      { perMessageDeflate: { clientMaxWindowBits: false }, protocolVersion: 8, origin: "http://x.example" },
    ],
  ];
  for (const [protocols, options] of all) {
    const url = await serve(stage, (request, socket) => {
      const { host = "", ...headers } = request.headers;
      delete headers["sec-websocket-key"];
      stage.log(
        "server",
        request.method,
        request.url,
        request.httpVersion,
        host.startsWith("127.0.0.1:"),
        JSON.stringify(Object.entries(headers).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      );
      socket.destroy();
    });
    const here = stage.connect(url.replace("ws://", "ws://user:pass@") + "/path?q=1", protocols, options);
    here.on("error", (error) => stage.log("client", describeError(error)));
    await closed(here);
  }
});

differential("a server that answers something else", async (stage) => {
  const url = await serve(stage, (_request, socket) =>
    socket.end("HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nX-A: b\r\n\r\nno"),
  );
  const first = watch(stage, "client", stage.connect(url));
  await closed(first);
  const second = watch(stage, "client", stage.connect(url));
  second.on("unexpected-response", (_request, response) => {
    stage.log("client", response.statusCode, response.headers["x-a"], second.readyState);
    response.on("data", (chunk) => stage.log("client", "body", chunk));
    response.on("end", () => second.close());
  });
  await closed(second);
});

differential("no server, giving up, and too late", async (stage) => {
  const first = watch(stage, "client", stage.connect("ws://127.0.0.1:1"));
  stage.attempt("client", "send", () => first.send("x"));
  stage.attempt("client", "ping", () => first.ping());
  stage.attempt("client", "pong", () => first.pong());
  first.pause();
  stage.log("client", "buffered", first.bufferedAmount, first.isPaused);
  await closed(first);
  first.send("four", (error) => stage.log("client", describeError(error)));
  stage.log("client", "buffered", first.bufferedAmount);
  const url = await serve(stage, () => {});
  for (const end of ["close", "terminate"] as const) {
    const here = watch(stage, "client", stage.connect(url));
    here[end]();
    stage.log("client", here.readyState);
    await closed(here);
  }
  const late = watch(stage, "client", stage.connect(url, { handshakeTimeout: 50 }));
  await closed(late);
  const open = await serve(stage, (request, socket) => socket.write(answer(request)));
  const cut = watch(stage, "client", stage.connect(open));
  cut.on("upgrade", () => cut.close());
  await closed(cut);
});

differential("redirects", async (stage) => {
  const seen =
    (where: string) =>
    (request: IncomingMessage): void =>
      stage.log(
        where,
        request.url,
        request.headers.authorization,
        request.headers.cookie,
        request.headers["x-own"],
      );
  const elsewhere = await serve(stage, (request, socket) => {
    seen("elsewhere")(request);
    socket.write(answer(request));
    socket.on("data", () => {}).on("end", () => socket.end());
  });
  const start = await serve(stage, (request, socket) => {
    seen("start")(request);
    const target = new Map([
      ["/away", `${elsewhere}/there`],
      ["/near", "/again"],
      ["/loop", "/loop"],
      ["/bad", "ws://"],
      ["/ftp", "ftp://x/"],
    ]).get(request.url ?? "");
    if (target === undefined) socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    else socket.end(`HTTP/1.1 302 Found\r\nLocation: ${target}\r\nContent-Length: 0\r\n\r\n`);
  });
  const headers = { Authorization: "Basic abc", cookie: "secret=1", "X-Own": "1" };
  for (const path of ["/away", "/near", "/loop", "/bad", "/ftp"]) {
    for (const isListened of [false, true]) {
      const here = watch(
        stage,
        "client",
        stage.connect(start + path, { followRedirects: true, maxRedirects: 2, headers }),
      );
      if (isListened)
        here.on("redirect", (url, request) =>
          stage.log("client", "redirect", new URL(url).pathname, request.path),
        );
      here.on("open", () => here.terminate());
      await closed(here);
      stage.log("client", new URL(here.url).pathname);
    }
  }
  const plain = watch(stage, "client", stage.connect(`${start}/away`));
  await closed(plain);
});

test("a redirect to another host drops what was meant for the proxy, too", async (context) => {
  const stage = new Stage(context, OURS, OURS);
  const asked = new Promise<IncomingMessage>((resolve) => {
    void serve(stage, (request, socket) => {
      resolve(request);
      socket.destroy();
    }).then(async (elsewhere) => {
      const start = await serve(stage, (_request, socket) =>
        socket.end(`HTTP/1.1 307 Temporary Redirect\r\nLocation: ${elsewhere}\r\nContent-Length: 0\r\n\r\n`),
      );
      const headers = { "Proxy-Authorization": "Basic abc", "X-Own": "1" };
      stage.connect(start, { followRedirects: true, headers }).on("error", () => {});
    });
  });
  const { headers } = await asked;
  assert.equal(headers["proxy-authorization"], undefined);
  assert.equal(headers["x-own"], "1");
});

differential("agent, createConnection, finishRequest and generateMask are used", async (stage) => {
  const { url } = await stage.serve();
  class Counting extends Agent {
    override createConnection = (options: { port?: number; host?: string }) => {
      stage.log("client", "agent", typeof options.port, options.host);
      return connect(options.port as unknown as number, options.host);
    };
  }
  const all: ClientOptions[] = [
    { agent: new Counting() },
    {
      createConnection: ((options: { port: number; host: string; path?: string }) => {
        stage.log("client", "createConnection", options.host, options.path);
        return connect(options.port, options.host);
      }) as ClientOptions["createConnection"],
    },
    {
      finishRequest: (request, websocket) => {
        stage.log("client", "finishRequest", request.path, websocket.readyState);
        request.setHeader("X-Late", "1");
        request.end();
      },
    },
    {
      generateMask: (mask) => {
        stage.log("client", "generateMask", mask.length);
        mask.fill(0);
      },
    },
  ] as ClientOptions[];
  for (const options of all) {
    const here = watch(stage, "client", stage.connect(`${url}/p`, options));
    await next(here, "open");
    here.send("x");
    here.terminate();
    await closed(here);
  }
});
