import { createHash, randomBytes } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";

import { ignore } from "../listen.js";
import { BINARY, CLOSE, FrameReader, PING, PONG, TEXT, encodeFrame } from "../mutants/frames.js";
import type { Frame } from "../mutants/frames.js";
import type { ClientFaultName } from "./client-faults.js";
import type { EchoClient } from "./walk.js";

const SUBPROTOCOLS: readonly string[] = ["chat", "superchat"];
/** A head may have this many octets. */
const HEAD_OCTETS = 131_072;
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/**
 * A client made of a socket that checks everything about the opening handshake (RFC 6455 §4.1), with one fault or none.
 * It offers two subprotocols and permessage-deflate, echoes messages, and checks nothing about frames.
 */
export function strictClient(fault?: ClientFaultName): EchoClient {
  return {
    echo: async (url) => {
      await visit(url, fault, true);
    },
    // Questions have no faults: the answers to them are no cases.
    ask: (url) => visit(url, undefined, false),
  };
}

/** Resolves with the first message when the connection is gone. */
function visit(url: string, fault: ClientFaultName | undefined, echoes: boolean): Promise<string | null> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
    const key = randomBytes(fault === "request-short-key" ? 15 : 16).toString("base64");
    const visitor = new Visitor(socket, fault, key, echoes);
    socket.on("error", ignore);
    socket.on("data", (chunk: Buffer) => visitor.read(chunk));
    socket.on("end", () => {
      if (fault !== "stays-open" || visitor.isClosed) socket.destroy();
      else beat(socket);
    });
    socket.on("close", () => resolve(visitor.first));
    socket.write(request(new URL(url), key, fault));
    if (fault === "request-early-frame") socket.write(encodeFrame(PING, Buffer.from("early"), true));
  });
}

/** Sends Pings until TCP is reset: without writing, Node does not notice a reset behind the end of the stream. */
function beat(socket: Socket): void {
  const beating = setInterval(() => socket.write(encodeFrame(PING, Buffer.alloc(0), true)), 50);
  socket.once("close", () => clearInterval(beating));
}

function request(url: URL, key: string, fault: ClientFaultName | undefined): string {
  const has = (one: ClientFaultName): boolean => fault === one;
  const blank = has("request-post-target") ? "&x=a b" : "";
  const keyLine = `Sec-WebSocket-Key: ${key}`;
  const offer = has("request-extension-malformed")
    ? ";"
    : has("request-extension-parameter")
      ? "; level=9"
      : "";
  const twice = has("request-subprotocol-twice")
    ? ", chat"
    : has("request-subprotocol-no-token")
      ? ", a/b"
      : "";
  const version = has("request-version-12") ? "12" : "13";
  return [
    `GET ${url.pathname}${url.search}${blank} HTTP/${has("request-http-1.0") ? "1.0" : "1.1"}`,
    ...(has("request-no-host") ? [] : [`Host: ${url.host}`]),
    ...(has("request-two-hosts") ? [`Host: ${url.host}`] : []),
    ...(has("request-no-upgrade") ? [] : ["Upgrade: websocket"]),
    ...(has("request-no-connection") ? [] : ["Connection: Upgrade"]),
    keyLine,
    ...(has("request-two-keys") ? [keyLine] : []),
    ...(has("request-no-version") ? [] : [`Sec-WebSocket-Version: ${version}`]),
    `Sec-WebSocket-Protocol: ${SUBPROTOCOLS.join(", ")}${twice}`,
    `Sec-WebSocket-Extensions: permessage-deflate${offer}`,
    "",
    "",
  ].join("\r\n");
}

/** The client's end of one connection. */
class Visitor {
  readonly #socket: Socket;
  readonly #fault: ClientFaultName | undefined;
  readonly #key: string;
  readonly #echoes: boolean;
  readonly #reader: FrameReader;
  #state: "opening" | "open" | "refused" = "opening";
  #head = Buffer.alloc(0);
  /** The octets that came with the answer are being read. */
  #isBehindHead = false;
  #framesBehindHead = 0;
  /** The first message of the server. */
  first: string | null = null;
  /** A Close frame has come, and was answered. */
  isClosed = false;

  constructor(socket: Socket, fault: ClientFaultName | undefined, key: string, echoes: boolean) {
    this.#socket = socket;
    this.#fault = fault;
    this.#key = key;
    this.#echoes = echoes;
    this.#reader = new FrameReader((frame) => this.#receive(frame));
  }

  read(chunk: Buffer): void {
    if (this.#state === "open") this.#reader.push(chunk);
    if (this.#state === "opening") this.#readHead(chunk);
  }

  #readHead(chunk: Buffer): void {
    this.#head = Buffer.concat([this.#head, chunk]);
    const end = this.#head.indexOf("\r\n\r\n");
    if (end < 0) {
      if (this.#fault === "head-in-one-read" || this.#head.length > HEAD_OCTETS) this.#refuse();
      return;
    }
    const head = this.#head.toString("latin1", 0, end);
    const rest = this.#head.subarray(end + 4);
    this.#head = Buffer.alloc(0);
    const isInterim = /^HTTP\/1\.1 1(?!01)\d\d /.test(head);
    if (isInterim && this.#fault !== "interim-is-final") return this.#readHead(rest);
    if (!new Answer(head, this.#key, this.#fault).opens) return this.#refuse();
    this.#state = "open";
    this.#readBehindHead(rest);
  }

  #readBehindHead(rest: Buffer): void {
    if (this.#fault === "behind-head-lost") return;
    this.#isBehindHead = true;
    this.#reader.push(rest);
    this.#isBehindHead = false;
    if (this.#fault === "half-frame-lost") this.#reader.forget();
  }

  #refuse(): void {
    this.#state = "refused";
    if (this.#fault !== "leaks-when-refusing") this.#socket.destroy();
  }

  #receive(frame: Frame): void {
    if (this.#isBehindHead) {
      this.#framesBehindHead++;
      if (this.#fault === "first-frame-only" && this.#framesBehindHead > 1) return;
      if (this.#fault === "close-behind-head-lost" && frame.opcode === CLOSE) return;
    }
    if (frame.opcode === CLOSE) {
      this.isClosed = true;
      this.#send(CLOSE, frame.payload);
      this.#reader.stop();
    } else if (frame.opcode === PING) this.#send(PONG, frame.payload);
    else if (frame.opcode === TEXT || frame.opcode === BINARY) {
      this.first ??= frame.payload.toString();
      if (this.#echoes) this.#send(frame.opcode, frame.payload);
    }
  }

  #send(opcode: number, payload: Buffer): void {
    if (this.#socket.writable) this.#socket.write(encodeFrame(opcode, payload, true));
  }
}

/** The names that the checks know; under `unknown-headers-refused` no others may come. */
const KNOWN = new Set([
  "upgrade",
  "connection",
  "sec-websocket-accept",
  "sec-websocket-protocol",
  "sec-websocket-extensions",
  "sec-websocket-version",
  "server",
  "set-cookie",
  "content-length",
]);

/** The head of an answer, and the checks of RFC 6455 §4.1. */
class Answer {
  readonly #lines: readonly string[];
  readonly #key: string;
  readonly #fault: ClientFaultName | undefined;

  constructor(head: string, key: string, fault: ClientFaultName | undefined) {
    this.#lines = head.split("\r\n");
    this.#key = key;
    this.#fault = fault;
  }

  get opens(): boolean {
    const [statusLine = "", ...headers] = this.#lines;
    const status = /^HTTP\/1\.1 (\d{3}) (.*)$/.exec(statusLine);
    if (status === null) return this.#has("status-line-ignored") && !statusLine.startsWith("HTTP/");
    if (this.#has("reason-matters") && status[2] !== "Switching Protocols") return false;
    if (!this.#isStatus(Number(status[1]))) return false;
    if (headers.some((line) => !/^[!-9;-~]+:/.test(line))) return false;
    if (
      this.#has("unknown-headers-refused") &&
      headers.some((line) => !KNOWN.has(nameOf(line).toLowerCase()))
    ) {
      return false;
    }
    return this.#upgrades && this.#connects && this.#accepts && this.#fitsSubprotocol && this.#fitsExtensions;
  }

  #has(fault: ClientFaultName): boolean {
    return this.#fault === fault;
  }

  #isStatus(status: number): boolean {
    if (this.#has("status-ignored")) return true;
    return status === 101 || (this.#has("status-2xx") && status >= 200 && status < 300);
  }

  /** The values of a header as they were sent, blanks included. */
  #raw(name: string): readonly string[] {
    const wanted = this.#has("names-case-sensitive") ? name : name.toLowerCase();
    return this.#lines
      .slice(1)
      .filter(
        (line) => (this.#has("names-case-sensitive") ? nameOf(line) : nameOf(line).toLowerCase()) === wanted,
      )
      .map((line) => line.slice(line.indexOf(":") + 1));
  }

  #values(name: string): readonly string[] {
    return this.#raw(name).map((value) => value.trim());
  }

  get #upgrades(): boolean {
    const values = this.#values("Upgrade");
    if (this.#has("upgrade-ignored")) return true;
    if (this.#has("upgrade-presence")) return values.length > 0;
    const lower = this.#has("upgrade-case-sensitive") ? values : values.map((value) => value.toLowerCase());
    return lower.length === 1 && lower[0] === "websocket";
  }

  get #connects(): boolean {
    const values = this.#values("Connection");
    if (this.#has("connection-ignored")) return true;
    if (this.#has("connection-presence")) return values.length > 0;
    if (this.#has("connection-whole")) return values.some((value) => value.toLowerCase() === "upgrade");
    const tokens = values.flatMap((value) => value.split(",").map((token) => token.trim()));
    if (this.#has("connection-case-sensitive")) return tokens.includes("Upgrade");
    return tokens.some((token) => token.toLowerCase() === "upgrade");
  }

  get #accepts(): boolean {
    if (this.#has("accept-ignored")) return true;
    const right = createHash("sha1").update(`${this.#key}${GUID}`).digest("base64");
    const trimmed = this.#values("Sec-WebSocket-Accept");
    if (this.#has("accept-presence")) return trimmed.length > 0 && trimmed.every((value) => value !== "");
    if (this.#has("accept-first")) return trimmed[0] === right;
    if (trimmed.length !== 1) return false;
    if (this.#has("accept-case-insensitive")) return trimmed[0]?.toLowerCase() === right.toLowerCase();
    if (this.#has("accept-not-trimmed")) return this.#raw("Sec-WebSocket-Accept")[0] === ` ${right}`;
    return trimmed[0] === right;
  }

  get #fitsSubprotocol(): boolean {
    const chosen = this.#values("Sec-WebSocket-Protocol");
    const [first] = chosen;
    if (first === undefined || this.#has("subprotocol-ignored")) return true;
    if (this.#has("subprotocol-empty") && first === "") return true;
    if (this.#has("subprotocol-list")) {
      return chosen.flatMap((value) => value.split(", ")).every((value) => SUBPROTOCOLS.includes(value));
    }
    if (chosen.length > 1 && !this.#has("subprotocol-first")) return false;
    return SUBPROTOCOLS.includes(this.#has("subprotocol-case-insensitive") ? first.toLowerCase() : first);
  }

  get #fitsExtensions(): boolean {
    const values = this.#values("Sec-WebSocket-Extensions");
    if (this.#has("extension-ignored")) return true;
    if (this.#has("extension-first") || this.#has("extension-last")) {
      const seen = this.#has("extension-first") ? values[0] : values.at(-1);
      return values.length === 0 || seen === "permessage-deflate";
    }
    if (!this.#has("extension-grammar-ignored")) {
      // No case of this client negotiates an extension.
      return values.length === 0;
    }
    const names = values.flatMap((value) =>
      value.split(",").map((one) => /^[a-z-]*/.exec(one.trim())?.[0] ?? ""),
    );
    return names.every((name) => name === "" || name === "permessage-deflate");
  }
}

function nameOf(line: string): string {
  return line.slice(0, Math.max(0, line.indexOf(":")));
}
