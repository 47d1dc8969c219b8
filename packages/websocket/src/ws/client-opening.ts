import type { EventEmitter } from "node:events";
import type { ClientRequest, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { Duplex } from "node:stream";

import { PERMESSAGE_DEFLATE } from "../deflate/negotiation.js";
import { credentialsOf, placeOf, readAddress } from "./address.js";
import type { Address } from "./address.js";
import { checkAnswer } from "./client-answer.js";
import { checkProtocols, clientSettings, clientSocketOptions, MAX_PAYLOAD } from "./client-options.js";
import type { ClientSettings } from "./client-options.js";
import { freshKey, openingRequest } from "./client-request.js";
import { extension } from "./extension.js";
import { PerMessageDeflate } from "./permessage-deflate.js";
import { ReadyEvent, changeReadyState } from "./ready-state.js";
import type { ReadyState } from "./ready-state.js";
import type { AnyClientOptions, SocketOptions } from "./types.js";

/** What an opening needs of its WebSocket. */
export interface Opener extends EventEmitter {
  _readyState: ReadyState;
  _protocol: string;
  _extensions: Record<string, PerMessageDeflate>;
  _url: string;
  _req: ClientRequest | null;
  _redirects: number;
  setSocket(socket: Duplex, head: Uint8Array, options: SocketOptions): void;
  emitClose(): void;
}

/** The opening handshake of a client, over as many redirects as it takes. */
export class ClientOpening {
  readonly #websocket: Opener;
  readonly #protocols: readonly string[];
  readonly #settings: ClientSettings;
  /** With lower-case names where redirects are followed, since some may have to be removed. */
  #headers: OutgoingHttpHeaders;
  #first: Address | undefined = undefined;
  #request: ClientRequest | undefined = undefined;
  #timer: NodeJS.Timeout | undefined = undefined;
  /** Events of the request do not count any more. */
  #isOver = false;

  constructor(websocket: Opener, protocols: readonly string[], options: AnyClientOptions) {
    this.#websocket = websocket;
    this.#protocols = protocols;
    this.#settings = clientSettings(options);
    const headers = { ...options.headers } as OutgoingHttpHeaders;
    this.#headers = options.followRedirects === true ? lowerCase(headers) : headers;
  }

  /**
   * Throws a SyntaxError for an address that no client can connect to and for invalid subprotocols, and what node:http
   * throws.
   */
  begin(address: string | URL): void {
    const read = readAddress(address);
    checkProtocols(this.#protocols);
    this.#ask(read);
  }

  /** Gives up. The error is emitted after the caller has returned. */
  abort(message: string): void {
    if (this.#isOver) return;
    this.#finish();
    changeReadyState(this.#websocket, ReadyEvent.Ending);
    const request = this.#request;
    request?.destroy();
    // Once it is complete, the request does not destroy its socket.
    request?.socket?.destroy();
    process.nextTick(fail, this.#websocket, new Error(message));
  }

  #ask(address: Address): void {
    const websocket = this.#websocket;
    this.#first ??= address;
    websocket._url = address.url.href;
    const deflate = this.#deflate();
    const extensions =
      deflate === undefined ? undefined : extension.format({ [PERMESSAGE_DEFLATE]: deflate.offer() });
    const key = freshKey();
    const request = openingRequest(
      {
        address,
        settings: this.#settings,
        protocols: this.#protocols,
        extensions,
        ...this.#credentials(address),
      },
      key,
    );
    this.#request = websocket._req = request;
    this.#listen(request, address, { key, protocols: this.#protocols, extensions, deflate });
    if (websocket._redirects > 0) websocket.emit("redirect", websocket._url, request);
    this.#startTimer();
    const { finishRequest } = this.#settings;
    if (finishRequest) finishRequest(request, websocket as never);
    else request.end();
  }

  #deflate(): PerMessageDeflate | undefined {
    const { perMessageDeflate = true, maxPayload = MAX_PAYLOAD } = this.#settings;
    if (!perMessageDeflate) return undefined;
    const options = perMessageDeflate === true ? {} : perMessageDeflate;
    return new PerMessageDeflate({ ...options, isServer: false, maxPayload });
  }

  /**
   * Header fields that say who the client is go to the first server only, and never from wss to ws. An application that
   * listens for redirects decides itself.
   */
  #credentials(address: Address): { headers: OutgoingHttpHeaders; auth: string | undefined } {
    const first = this.#first ?? address;
    // Credentials in the address come before those of the options.
    const auth = credentialsOf(address) ?? (this.#settings.auth || undefined);
    const headers = { ...this.#headers };
    const isElsewhere = placeOf(first) !== placeOf(address);
    const isLessSecure = first.isSecure && !address.isSecure;
    const isFree = this.#websocket.listenerCount("redirect") > 0;
    if (this.#websocket._redirects > 0 && !isFree && (isElsewhere || isLessSecure)) {
      for (const name of CREDENTIALS) delete headers[name];
      if (isElsewhere) delete headers["host"];
      return { headers, auth: undefined };
    }
    // The first credentials are treated as a header field.
    if (this.#settings.followRedirects === true && auth !== undefined)
      this.#headers["authorization"] ??= `Basic ${Buffer.from(auth).toString("base64")}`;
    return { headers, auth };
  }

  #listen(request: ClientRequest, address: Address, asked: Parameters<typeof checkAnswer>[1]): void {
    request.on("error", (error) => {
      if (this.#isOver || request !== this.#request) return;
      this.#finish();
      fail(this.#websocket, error);
    });
    request.on("response", (response) => this.#onResponse(request, response, address));
    request.on("upgrade", (response, socket, head) => {
      this.#websocket.emit("upgrade", response);
      // A listener may have given up.
      if (this.#isOver) return;
      this.#finish();
      const answer = checkAnswer(response, asked);
      if ("problem" in answer) refuse(this.#websocket, socket, answer.problem);
      else this.#open(socket, head, answer.protocol, answer.deflate);
    });
  }

  #open(socket: Duplex, head: Uint8Array, protocol: string, deflate: PerMessageDeflate | undefined): void {
    const websocket = this.#websocket;
    websocket._protocol = protocol;
    if (deflate !== undefined) websocket._extensions[PERMESSAGE_DEFLATE] = deflate;
    websocket.setSocket(socket, head, clientSocketOptions(this.#settings));
  }

  #onResponse(request: ClientRequest, response: IncomingMessage, address: Address): void {
    if (this.#isOver) return;
    const { statusCode = 0, headers } = response;
    const isRedirect = statusCode >= 300 && statusCode < 400 && headers.location !== undefined;
    if (isRedirect && this.#settings.followRedirects === true)
      this.#follow(request, headers.location as string, address);
    else if (!this.#websocket.emit("unexpected-response", request, response))
      this.abort(`Unexpected server response: ${statusCode}`);
  }

  #follow(request: ClientRequest, location: string, from: Address): void {
    const websocket = this.#websocket;
    websocket._redirects++;
    if (websocket._redirects > this.#settings.maxRedirects) return this.abort("Maximum redirects exceeded");
    // Its later events, such as that it was destroyed, are ignored.
    this.#request = undefined;
    clearTimeout(this.#timer);
    request.destroy();
    try {
      const url = resolve(location, from);
      websocket._url = url.href;
      this.#ask(readAddress(url));
    } catch (error) {
      this.#finish();
      fail(websocket, error as Error);
    }
  }

  /** The time runs from the request to the answer: a server cannot extend it with single octets. */
  #startTimer(): void {
    const { handshakeTimeout } = this.#settings;
    clearTimeout(this.#timer);
    if (!handshakeTimeout) return;
    this.#timer = setTimeout(() => this.abort("Opening handshake has timed out"), handshakeTimeout);
  }

  #finish(): void {
    this.#isOver = true;
    this.#websocket._req = null;
    clearTimeout(this.#timer);
  }
}

const CREDENTIALS = ["authorization", "cookie", "proxy-authorization"] as const;

/** Reports that the connection never opened. */
function fail(websocket: Opener, error: Error): void {
  changeReadyState(websocket, ReadyEvent.Ending);
  try {
    websocket.emit("error", error);
  } finally {
    websocket.emitClose();
  }
}

/** The same for an answer that does not open it. */
function refuse(websocket: Opener, socket: Duplex, message: string): void {
  changeReadyState(websocket, ReadyEvent.Ending);
  const error = new Error(message);
  socket.on("error", () => {});
  socket.once("close", () => fail(websocket, error));
  socket.destroy();
}

function resolve(location: string, from: Address): URL {
  try {
    return new URL(location, from.url);
  } catch {
    throw new SyntaxError(`Invalid URL: ${location}`);
  }
}

function lowerCase(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
