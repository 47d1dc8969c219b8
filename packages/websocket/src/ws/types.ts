import type { Agent, ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { RequestOptions as HttpsRequestOptions } from "node:https";
import type { createConnection } from "node:net";
import type { ZlibOptions } from "node:zlib";

/**
 * The data of a `message` event, by `binaryType`. Text is always a Buffer.
 *
 * @example
 * ```ts
 * import type { RawData } from "@wireproof/websocket/ws";
 *
 * const text = (data: RawData): string => (Array.isArray(data) ? Buffer.concat(data) : data).toString();
 * console.assert(text(Buffer.from("hello")) === "hello");
 * ```
 */
export type RawData = Buffer | ArrayBuffer | Buffer[];

/**
 * The data of a message event of the browser's API.
 *
 * @example
 * ```ts
 * import type { Data } from "@wireproof/websocket/ws";
 *
 * const isText = (data: Data): boolean => typeof data === "string";
 * console.assert(isText("hello") && !isText(Buffer.from("hello")));
 * ```
 */
export type Data = string | Buffer | ArrayBuffer | Buffer[];

/**
 * How binary messages are delivered.
 *
 * @example
 * ```ts
 * import { WebSocket, type BinaryType } from "@wireproof/websocket/ws";
 *
 * const type: BinaryType = "arraybuffer";
 * const ws = new WebSocket(null);
 * ws.binaryType = type;
 * console.assert(ws.binaryType === "arraybuffer");
 * ```
 */
export type BinaryType = "nodebuffer" | "arraybuffer" | "fragments" | "blob";

/** A Blob, of Node's types or of the browser's, which are not the same. */
interface BlobLike {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  stream(): unknown;
}

/**
 * What can be sent. Everything that is not listed becomes octets by `Buffer.from`.
 *
 * @example
 * ```ts
 * import type { BufferLike } from "@wireproof/websocket/ws";
 *
 * const messages: BufferLike[] = ["text", 7, new Uint8Array(3), new Blob(["octets"]), [1, 2, 3]];
 * console.assert(messages.length === 5);
 * ```
 */
export type BufferLike =
  | string
  | number
  | ArrayBufferView
  | ArrayBuffer
  | SharedArrayBuffer
  | BlobLike
  | readonly unknown[]
  | { valueOf(): ArrayBuffer | SharedArrayBuffer | Uint8Array | string | readonly number[] }
  | { [Symbol.toPrimitive](hint: string): string };

/**
 * Called when the system has taken what was sent, or with the reason why it never will.
 *
 * @param error - The reason; undefined if there is none.
 *
 * @example
 * ```ts
 * import { WebSocket, type SendCallback } from "@wireproof/websocket/ws";
 *
 * let reason: Error | undefined;
 * const done: SendCallback = (error) => (reason = error);
 * const ws = new WebSocket("ws://127.0.0.1:1");
 * ws.on("error", () => undefined);
 * await new Promise((resolve) => ws.on("close", resolve));
 * ws.send("late", done);
 * await new Promise(setImmediate);
 * console.assert(reason?.message.includes("not open"));
 * ```
 */
export type SendCallback = (error?: Error) => void;

/**
 * As {@link SendCallback}, for code that declares its parameter as required.
 *
 * @param error - The reason.
 *
 * @example
 * ```ts
 * import type { ControlCallback } from "@wireproof/websocket/ws";
 *
 * const done: ControlCallback = (error) => console.assert(error instanceof Error);
 * done(new Error("closed"));
 * ```
 */
export type ControlCallback = (error: Error) => void;

/**
 * Options of a single message.
 *
 * @example
 * ```ts
 * import { once } from "node:events";
 * import { WebSocket, WebSocketServer, type AddressInfo, type SendOptions } from "@wireproof/websocket/ws";
 *
 * const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
 * server.on("connection", (peer) => {
 *   const part: SendOptions = { fin: false };
 *   peer.send("one message, ", part);
 *   peer.send("two frames");
 * });
 * await once(server, "listening");
 * const ws = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
 * const [data] = (await once(ws, "message")) as [Buffer];
 * console.assert(data.toString() === "one message, two frames");
 * ws.close();
 * server.close();
 * ```
 */
export interface SendOptions {
  /** Whether it is a binary message. Default: unless it is a string. */
  binary?: boolean | undefined;
  /** Whether it may be compressed, where permessage-deflate was negotiated. Default true. */
  compress?: boolean | undefined;
  /** Whether the message ends here; if not, the next `send` goes on with it. Default true. */
  fin?: boolean | undefined;
  /** Without effect: a client masks and a server does not (RFC 6455 §5.1). */
  mask?: boolean | undefined;
}

/**
 * Fills four octets with a masking key, which has to be unpredictable (RFC 6455 §10.3).
 *
 * @param mask - Four octets to fill.
 *
 * @example
 * ```ts
 * import { randomFillSync } from "node:crypto";
 * import type { GenerateMask } from "@wireproof/websocket/ws";
 *
 * const generate: GenerateMask = (mask) => void randomFillSync(mask);
 * const mask = Buffer.alloc(4);
 * generate(mask);
 * console.assert(mask.length === 4);
 * ```
 */
export type GenerateMask = (mask: Buffer) => void;

/**
 * How permessage-deflate is negotiated and used (RFC 7692 §7.1).
 *
 * @example
 * ```ts
 * import { WebSocketServer, type PerMessageDeflateOptions } from "@wireproof/websocket/ws";
 *
 * const perMessageDeflate: PerMessageDeflateOptions = { threshold: 256, serverMaxWindowBits: 12 };
 * const server = new WebSocketServer({ noServer: true, perMessageDeflate });
 * server.close();
 * ```
 */
export interface PerMessageDeflateOptions {
  /**
   * Servers: whether the server does without context takeover; false declines clients that ask for it. Default true.
   * Clients: whether to ask the server for it. Default: the server is not asked.
   */
  serverNoContextTakeover?: boolean | undefined;
  /**
   * Servers: whether clients are asked to do without context takeover. Clients: whether to offer it; false declines servers
   * that ask for it. Default: left to the other side.
   */
  clientNoContextTakeover?: boolean | undefined;
  /** The server's largest window, 8–15 bits. Default 15. */
  serverMaxWindowBits?: number | boolean | undefined;
  /** The client's largest window, 8–15 bits; clients: false lets the server not choose. Default 15. */
  clientMaxWindowBits?: number | boolean | undefined;
  /** Options of node:zlib, of which `level` (0–9) and `memLevel` (1–9) count. */
  zlibDeflateOptions?: DeflateOptions | undefined;
  /** Without effect. */
  zlibInflateOptions?: ZlibOptions | undefined;
  /** Octets below which a message is sent uncompressed. Default 1,024. */
  threshold?: number | undefined;
  /**
   * Large messages that are compressed on the thread pool at the same time, 1 or more. Default: one less than it has
   * threads.
   */
  concurrencyLimit?: number | undefined;
}

/** The options of node:zlib. Those without effect may be anything. */
interface DeflateOptions extends Omit<ZlibOptions, "dictionary"> {
  dictionary?: ZlibOptions["dictionary"] | Buffer[];
}

/**
 * A certificate or a key, as node:tls takes it.
 *
 * @example
 * ```ts
 * import type { CertMeta } from "@wireproof/websocket/ws";
 *
 * const ca: CertMeta = ["-----BEGIN CERTIFICATE-----\n…"];
 * console.assert(ca.length === 1);
 * ```
 */
export type CertMeta = string | string[] | Buffer | Buffer[];

/**
 * Where a server listens.
 *
 * @example
 * ```ts
 * import { once } from "node:events";
 * import { WebSocketServer, type AddressInfo } from "@wireproof/websocket/ws";
 *
 * const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
 * await once(server, "listening");
 * const { address, port } = server.address() as AddressInfo;
 * console.assert(address === "127.0.0.1" && port > 0);
 * server.close();
 * ```
 */
export interface AddressInfo {
  /** The address. */
  address: string;
  /** "IPv4" or "IPv6". */
  family: string;
  /** The port, 1–65535. */
  port: number;
}

/** Both sides. */
export interface CommonOptions {
  /** Whether several events may come in one turn of the event loop. Default true. */
  allowSynchronousEvents?: boolean | undefined;
  /** Whether pings are answered. Default true. */
  autoPong?: boolean | undefined;
  /** Milliseconds that the closing may take before the socket is destroyed. Default 30,000. */
  closeTimeout?: number | undefined;
  /** Without effect: chunks are not kept. */
  maxBufferedChunks?: number | undefined;
  /** Frames of one message; 0: any number. Default 16,384. */
  maxFragments?: number | undefined;
  /** Octets of one message, after inflating; 0: any number. Default 100 MiB. */
  maxPayload?: number | undefined;
  /** Pongs that may wait for a peer that does not read; beyond that, only the latest is kept. Default 60. */
  maxPendingAutoPongs?: number | undefined;
  /** permessage-deflate (RFC 7692). Default: false for servers, true for clients. */
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** Text and close reasons are not validated, neither those that come nor those that go. Default false. */
  skipUTF8Validation?: boolean | undefined;
}

/** Has a name so that the API reference does not repeat Node's documentation. */
type CreateConnection = HttpsRequestOptions["createConnection"] | typeof createConnection;

/**
 * How to connect. Everything that node:http and node:https take is an option too. `Socket` is the class that `finishRequest` is
 * called with, which is declared above this file.
 */
export interface ClientOptionsOf<Socket>
  extends
    CommonOptions,
    Omit<HttpsRequestOptions, "agent" | "checkServerIdentity" | "createConnection" | "headers"> {
  /** The agent that opens the connection. Default: none. */
  agent?: Agent | undefined;
  /**
   * Checks the server's certificate. Default: as node:tls does it.
   *
   * @param servername - The name that the certificate has to have.
   * @param certificate - The certificate, as node:tls has it.
   * @returns What is wrong with it; undefined if nothing is.
   */
  // oxlint-disable-next-line typescript/no-explicit-any -- the types of certificates differ between versions of Node's types
  checkServerIdentity?(servername: string, certificate: any): Error | boolean | undefined;
  /** Opens the connection. Default: TCP or TLS. */
  createConnection?: CreateConnection;
  /** Further header fields of the request. Default: none. */
  headers?: { [name: string]: string | string[] | number | undefined } | undefined;
  /** The Origin field. Default: none is sent. */
  origin?: string | undefined;
  /** Subprotocols to offer (RFC 6455 §1.9). Default: none. */
  protocols?: string | readonly string[] | undefined;
  /** The protocol version, 8 or 13. Default 13. */
  protocolVersion?: number | undefined;
  /** Whether redirects are followed. Default false. */
  followRedirects?: boolean | undefined;
  /** How many redirects are followed. Default 10. */
  maxRedirects?: number | undefined;
  /** Milliseconds from the beginning of a request to its answer. Default: no limit. */
  handshakeTimeout?: number | undefined;
  /** Makes the masking keys. Default: they are drawn at random. */
  generateMask?: GenerateMask | undefined;
  /** Called instead of `request.end()`, which it has to call. */
  finishRequest?: ((request: ClientRequest, websocket: Socket) => void) | undefined;
}

/** The options for any class of WebSocket. */
export type AnyClientOptions = ClientOptionsOf<never>;

/**
 * What `verifyClient` decides about.
 *
 * @typeParam Request - Class of requests.
 *
 * @example
 * ```ts
 * import { WebSocketServer, type VerifyClientInfo } from "@wireproof/websocket/ws";
 *
 * const verifyClient = ({ origin, secure }: VerifyClientInfo): boolean =>
 *   secure && origin === "https://example.com";
 * new WebSocketServer({ noServer: true, verifyClient }).close();
 * ```
 */
export interface VerifyClientInfo<Request extends IncomingMessage = IncomingMessage> {
  /** The Origin field; undefined when there was none. */
  origin: string;
  /** Whether the request came over TLS. */
  secure: boolean;
  /** The request. */
  req: Request;
}

/**
 * Decides at once whether a client may connect.
 *
 * @typeParam Request - Class of requests.
 * @param info - The client.
 * @returns False: the client is answered with 401.
 *
 * @example
 * ```ts
 * import { WebSocketServer, type VerifyClientCallbackSync } from "@wireproof/websocket/ws";
 *
 * const verifyClient: VerifyClientCallbackSync = ({ req }) => req.headers.authorization !== undefined;
 * new WebSocketServer({ noServer: true, verifyClient }).close();
 * ```
 */
export type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> = (
  info: VerifyClientInfo<Request>,
) => boolean;

/**
 * Decides by its callback whether a client may connect.
 *
 * @typeParam Request - Class of requests.
 * @param info - The client.
 * @param callback - Takes the decision, and what a refusal is answered with: status (401), message and header fields.
 *
 * @example
 * ```ts
 * import { WebSocketServer, type VerifyClientCallbackAsync } from "@wireproof/websocket/ws";
 *
 * const verifyClient: VerifyClientCallbackAsync = (_info, callback) => {
 *   setImmediate(callback, false, 403, "Members only");
 * };
 * new WebSocketServer({ noServer: true, verifyClient }).close();
 * ```
 */
export type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> = (
  info: VerifyClientInfo<Request>,
  callback: (isAllowed: boolean, code?: number, message?: string, headers?: OutgoingHttpHeaders) => void,
) => void;

/**
 * Options of `setSocket`, which the server calls, and applications that make both ends.
 *
 * @example
 * ```ts
 * import { WebSocket, type SocketOptions } from "@wireproof/websocket/ws";
 * import { PassThrough } from "node:stream";
 *
 * const options: SocketOptions = { maxPayload: 65_536 };
 * const ws = new WebSocket(null);
 * ws.setSocket(new PassThrough(), Buffer.alloc(0), options);
 * console.assert(ws.readyState === WebSocket.OPEN);
 * ws.on("error", () => undefined);
 * ws.terminate();
 * ```
 */
export interface SocketOptions {
  /** Whether several events may come in one turn of the event loop. Default true. */
  readonly allowSynchronousEvents?: boolean | undefined;
  /** Makes the masking keys. Default: they are drawn at random. */
  readonly generateMask?: GenerateMask | undefined;
  /** Without effect: chunks are not kept. */
  readonly maxBufferedChunks?: number | undefined;
  /** Frames of one message; 0: any number. Default 16,384. */
  readonly maxFragments?: number | undefined;
  /** Octets of one message, after inflating; 0: any number. Default 100 MiB. */
  readonly maxPayload?: number | undefined;
  /** Whether text and close reasons are not validated. Default false. */
  readonly skipUTF8Validation?: boolean | undefined;
}
