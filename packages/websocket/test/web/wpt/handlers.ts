import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

import type { WebSocket } from "../../../src/ws/index.js";

/** What stands behind one path of the server that the web-platform-tests ask for. */
export interface Handler {
  /** Answers by itself; else the server opens a WebSocket. */
  readonly raw?: (peer: RawPeer, request: IncomingMessage) => void;
  /** Milliseconds before the opening handshake is answered. */
  readonly delayMs?: number;
  /** The subprotocol of the answer; undefined: none. */
  readonly protocol?: (request: IncomingMessage) => string | undefined;
  readonly isPlain?: true;
  readonly open?: (ws: WebSocket, request: IncomingMessage) => unknown;
}

/** A client whose opening handshake a handler answers by itself, over HTTP/1.1 or HTTP/2. */
export interface RawPeer {
  /** Carries frames when the handshake was accepted. */
  readonly socket: Duplex;
  /** Opens the connection. The fields have other names than those of the handshake. */
  accept(fields?: Readonly<Record<string, string>>): void;
  refuse(status: number, fields?: Readonly<Record<string, string>>): void;
  /** Answers as no server may. */
  answerWrongly(http1: (acceptable: string) => string): void;
}

const offered = ({ headers }: IncomingMessage): string => headers["sec-websocket-protocol"] ?? "";
const queryOf = ({ url = "" }: IncomingMessage): string => url.slice(url.indexOf("?") + 1);

/** Sends one message and closes. */
function say(text: (request: IncomingMessage) => string): Pick<Handler, "open"> {
  return {
    open(ws, request) {
      ws.send(text(request));
      ws.close(1000);
    },
  };
}

const isText = (data: unknown, text: string): boolean => (data as Buffer).toString() === text;

/** Messages one after the other, each when the one before is done. */
function onEach(ws: WebSocket, act: (data: Buffer, isBinary: boolean) => void | Promise<void>): void {
  let last: Promise<void> = Promise.resolve();
  ws.on("message", (data, isBinary) => {
    last = last.then(() => act(data as Buffer, isBinary));
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function sent(ws: WebSocket, data: Uint8Array): Promise<void> {
  return new Promise((resolve) => ws.send(data, () => resolve()));
}

const isClose = (chunk: Buffer): boolean => chunk[0] === 0x88;

/** By the last part of the path. */
export const HANDLERS: Readonly<Record<string, Handler>> = {
  echo: {
    protocol: (request) => (offered(request).split(/, */).includes("echo") ? "echo" : undefined),
    open(ws) {
      ws.on("message", (data, isBinary) => {
        ws.send(data, { binary: isBinary });
        if (!isBinary && isText(data, "Goodbye")) ws.close(1000);
      });
    },
  },
  echo_exit: {
    isPlain: true,
    open(ws) {
      ws.on("message", (data) => {
        if (!isText(data, "Goodbye")) return;
        ws.close(1000);
        // What follows must still be on its way when the Close frame arrives.
        ws.pause();
        setTimeout(() => ws.resume(), 1_000);
      });
    },
  },
  echo_close_data: {
    open: (ws) => void ws.on("message", (data) => isText(data, "Goodbye") && ws.close(1000)),
  },
  echo_raw: {
    open(ws) {
      ws.on("message", (data) => {
        if (isText(data, "exit")) ws.close(1000);
        else ws._socket?.write(data);
      });
    },
  },
  "empty-message": {
    open(ws) {
      ws.on("message", (data, isBinary) => {
        ws.send(!isBinary && (data as Buffer).length === 0 ? "pass" : "fail");
        ws.close(1000);
      });
    },
  },
  "echo-query": say(queryOf),
  "echo-query_v13": say(queryOf),
  "echo-cookie": say(({ headers }) => headers.cookie ?? "(none)"),
  origin: say(({ headers }) => headers.origin ?? "None"),
  referrer: say(({ headers }) => headers.referer ?? "MISSING AS PER FETCH"),
  protocol: { protocol: offered, ...say(offered) },
  protocol_array: {
    protocol: (request) => offered(request).split(",", 1)[0],
    ...say((request) => offered(request).split(",", 1)[0]!),
  },
  handshake_no_protocol: { open: (ws) => ws.close(1000) },
  handshake_no_extensions: { isPlain: true, open: (ws) => ws.close(1000) },
  handshake_protocol: {
    raw(peer) {
      peer.accept({ "sec-websocket-protocol": "foobar" });
      peer.socket.write(CLOSE_1000);
      peer.socket.on("data", () => peer.socket.end());
    },
  },
  handshake_sleep_2: { delayMs: 2_000, open: (ws) => ws.close(1000) },
  sleep_10_v13: {
    delayMs: 10_000,
    open: (ws) => void ws.on("message", (data, isBinary) => ws.send(data as Buffer, { binary: isBinary })),
  },
  "set-cookie": { open: (ws) => void ws.on("message", () => ws.close(1000)) },
  "delayed-passive-close": {
    open(ws) {
      ws.pause();
      setTimeout(() => ws.resume(), 1_000);
    },
  },
  "remote-close": {
    open(ws, request) {
      const query = new URLSearchParams(queryOf(request));
      const code = query.get("code");
      if (query.has("abrupt")) ws.ping("ping", undefined, () => ws.terminate());
      else if (code === null) ws.close();
      else ws.close(Number(code), query.get("reason") ?? "");
    },
  },
  "receive-backpressure": {
    isPlain: true,
    open(ws) {
      ws.pause();
      setTimeout(() => ws.resume(), 2_000);
      ws.on("message", () => ws.close(1000));
    },
  },
  "receive-many-with-backpressure": {
    isPlain: true,
    open(ws) {
      onEach(ws, async (data) => {
        ws.pause();
        await wait(100);
        ws.send(String(data.length));
        ws.resume();
      });
    },
  },
  "send-backpressure": {
    isPlain: true,
    async open(ws) {
      await sent(ws, Buffer.alloc(0));
      const begin = performance.now();
      for (let count = 0; count < 16; count++) await sent(ws, Buffer.alloc(1024 * 1024, " "));
      ws.send(String((performance.now() - begin) / 1_000));
      ws.close(1000);
    },
  },
  basic_auth: {
    raw(peer, { headers }) {
      if (headers.authorization !== "Basic Zm9vOmJhcg==") {
        peer.refuse(401, { "www-authenticate": 'Basic realm="camelot"' });
        return;
      }
      peer.accept();
      peer.socket.end(CLOSE_1000);
    },
  },
  simple_handshake: {
    raw(peer) {
      // Over HTTP/1.1, the Close frame comes in the same packet as the answer: 1001, PASS.
      peer.socket.cork();
      peer.accept({ "set-cookie": "ws_test=test" });
      peer.socket.write(Buffer.from("880603e950415353", "hex"));
      peer.socket.uncork();
      peer.socket.on("data", () => peer.socket.end());
    },
  },
  wrong_accept_key: {
    raw: (peer) =>
      peer.answerWrongly((head) =>
        head.replace(/(?<=^Sec-WebSocket-Accept: ).*$/im, "thisisawrongacceptkey"),
      ),
  },
  invalid: { raw: (peer) => peer.answerWrongly(() => "FOO BAR BAZ\r\n\r\n") },
  "passive-close-abort": {
    raw(peer) {
      peer.accept();
      peer.socket.on("data", (chunk: Buffer) => isClose(chunk) && peer.socket.destroy());
    },
  },
};

const CLOSE_1000 = Buffer.from("880203e8", "hex");
