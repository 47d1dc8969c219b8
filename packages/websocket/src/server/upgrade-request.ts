import type { IncomingMessage } from "node:http";
import type { Http2ServerRequest, IncomingHttpHeaders } from "node:http2";
import type { Http2Session, ServerHttp2Stream } from "node:http2";

import type { Client } from "../forwarded/client-behind.js";
import { checkConnect } from "../handshake/connect-check.js";
import type { OpeningRequest } from "../handshake/opening-fields.js";
import { checkRequest } from "../handshake/request.js";
import type { Refusal, UpgradeOpening } from "../handshake/request.js";
import type { RequestPolicy } from "../handshake/request-policy.js";
import { http2Module } from "../transport/http2-module.js";
import { pathOf } from "./attachments.js";
import type { ServerOptions, UpgradeRequest } from "./options.js";
import { originRule } from "./origin.js";
import type { OpeningRefusal } from "./refuse.js";

/** A correct opening handshake, in the form for the protocol and in the form for the application. */
export interface CheckedRequest {
  readonly opening: OpeningRequest | UpgradeOpening;
  readonly request: UpgradeRequest;
}

/** A request of HTTP/2 as the `stream` event of node:http2 hands it over. */
export interface StreamRequest {
  /** Undefined when it is not known any more. */
  readonly session: Http2Session | undefined;
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: readonly string[];
}

/**
 * Checks what the RFC and the server's options demand, before the application is asked.
 */
export function readRequest<Data>(
  raw: IncomingMessage,
  client: Client,
  options: ServerOptions<Data>,
): CheckedRequest | OpeningRefusal {
  const { method = "", url: target = "", httpVersion, rawHeaders } = raw;
  const policy = policyOf(options, client.isSecure);
  const checked = checkRequest({ method, target, httpVersion, rawHeaders }, policy);
  if (!checked.ok) return refusalOf(checked.refusal);
  return { opening: checked.request, request: new Upgrade(checked.request, client, raw) };
}

/** The same for an extended CONNECT request. */
export function readConnect<Data>(
  asked: StreamRequest,
  client: Client,
  options: ServerOptions<Data>,
): CheckedRequest | OpeningRefusal {
  const { stream, rawHeaders } = asked;
  const policy = policyOf(options, client.isSecure);
  const checked = checkConnect({ rawHeaders, isEnded: stream.endAfterHeaders }, policy);
  if (!checked.ok) return refusalOf(checked.refusal);
  return { opening: checked.request, request: new Connect(checked.request, client, asked) };
}

function policyOf<Data>(options: ServerOptions<Data>, isSecure: boolean): RequestPolicy {
  const { origin = "same-origin", hosts } = options;
  return { isSecure, origin: originRule(origin), hosts };
}

function refusalOf({ status, headers, body, problem }: Refusal): OpeningRefusal {
  return { status, headers, body, problem: problem.id };
}

/** A class, since an object with its own getters takes three times the memory. */
abstract class Described implements UpgradeRequest {
  readonly path: string;
  readonly remoteAddress: string;
  readonly isSecure: boolean;
  readonly #opening: OpeningRequest;

  constructor(opening: OpeningRequest, { remoteAddress, isSecure }: Client) {
    this.path = pathOf(opening.target);
    this.remoteAddress = remoteAddress;
    this.isSecure = isSecure;
    this.#opening = opening;
  }

  abstract get httpVersion(): "1.1" | "2.0";
  abstract get headers(): IncomingMessage["headers"];
  abstract get raw(): IncomingMessage | Http2ServerRequest;

  get target(): string {
    return this.#opening.target;
  }

  get query(): URLSearchParams {
    return new URLSearchParams(this.target.slice(this.path.length));
  }

  get host(): string {
    return this.#opening.host;
  }

  get origin(): string | undefined {
    return this.#opening.origin;
  }

  get protocols(): readonly string[] {
    return this.#opening.protocols;
  }
}

class Upgrade extends Described {
  readonly #raw: IncomingMessage;

  constructor(opening: OpeningRequest, client: Client, raw: IncomingMessage) {
    super(opening, client);
    this.#raw = raw;
  }

  get httpVersion(): "1.1" {
    return "1.1";
  }

  get headers(): IncomingMessage["headers"] {
    return this.#raw.headers;
  }

  get raw(): IncomingMessage {
    return this.#raw;
  }
}

class Connect extends Described {
  readonly #asked: StreamRequest;
  #raw: Http2ServerRequest | undefined = undefined;

  constructor(opening: OpeningRequest, client: Client, asked: StreamRequest) {
    super(opening, client);
    this.#asked = asked;
  }

  get httpVersion(): "2.0" {
    return "2.0";
  }

  get headers(): IncomingMessage["headers"] {
    const fields = Object.entries(this.#asked.headers).filter(([name]) => !name.startsWith(":"));
    return { ...Object.fromEntries(fields), host: this.host };
  }

  /** Made when first asked for: node:http2 gives the stream half a dozen listeners for it. */
  get raw(): Http2ServerRequest {
    const { stream, headers, rawHeaders } = this.#asked;
    this.#raw ??= new (http2Module().Http2ServerRequest)(stream, headers, {}, rawHeaders);
    return this.#raw;
  }
}
