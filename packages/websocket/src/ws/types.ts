import type { Blob } from "node:buffer";
import type {
  Agent,
  ClientRequest,
  IncomingMessage,
  OutgoingHttpHeaders,
  Server as HttpServer,
} from "node:http";
import type { RequestOptions as HttpsRequestOptions, Server as HttpsServer } from "node:https";
import type { ZlibOptions } from "node:zlib";

import type { WebSocket } from "./websocket.js";

/** What a `message` listener is given, by `binaryType`. Text is always a Buffer. */
export type RawData = Buffer | ArrayBuffer | Buffer[];

/** What the data of a message event may be. */
export type Data = string | Buffer | ArrayBuffer | Buffer[];

export type BinaryType = "nodebuffer" | "arraybuffer" | "fragments" | "blob";

/** What can be sent: whatever else there is becomes octets by `Buffer.from`. */
export type BufferLike =
  | string
  | number
  | ArrayBufferView
  | ArrayBuffer
  | SharedArrayBuffer
  | Blob
  | readonly unknown[]
  | { valueOf(): ArrayBuffer | SharedArrayBuffer | Uint8Array | string | readonly number[] };

/** Called when the system has taken what was sent, or with the reason why it never will. */
export type SendCallback = (error?: Error) => void;

export interface SendOptions {
  /** Whether it is a binary message. Default: unless it is a string. */
  readonly binary?: boolean | undefined;
  /** Whether it may be compressed, where permessage-deflate was negotiated. Default true. */
  readonly compress?: boolean | undefined;
  /** Whether the message ends here; if not, the next `send` goes on with it. Default true. */
  readonly fin?: boolean | undefined;
  /** Without effect: a client masks and a server does not (RFC 6455 §5.1). */
  readonly mask?: boolean | undefined;
}

/** Fills four octets with a masking key, which has to be unpredictable (RFC 6455 §10.3). */
export type GenerateMask = (mask: Buffer) => void;

export interface PerMessageDeflateOptions {
  /** Servers: default true, false declines clients that ask for it. Clients: whether to ask the server for it. */
  readonly serverNoContextTakeover?: boolean | undefined;
  readonly clientNoContextTakeover?: boolean | undefined;
  /** 8–15. */
  readonly serverMaxWindowBits?: number | boolean | undefined;
  /** 8–15; clients: false lets the server not choose. */
  readonly clientMaxWindowBits?: number | boolean | undefined;
  /** `level` and `memLevel` count. */
  readonly zlibDeflateOptions?: ZlibOptions | undefined;
  /** Without effect. */
  readonly zlibInflateOptions?: ZlibOptions | undefined;
  /** Messages of fewer octets go uncompressed. Default 1,024. */
  readonly threshold?: number | undefined;
  /** Large messages in work on the thread pool at a time. */
  readonly concurrencyLimit?: number | undefined;
}

/** Both sides. */
interface CommonOptions {
  /** Whether several events may come in one turn of the event loop. Default true. */
  readonly allowSynchronousEvents?: boolean | undefined;
  /** Whether pings are answered. Default true. */
  readonly autoPong?: boolean | undefined;
  /** How long the closing may take before the socket is destroyed, in ms. Default 30,000. */
  readonly closeTimeout?: number | undefined;
  /** Without effect: chunks are not kept. */
  readonly maxBufferedChunks?: number | undefined;
  /** Frames of one message; 0: any number. Default 16,384. */
  readonly maxFragments?: number | undefined;
  /** Octets of one message, after inflating; 0: any number. Default 100 MiB. */
  readonly maxPayload?: number | undefined;
  /** Pongs that may wait for a peer that does not read; of more, only the latest is kept. Default 60. */
  readonly maxPendingAutoPongs?: number | undefined;
  readonly perMessageDeflate?: boolean | PerMessageDeflateOptions | undefined;
  /** Text and close reasons are not validated, neither those that come nor those that go. Default false. */
  readonly skipUTF8Validation?: boolean | undefined;
}

/** How to connect; beside these, whatever node:http and node:https take. */
export interface ClientOptions extends CommonOptions, Omit<HttpsRequestOptions, "agent" | "headers"> {
  readonly agent?: Agent | undefined;
  readonly headers?: { readonly [name: string]: string | readonly string[] | number | undefined } | undefined;
  readonly origin?: string | undefined;
  readonly protocols?: string | readonly string[] | undefined;
  /** 8 or 13, the default. */
  readonly protocolVersion?: number | undefined;
  readonly followRedirects?: boolean | undefined;
  /** Default 10. */
  readonly maxRedirects?: number | undefined;
  /** From the beginning of a request to its answer, in ms. Default: no limit. */
  readonly handshakeTimeout?: number | undefined;
  readonly generateMask?: GenerateMask | undefined;
  /** Called instead of `request.end()`, which it has to call. */
  readonly finishRequest?: ((request: ClientRequest, websocket: WebSocket) => void) | undefined;
}

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
