import type {
  Agent,
  ClientRequest,
  IncomingMessage,
  OutgoingHttpHeaders,
  Server as HttpServer,
} from "node:http";
import type { RequestOptions as HttpsRequestOptions, Server as HttpsServer } from "node:https";
import type { createConnection } from "node:net";
import type { ZlibOptions } from "node:zlib";

import type { WebSocket } from "./websocket.js";

/** What a `message` listener is given, by `binaryType`. Text is always a Buffer. */
export type RawData = Buffer | ArrayBuffer | Buffer[];

/** What the data of a message event may be. */
export type Data = string | Buffer | ArrayBuffer | Buffer[];

export type BinaryType = "nodebuffer" | "arraybuffer" | "fragments" | "blob";

/** A Blob, of Node's types or of the browser's, which are not the same. */
interface BlobLike {
  readonly size: number;
  readonly type: string;
  arrayBuffer(): Promise<ArrayBuffer>;
  stream(): unknown;
}

/** What can be sent: whatever else there is becomes octets by `Buffer.from`. */
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

/** Called when the system has taken what was sent, or with the reason why it never will. */
export type SendCallback = (error?: Error) => void;

/** The same, for those who say that there is always an error. */
export type ControlCallback = (error: Error) => void;

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

/** Fills four octets with a masking key, which has to be unpredictable (RFC 6455 §10.3). */
export type GenerateMask = (mask: Buffer) => void;

export interface PerMessageDeflateOptions {
  /** Servers: default true, false declines clients that ask for it. Clients: whether to ask the server for it. */
  serverNoContextTakeover?: boolean | undefined;
  clientNoContextTakeover?: boolean | undefined;
  /** 8–15. */
  serverMaxWindowBits?: number | boolean | undefined;
  /** 8–15; clients: false lets the server not choose. */
  clientMaxWindowBits?: number | boolean | undefined;
  /** `level` and `memLevel` count. */
  zlibDeflateOptions?: DeflateOptions | undefined;
  /** Without effect. */
  zlibInflateOptions?: ZlibOptions | undefined;
  /** Messages of fewer octets go uncompressed. Default 1,024. */
  threshold?: number | undefined;
  /** Large messages in work on the thread pool at a time. */
  concurrencyLimit?: number | undefined;
}

/** Those of node:zlib; what is without effect may be anything. */
interface DeflateOptions extends Omit<ZlibOptions, "dictionary"> {
  dictionary?: ZlibOptions["dictionary"] | Buffer[];
}

/** A certificate or a key. */
export type CertMeta = string | string[] | Buffer | Buffer[];

/** Where a server listens. */
export interface AddressInfo {
  address: string;
  family: string;
  port: number;
}

/** Both sides. */
interface CommonOptions {
  /** Whether several events may come in one turn of the event loop. Default true. */
  allowSynchronousEvents?: boolean | undefined;
  /** Whether pings are answered. Default true. */
  autoPong?: boolean | undefined;
  /** How long the closing may take before the socket is destroyed, in ms. Default 30,000. */
  closeTimeout?: number | undefined;
  /** Without effect: chunks are not kept. */
  maxBufferedChunks?: number | undefined;
  /** Frames of one message; 0: any number. Default 16,384. */
  maxFragments?: number | undefined;
  /** Octets of one message, after inflating; 0: any number. Default 100 MiB. */
  maxPayload?: number | undefined;
  /** Pongs that may wait for a peer that does not read; of more, only the latest is kept. Default 60. */
  maxPendingAutoPongs?: number | undefined;
  perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** Text and close reasons are not validated, neither those that come nor those that go. Default false. */
  skipUTF8Validation?: boolean | undefined;
}

/** Has a name so that the API reference does not repeat Node's documentation. */
type CreateConnection = HttpsRequestOptions["createConnection"] | typeof createConnection;

/** How to connect; beside these, whatever node:http and node:https take. */
export interface ClientOptions
  extends
    CommonOptions,
    Omit<HttpsRequestOptions, "agent" | "checkServerIdentity" | "createConnection" | "headers"> {
  agent?: Agent | undefined;
  /** What is wrong with the server's certificate. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what a certificate is, two versions of these types say differently
  checkServerIdentity?(servername: string, certificate: any): Error | boolean | undefined;
  createConnection?: CreateConnection;
  headers?: { [name: string]: string | string[] | number | undefined } | undefined;
  origin?: string | undefined;
  protocols?: string | readonly string[] | undefined;
  /** 8 or 13, the default. */
  protocolVersion?: number | undefined;
  followRedirects?: boolean | undefined;
  /** Default 10. */
  maxRedirects?: number | undefined;
  /** From the beginning of a request to its answer, in ms. Default: no limit. */
  handshakeTimeout?: number | undefined;
  generateMask?: GenerateMask | undefined;
  /** Called instead of `request.end()`, which it has to call. */
  finishRequest?: FinishRequestCallback | undefined;
}

export type FinishRequestCallback = (request: ClientRequest, websocket: WebSocket) => void;

export interface VerifyClientInfo<Request extends IncomingMessage = IncomingMessage> {
  origin: string;
  secure: boolean;
  req: Request;
}

export type VerifyClientCallbackSync<Request extends IncomingMessage = IncomingMessage> = (
  info: VerifyClientInfo<Request>,
) => boolean;

export type VerifyClientCallbackAsync<Request extends IncomingMessage = IncomingMessage> = (
  info: VerifyClientInfo<Request>,
  callback: (isAllowed: boolean, code?: number, message?: string, headers?: OutgoingHttpHeaders) => void,
) => void;

/** How to serve. The object is kept as `options` and looked at for each client. */
export interface ServerOptions<
  Class extends typeof WebSocket = typeof WebSocket,
  Request extends typeof IncomingMessage = typeof IncomingMessage,
> extends CommonOptions {
  host?: string | undefined;
  port?: number | undefined;
  backlog?: number | undefined;
  server?: HttpServer<Request> | HttpsServer<Request> | undefined;
  noServer?: boolean | undefined;
  path?: string | undefined;
  /** Default true. */
  clientTracking?: boolean | undefined;
  /** With two parameters it decides by its callback. */
  verifyClient?:
    | VerifyClientCallbackAsync<InstanceType<Request>>
    | VerifyClientCallbackSync<InstanceType<Request>>
    | undefined;
  handleProtocols?:
    | ((protocols: Set<string>, request: InstanceType<Request>) => string | false | undefined)
    | undefined;
  /** The class of connections, made as `new WebSocket(null, undefined, options)`. */
  WebSocket?: Class | undefined;
}

/** What `setSocket` is told, by the server and by those who open connections themselves. */
export interface SocketOptions {
  readonly allowSynchronousEvents?: boolean | undefined;
  readonly generateMask?: GenerateMask | undefined;
  readonly maxBufferedChunks?: number | undefined;
  readonly maxFragments?: number | undefined;
  readonly maxPayload?: number | undefined;
  readonly skipUTF8Validation?: boolean | undefined;
}
