import type { Attributes } from "@opentelemetry/api";

import type { CloseInfo, HandshakeInfo } from "../session/connection.js";
import type { WatchedHandshake } from "../session/diagnostics.js";

/**
 * The names of the stable conventions for HTTP, since an opening handshake is a request (RFC 6455 §4.1). There are no
 * conventions for WebSocket; what begins with "websocket." is named as they would be.
 */

/** The methods that the conventions know. A peer may send any. */
const METHODS: ReadonlySet<string> = new Set([
  "CONNECT",
  "DELETE",
  "GET",
  "HEAD",
  "OPTIONS",
  "PATCH",
  "POST",
  "PUT",
  "TRACE",
]);

/** By the conventions, what is not known is called "HTTP" in names and "_OTHER" in attributes. */
export function spanName({ method }: WatchedHandshake, route: string | undefined): string {
  const known = METHODS.has(method) ? method : "HTTP";
  return route === undefined ? known : `${known} ${route}`;
}

/** What is known when it begins. The query is left out: browsers can send a token nowhere else, so it often has one. */
export function requestAttributes(handshake: WatchedHandshake, route: string | undefined): Attributes {
  const { role, method, isSecure } = handshake;
  const isKnown = METHODS.has(method);
  return {
    "http.request.method": isKnown ? method : "_OTHER",
    ...(isKnown ? {} : { "http.request.method_original": method }),
    ...(route === undefined ? {} : { "http.route": route }),
    "network.protocol.name": "http",
    ...(role === "server" ? serverAttributes(handshake, isSecure) : clientAttributes(handshake)),
  };
}

/** The part of a request target before "?". */
export function pathOf(target: string): string {
  return target.split("?", 1)[0]!;
}

function serverAttributes(handshake: WatchedHandshake, isSecure: boolean): Attributes {
  const { headers, target, httpVersion, remoteAddress } = handshake;
  return {
    "url.path": pathOf(target),
    "url.scheme": isSecure ? "https" : "http",
    "network.protocol.version": versionOf(httpVersion),
    ...optional("client.address", remoteAddress),
    ...optional("user_agent.original", headers["user-agent"]),
    ...addressOf(String(headers[":authority"] ?? headers.host ?? "")),
  };
}

function addressOf(host: string): Attributes {
  const [, address, port] = /^(\[[\da-fA-F:.]+\]|[^:@/]+)(?::(\d{1,5}))?$/.exec(host) ?? [];
  return { ...optional("server.address", address), ...(port && { "server.port": Number(port) }) };
}

function clientAttributes({ url }: WatchedHandshake): Attributes {
  if (url === undefined) return {};
  const { protocol, hostname, port, host, pathname } = url;
  return {
    "url.full": `${protocol}//${host}${pathname}`,
    "server.address": hostname,
    "server.port": port === "" ? (protocol === "wss:" ? 443 : 80) : Number(port),
  };
}

/** What is known when it has ended well. */
export function openedAttributes({ httpVersion, protocol, remoteAddress }: HandshakeInfo): Attributes {
  return {
    "http.response.status_code": statusOf(httpVersion),
    "network.protocol.version": versionOf(httpVersion),
    ...optional("network.peer.address", remoteAddress),
    ...optional("websocket.subprotocol", protocol),
  };
}

/** RFC 6455 §4.2.2, and RFC 8441 §5. */
export function statusOf(httpVersion: "1.1" | "2.0"): number {
  return httpVersion === "2.0" ? 200 : 101;
}

export function closeAttributes({ code, wasClean }: Omit<CloseInfo, "reason">): Attributes {
  return { "websocket.close.code": code, "websocket.close.clean": wasClean };
}

/** The conventions write "2", not "2.0". */
function versionOf(httpVersion: string): string {
  return httpVersion.replace(/^([2-9])\.0$/, "$1");
}

function optional(name: string, value: string | undefined): Attributes {
  return value === undefined || value === "" ? {} : { [name]: value };
}
