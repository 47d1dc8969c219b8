import { V4MAPPED } from "node:dns";
import http from "node:http";
import net from "node:net";
import tls from "node:tls";
import type { Duplex } from "node:stream";

import type { ClientOptions } from "../../src/ws/index.js";
import { Opcode } from "../../src/protocol/opcode.js";
import { describe, fromServer, readFrames } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { deferred } from "../support/live-server.js";
import { differentialAlone } from "./support/differential.js";
import { testOptions } from "./support/option-table.js";
import type { OptionRow } from "./support/option-table.js";
import { answer, serve } from "./support/upgrades.js";
import { closed, describeData, describeError, next } from "./support/watch.js";

// Every option that a client of ws has, and those of http.request, each with what it changes: the trace is that of ws,
// and another one without the option.

const { Text, Binary, Continuation, Ping, Close } = Opcode;

type Options = ClientOptions & Record<string, unknown>;
type Play = OptionRow<Options>["play"];

/** What the server is asked for, header fields and all. */
const asked: Play = async (stage, options) => {
  const url = await serve(stage, (request, socket) => {
    const hidden = /^(host|sec-websocket-key)$/i;
    const port = request.socket.localPort;
    const { rawHeaders } = request;
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = rawHeaders[at]!;
      const value = hidden.test(name) ? String(rawHeaders[at + 1]!.endsWith(`:${port}`)) : rawHeaders[at + 1];
      stage.log("server", name, value);
    }
    socket.destroy();
  });
  const here = stage.connect(url, options);
  here.on("error", () => {});
  await closed(here);
};

/** The Host field leaves out the port that goes without saying. */
const askedAtPort: Play = async (stage, { defaultPort, ...options }) => {
  const url = await serve(stage, (request, socket) => {
    stage.log("server", request.headers.host === "127.0.0.1");
    socket.destroy();
  });
  const port = defaultPort === undefined ? {} : { defaultPort: Number(new URL(url).port) };
  const here = stage.connect(url, { ...options, ...port });
  here.on("error", () => {});
  await closed(here);
};

/** What the client emits for a connection on which the server sends these frames and ends, and what it sends. */
function told(frames: readonly FrameShape[], head: Readonly<Record<string, string | null>> = {}): Play {
  return async (stage, options) => {
    const gone = deferred();
    const url = await serve(stage, (request, socket) => {
      const chunks: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => chunks.push(chunk));
      socket.on("end", () => socket.end());
      socket.on("close", () => {
        for (const seen of readFrames(Buffer.concat(chunks))) stage.log("server", describe(seen));
        gone.resolve();
      });
      socket.write(Buffer.concat([Buffer.from(answer(request, head)), ...frames.map(fromServer)]));
      if (frames.length > 0) socket.write(fromServer({ opcode: Close }));
      socket.once("data", () => socket.end());
    });
    const here = stage.connect(url, options);
    here.on("open", () => {
      stage.log("client", "open", here.extensions);
      if (frames.length === 0) here.close();
    });
    here.on("upgrade", (response) => stage.log("client", "upgrade", response.headers["age"]));
    here.on("error", (error) => stage.log("client", describeError(error)));
    here.on("message", (data, isBinary) => {
      stage.log("client", describeData(data), isBinary);
      setImmediate(() => stage.log("client", "the next turn"));
    });
    await Promise.all([closed(here), gone.promise]);
  };
}

/** What a message of the client is on the wire: its first octets, and whether it is shorter than what was sent. */
const sent: Play = async (stage, options) => {
  const url = await serve(stage, (request, socket) => {
    socket.write(
      answer(request, { "Sec-WebSocket-Extensions": "permessage-deflate; client_no_context_takeover" }),
    );
    socket.once("data", (chunk: Buffer) => {
      stage.log(
        "server",
        (chunk[0]! & 0x40) !== 0,
        chunk.length < 1000,
        chunk.subarray(4, 8).equals(Buffer.alloc(4)),
      );
      socket.destroy();
    });
  });
  const here = stage.connect(url, options);
  here.on("open", () => here.send("x".repeat(1000)));
  await closed(here);
};

/** Redirects to `count` more paths. */
function redirected(count: number): Play {
  return async (stage, options) => {
    const url = await serve(stage, (request, socket) => {
      stage.log("server", request.url);
      const at = Number(request.url!.slice(1)) + 1;
      if (at <= count) socket.end(`HTTP/1.1 302 Found\r\nLocation: /${at}\r\nContent-Length: 0\r\n\r\n`);
      else socket.end("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    });
    const here = stage.connect(`${url}/0`, options);
    here.on("error", (error) => stage.log("client", describeError(error)));
    await closed(here);
  };
}

/** A server that never answers, or that never ends; it goes away by itself after a second. */
function silent(isOpen: boolean): Play {
  return async (stage, options) => {
    const url = await serve(stage, (request, socket) => {
      if (isOpen) socket.write(answer(request));
      const timer = setTimeout(() => {
        stage.log("server", "has gone");
        socket.destroy();
      }, 1000);
      socket.on("data", () => {});
      socket.once("close", () => clearTimeout(timer));
    });
    const here = stage.connect(url, options);
    here.on("open", () => here.close());
    here.on("error", (error) => stage.log("client", error.message));
    await closed(here);
    stage.log("client", "closed");
  };
}

/** Who makes the connection, and with what. */
const dialled: Play = async (stage, options) => {
  const url = await serve(stage, (_request, socket) => socket.destroy());
  const { port } = new URL(url);
  const given: Options = { ...options };
  if (options.lookup !== undefined) {
    given.lookup = ((
      name: string,
      how: { all?: boolean; family?: unknown; hints?: unknown },
      done: (...args: unknown[]) => void,
    ) => {
      stage.log("client", "lookup", name, how.family, how.hints);
      if (how.all === true) done(null, [{ address: "127.0.0.1", family: 4 }]);
      else done(null, "127.0.0.1", 4);
    }) as never;
  }
  if (options.agent !== undefined) {
    const agent = new http.Agent();
    const create = agent.createConnection.bind(agent);
    agent.createConnection = (...args) => {
      stage.log("client", "the agent");
      return create(...args);
    };
    given.agent = agent;
  }
  if (options.createConnection !== undefined) {
    given.createConnection = (({ host, port: to }: { host: string; port: number }) => {
      stage.log("client", "createConnection", host);
      return net.connect(to, "127.0.0.1");
    }) as never;
  }
  const host = options.lookup === undefined ? "127.0.0.1" : "a-name.invalid";
  const here = stage.connect(`ws://${host}:${port}`, given);
  here.on("error", (error) => stage.log("client", (error as NodeJS.ErrnoException).code, error.name));
  await closed(here);
};

const LARGE_HEAD = { "X-Large": "x".repeat(20_000) };
const ABORTED = AbortSignal.abort();

/** Each option that has an effect. `besides` is given without it, too. */
const ROWS: Readonly<Record<string, OptionRow<Options>>> = {
  // ws's own.
  allowSynchronousEvents: {
    value: false,
    play: told([
      { opcode: Text, payload: "a" },
      { opcode: Text, payload: "b" },
    ]),
  },
  autoPong: { value: false, play: told([{ opcode: Ping, payload: "p" }]) },
  closeTimeout: { value: 50, play: silent(true) },
  finishRequest: {
    value: (request: http.ClientRequest) => {
      request.setHeader("X-Late", "1");
      request.end();
    },
    play: asked,
  },
  followRedirects: { value: true, play: redirected(1) },
  generateMask: {
    value: (mask: Buffer) => mask.fill(0),
    play: sent,
    besides: { perMessageDeflate: { threshold: 5000 } },
  },
  handshakeTimeout: { value: 50, play: silent(false) },
  maxFragments: {
    value: 1,
    play: told([
      { opcode: Text, fin: false, payload: "a" },
      { opcode: Continuation, payload: "b" },
    ]),
  },
  maxPayload: { value: 3, play: told([{ opcode: Binary, payload: "four" }]) },
  maxRedirects: { value: 1, play: redirected(2), besides: { followRedirects: true } },
  origin: { value: "http://here.example", play: asked },
  perMessageDeflate: { value: false, play: asked },
  protocols: { value: ["a", "b"], play: asked },
  protocolVersion: { value: 8, play: asked, besides: { origin: "http://here.example" } },
  skipUTF8Validation: { value: true, play: told([{ opcode: Text, payload: Uint8Array.of(0xff) }]) },
  "perMessageDeflate.serverNoContextTakeover": { value: true, play: asked },
  "perMessageDeflate.clientNoContextTakeover": { value: true, play: asked },
  "perMessageDeflate.serverMaxWindowBits": { value: 10, play: asked },
  "perMessageDeflate.clientMaxWindowBits": { value: 10, play: asked },
  "perMessageDeflate.threshold": {
    value: 5000,
    play: sent,
    besides: { perMessageDeflate: { threshold: 0 } },
  },
  "perMessageDeflate.zlibDeflateOptions": {
    value: { level: 0 },
    play: sent,
    besides: { perMessageDeflate: { threshold: 0 } },
  },
  // Those of http.request.
  agent: { value: true, play: dialled },
  auth: { value: "user:pass", play: asked },
  createConnection: { value: true, play: dialled },
  defaultPort: { value: "the server's", play: askedAtPort },
  family: { value: 4, play: dialled, besides: { lookup: true as never, autoSelectFamily: false } },
  headers: { value: { "X-Own": "1", Cookie: "a=b" }, play: asked },
  hints: {
    value: V4MAPPED,
    play: dialled,
    besides: { lookup: true as never, autoSelectFamily: false },
  },
  insecureHTTPParser: { value: true, play: told([], { "X-Bad": "\u0001" }) },
  joinDuplicateHeaders: { value: true, play: told([], { Age: "1", age: "2" }) },
  localAddress: { value: "192.0.2.1", play: dialled },
  lookup: { value: true, play: dialled },
  maxHeaderSize: { value: 65_536, play: told([], LARGE_HEAD) },
  setHost: { value: false, play: asked },
  signal: { value: ABORTED, play: dialled },
  uniqueHeaders: { value: ["x-list"], play: asked, besides: { headers: { "X-List": ["a", "b"] } } },
};

/** What the documentation of ws and of http.request has. */
const DOCUMENTED = `
  allowSynchronousEvents autoPong closeTimeout finishRequest followRedirects generateMask handshakeTimeout
  maxBufferedChunks maxFragments maxPayload maxPendingAutoPongs maxRedirects origin perMessageDeflate protocols
  protocolVersion skipUTF8Validation
  perMessageDeflate.serverNoContextTakeover perMessageDeflate.clientNoContextTakeover
  perMessageDeflate.serverMaxWindowBits perMessageDeflate.clientMaxWindowBits perMessageDeflate.zlibDeflateOptions
  perMessageDeflate.zlibInflateOptions perMessageDeflate.threshold perMessageDeflate.concurrencyLimit
  agent auth createConnection defaultPort family headers hints insecureHTTPParser joinDuplicateHeaders localAddress
  lookup maxHeaderSize setHost signal uniqueHeaders`;

testOptions(ROWS, DOCUMENTED);

/** Whatever else there is goes to those who make the connection, as it is. */
const FOR_TCP: Options = {
  family: 4,
  hints: V4MAPPED,
  localAddress: "127.0.0.1",
  localPort: 0,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 1000,
  autoSelectFamily: false,
  autoSelectFamilyAttemptTimeout: 500,
  highWaterMark: 1000,
  onread: undefined,
  allowHalfOpen: false,
  unknown: "x",
};
const FOR_TLS: Options = {
  rejectUnauthorized: false,
  servername: "name.example",
  ALPNProtocols: ["http/1.1"],
  minVersion: "TLSv1.2",
  maxVersion: "TLSv1.3",
  ciphers: "ECDHE-RSA-AES128-GCM-SHA256",
  ecdhCurve: "auto",
  honorCipherOrder: true,
  sigalgs: "RSA+SHA256",
  secureOptions: 0,
  sessionIdContext: "x",
  checkServerIdentity: () => undefined,
  ca: "ca",
  crl: "crl",
  cert: "cert",
  key: "key",
  passphrase: "secret",
  pfx: "pfx",
  session: Buffer.from("session"),
  enableTrace: false,
  requestOCSP: true,
  minDHSize: 1024,
};
/** These are the address's business, and handshakeTimeout's. */
const FOR_NOBODY: Options = {
  host: "elsewhere.example",
  hostname: "elsewhere.example",
  method: "POST",
  path: "/elsewhere",
  port: 1,
  protocol: "gopher:",
  socketPath: "/elsewhere",
  timeout: 1,
};

differentialAlone("every other option reaches net.connect and tls.connect", async (stage) => {
  for (const [module, scheme, options] of [
    [net, "ws", { ...FOR_TCP, ...FOR_NOBODY }],
    [tls, "wss", { ...FOR_TCP, ...FOR_TLS, ...FOR_NOBODY, servername: undefined }],
    [tls, "wss", { ...FOR_TCP, ...FOR_TLS }],
  ] as const) {
    const functions = module as unknown as Record<string, unknown>;
    const original = functions["connect"];
    functions["connect"] = (given: Record<string, unknown>) => {
      for (const name of Object.keys({ ...options, defaultPort: 0 }).sort())
        stage.log("connect", name, describeOption(given[name], (options as Options)[name]));
      const socket = new net.Socket();
      setImmediate(() => socket.destroy(new Error("stop")));
      return socket;
    };
    try {
      const here = stage.connect(`${scheme}://127.0.0.1:7/x`, options);
      const [error] = await next(here, "error");
      stage.log("connect", (error as Error).message);
    } finally {
      functions["connect"] = original;
    }
  }
});

function describeOption(value: unknown, given: unknown): string {
  if (value !== undefined && value === given) return "as it was given";
  return typeof value === "function" ? "a function" : (JSON.stringify(value) ?? "undefined");
}

differentialAlone(
  "auth gives way to the address and to a header field, and stays behind on a redirect",
  async (stage) => {
    const elsewhere = await serve(stage, (request, socket: Duplex) => {
      stage.log("elsewhere", request.headers.authorization);
      socket.destroy();
    });
    const start = await serve(stage, (request, socket: Duplex) => {
      stage.log("start", request.url, request.headers.authorization);
      const location = request.url === "/near" ? "/again" : elsewhere;
      if (request.url === "/again") socket.destroy();
      else socket.end(`HTTP/1.1 302 Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`);
    });
    for (const [address, options] of [
      [start, { auth: "a:b" }],
      [start.replace("//", "//c:d%40@"), { auth: "a:b" }],
      [start, { auth: "a:b", headers: { Authorization: "Own e" } }],
      [start, { auth: "a:b", followRedirects: true }],
      [`${start}/near`, { auth: "a:b", followRedirects: true }],
      [start, { auth: "" }],
    ] as const) {
      const here = stage.connect(address, options);
      here.on("error", () => {});
      await closed(here);
    }
  },
);
