import { createHash } from "node:crypto";

/** What goes into the request of an opening handshake (RFC 6455 §4.1). */
export interface HandshakeRequest {
  readonly url: URL;
  /** Base64 of 16 octets. */
  readonly key: string;
  readonly userAgent: string;
  readonly origin?: string;
  readonly subprotocols?: readonly string[];
  /** Extension offers, in order of preference. */
  readonly extensions?: readonly string[];
  /** Further header lines, `Name: value`. */
  readonly headers?: readonly string[];
  /**
   * Octet for octet what the original suite sends, `User-Agent` aside: `WebSocket` in capitals, the port always behind
   * the host, the user's headers in front of the key.
   */
  readonly original?: boolean;
}

/** The request as it goes over the wire. Header names and their order are those of the original suite. */
export function encodeRequest(request: HandshakeRequest): string {
  const { url, headers = [], original = false } = request;
  const ownHost = headers.some((line) => /^host:/i.test(line));
  const lines = [
    `GET ${url.pathname}${url.search} HTTP/1.1`,
    `User-Agent: ${request.userAgent}`,
    ...(ownHost ? [] : [`Host: ${original ? hostAndPort(url) : url.host}`]),
    `Upgrade: ${original ? "WebSocket" : "websocket"}`,
    "Connection: Upgrade",
    "Pragma: no-cache",
    "Cache-Control: no-cache",
    ...(original ? headers : []),
    `Sec-WebSocket-Key: ${request.key}`,
    ...originLines(request),
    ...subprotocolLines(request),
    ...extensionLines(request),
    "Sec-WebSocket-Version: 13",
    ...(original ? [] : headers),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

export function originLines({ origin }: HandshakeRequest): readonly string[] {
  return origin === undefined ? [] : [`Origin: ${origin}`];
}

export function subprotocolLines({ subprotocols = [] }: HandshakeRequest): readonly string[] {
  return subprotocols.length === 0 ? [] : [`Sec-WebSocket-Protocol: ${subprotocols.join(",")}`];
}

export function extensionLines({ extensions = [] }: HandshakeRequest): readonly string[] {
  return extensions.length === 0 ? [] : [`Sec-WebSocket-Extensions: ${extensions.join(", ")}`];
}

/** What the Host header says: the user's own, or the host of the URL with its port where that is not the usual one. */
export function hostOf({ url, headers = [] }: HandshakeRequest): string {
  const own = headers.find((line) => /^host:/i.test(line));
  return own === undefined ? url.host : own.slice("host:".length).trim();
}

/** The host with its port, even where that is the default of the scheme. */
function hostAndPort({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port || (protocol === "wss:" ? "443" : "80")}`;
}

/** The answer that opens a connection (RFC 6455 §4.2.2); it never chooses a subprotocol. */
export function encodeOpening(answer: {
  readonly key: string;
  readonly server: string;
  /** Sec-WebSocket-Extensions; null for no extension. */
  readonly extension: string | null;
  /** The headers of the original suite, in its order and its spelling; the names in `Server` and `X-Powered-By` are ours. */
  readonly original?: boolean;
}): string {
  const { original = false } = answer;
  const lines = [
    "HTTP/1.1 101 Switching Protocols",
    `Server: ${answer.server}`,
    ...(original ? [`X-Powered-By: ${answer.server}`] : []),
    `Upgrade: ${original ? "WebSocket" : "websocket"}`,
    "Connection: Upgrade",
    `Sec-WebSocket-Accept: ${acceptFor(answer.key)}`,
    ...(answer.extension === null ? [] : [`Sec-WebSocket-Extensions: ${answer.extension}`]),
  ];
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** Any other answer, whole; the connection is closed behind it. */
export function encodeAnswer(answer: {
  readonly status: number;
  readonly server: string;
  /** Further header lines, `Name: value`. */
  readonly headers?: readonly string[];
  readonly type: "text/plain" | "text/html";
  readonly body: string;
}): Uint8Array {
  const body = Buffer.from(answer.body, "utf8");
  const lines = [
    `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? "Refused"}`,
    `Server: ${answer.server}`,
    ...(answer.headers ?? []),
    `Content-Type: ${answer.type}; charset=utf-8`,
    `Content-Length: ${body.length}`,
    "Connection: close",
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  408: "Request Timeout",
  421: "Misdirected Request",
  426: "Upgrade Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  503: "Service Unavailable",
  505: "HTTP Version Not Supported",
};

/** Sec-WebSocket-Accept for a key (RFC 6455 §4.2.2, step 5.4). */
export function acceptFor(key: string): string {
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/**
 * A head over HTTP/2 as text: a line for each field, with an empty line behind them. Octets that would end a line early are
 * written as `\x0a` and the like.
 */
export function headOverHttp2(fields: readonly (readonly [name: string, value: string])[]): string {
  const lines = fields.map((field) =>
    // oxlint-disable-next-line no-control-regex -- those are what it is about
    field
      .join(": ")
      .replace(/[\0\r\n]/g, (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, "0")}`),
  );
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A response head, split and not judged. */
export interface ResponseHead {
  /** `HTTP/1.1`, or `HTTP/2` of a head that begins with `:status`; empty if the first line is no status line. */
  readonly version: string;
  /** 0 if the first line is no status line. */
  readonly status: number;
  readonly reason: string;
  readonly firstLine: string;
  /** Names in lower case, values trimmed, in order, repeated where they are. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export function parseResponse(head: string): ResponseHead {
  const [firstLine = "", ...lines] = head.split(/\r?\n/);
  const overHttp2 = /^:status: (\d{3})$/.exec(firstLine);
  if (overHttp2 !== null) {
    return {
      version: "HTTP/2",
      status: Number(overHttp2[1]),
      reason: "",
      firstLine,
      headers: fieldsOf(lines),
    };
  }
  const status = /^(HTTP\/\d\.\d) (\d{3})(?: (.*))?$/.exec(firstLine);
  return {
    version: status?.[1] ?? "",
    status: Number(status?.[2] ?? 0),
    reason: status?.[3] ?? "",
    firstLine,
    headers: fieldsOf(lines),
  };
}

/** Whether the status opens a connection: 101, or over HTTP/2 any 2xx (RFC 8441 §5). */
export function isOpening({ version, status }: ResponseHead): boolean {
  return version === "HTTP/2" ? status >= 200 && status <= 299 : status === 101;
}

/** The last head of an answer, behind interim ones. Its status is 0 if nothing of it is HTTP, or if there is none. */
export function lastAnswer(answer: string | null): ResponseHead {
  const heads = (answer ?? "").split(/\r?\n\r?\n/).map(parseResponse);
  return heads.findLast(({ status }) => status > 0) ?? parseResponse("");
}

/** A request head, split and not judged. */
export interface RequestHead {
  /** Empty if the first line is no request line, as are the next two. */
  readonly method: string;
  /** As sent, one character an octet. */
  readonly target: string;
  /** `HTTP/1.1`. */
  readonly version: string;
  readonly headers: ResponseHead["headers"];
}

/** Blanks in the target, which no client may send unescaped, are taken for a part of it. */
export function parseRequest(head: string): RequestHead {
  const [firstLine = "", ...lines] = head.split(/\r?\n/);
  if (firstLine.startsWith(":")) {
    const headers = fieldsOf([firstLine, ...lines]);
    const [method = "", target = ""] = [":method", ":path"].map((name) => headerValues({ headers }, name)[0]);
    return { method, target, version: "HTTP/2", headers };
  }
  const request = /^(\S+) (.*) (HTTP\/\d\.\d)$/.exec(firstLine);
  return {
    method: request?.[1] ?? "",
    target: request?.[2] ?? "",
    version: request?.[3] ?? "",
    headers: fieldsOf(lines),
  };
}

/** All values of a header, in order. `name` in lower case. */
export function headerValues(head: Pick<ResponseHead, "headers">, name: string): readonly string[] {
  return head.headers.filter(([key]) => key === name).map(([, value]) => value);
}

function fieldsOf(lines: readonly string[]): ResponseHead["headers"] {
  return lines.filter((line) => line.includes(":")).map(splitHeader);
}

/** The colon in front of a pseudo-header field is part of its name (RFC 9113 §8.3). */
function splitHeader(line: string): readonly [string, string] {
  const colon = line.indexOf(":", 1);
  return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
}

/** Collects octets until the empty line that ends a head, at most `limit` of them. */
export class HeadReader {
  readonly #limit: number;
  readonly #anyLineEnd: boolean;
  #bytes = Buffer.alloc(0);

  /** `anyLineEnd`: a bare LF ends a line, too (RFC 9112 §2.2 lets a recipient read it so). */
  constructor({
    limit = 65_536,
    anyLineEnd = false,
  }: { readonly limit?: number; readonly anyLineEnd?: boolean } = {}) {
    this.#limit = limit;
    this.#anyLineEnd = anyLineEnd;
  }

  /** What has come so far, for the record. */
  get soFar(): string {
    return this.#bytes.toString("latin1");
  }

  /**
   * The head with its empty line and the octets behind it, `"more"` while it is incomplete, `"too-long"` above
   * the limit. Octets behind the head belong to the first frames.
   */
  push(chunk: Uint8Array): { head: string; rest: Uint8Array } | "more" | "too-long" {
    const from = Math.max(0, this.#bytes.length - 3);
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const end = this.#endFrom(from);
    if (end < 0) return this.#bytes.length > this.#limit ? "too-long" : "more";
    return { head: this.#bytes.toString("latin1", 0, end), rest: this.#bytes.subarray(end) };
  }

  /** Where the head ends, with its empty line; -1 as long as it does not. */
  #endFrom(from: number): number {
    const pattern = this.#anyLineEnd ? /\n\r?\n/ : /\r\n\r\n/;
    const found = pattern.exec(this.#bytes.toString("latin1", from));
    return found === null ? -1 : from + found.index + found[0].length;
  }
}
