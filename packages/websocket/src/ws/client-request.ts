import { randomBytes } from "node:crypto";
// Whole modules: applications and monitoring tools replace their functions, which are looked up at each call.
import http from "node:http";
import type { ClientRequest, OutgoingHttpHeaders } from "node:http";
import https from "node:https";
import type { RequestOptions } from "node:https";
import net from "node:net";
import type { NetConnectOpts, Socket } from "node:net";
import tls from "node:tls";
import type { ConnectionOptions } from "node:tls";

import { hostOf } from "./address.js";
import type { Address } from "./address.js";
import type { ClientSettings } from "./client-options.js";

/** One request for an opening handshake. */
export interface RequestPlan {
  readonly address: Address;
  readonly settings: ClientSettings;
  readonly protocols: readonly string[];
  /** The value of Sec-WebSocket-Extensions. */
  readonly extensions: string | undefined;
  /** The application's header fields, without credentials where they must not be sent. */
  readonly headers: OutgoingHttpHeaders;
  /** User name and password, from the address or from the options. */
  readonly auth: string | undefined;
}

/** 16 fresh random octets in base64 (RFC 6455 §4.1). */
export function freshKey(): string {
  return randomBytes(16).toString("base64");
}

/**
 * Makes the request, and does not end it: it goes through node:http and node:https, so that agents, proxies and options
 * of the application's keep working.
 */
export function openingRequest(plan: RequestPlan, key: string): ClientRequest {
  const { address, settings, auth } = plan;
  const { isSecure, url, socketPath, target } = address;
  const defaultPort = isSecure ? 443 : 80;
  const options = {
    ...settings,
    method: "GET",
    createConnection: settings.createConnection || (isSecure ? dialTls : dialTcp),
    defaultPort: settings.defaultPort || defaultPort,
    port: url.port === "" ? defaultPort : url.port,
    host: hostOf(address),
    path: target,
    socketPath,
    auth,
    headers: headersOf(plan, key),
    hostname: undefined,
    protocol: undefined,
    // Not the timeout of the options, which means something else. Agents may use it.
    timeout: settings.handshakeTimeout,
  } as unknown as RequestOptions;
  return isSecure ? https.request(options) : http.request(options);
}

function headersOf(
  { settings, protocols, extensions, headers }: RequestPlan,
  key: string,
): OutgoingHttpHeaders {
  const all: OutgoingHttpHeaders = {
    ...headers,
    "Sec-WebSocket-Version": settings.protocolVersion,
    "Sec-WebSocket-Key": key,
    Connection: "Upgrade",
    Upgrade: "websocket",
  };
  if (extensions !== undefined) all["Sec-WebSocket-Extensions"] = extensions;
  if (protocols.length > 0) all["Sec-WebSocket-Protocol"] = protocols.join(",");
  // The draft has another field for it.
  const originField = settings.protocolVersion < 13 ? "Sec-WebSocket-Origin" : "Origin";
  if (settings.origin) all[originField] = settings.origin;
  return all;
}

function dialTcp(options: RequestOptions): Socket {
  return net.connect({ ...options, path: options.socketPath } as unknown as NetConnectOpts);
}

function dialTls(options: RequestOptions): Socket {
  const { host, servername } = options;
  // RFC 6066 §3: an IP address is no name to ask a certificate for.
  const name = servername ?? (net.isIP(host ?? "") === 0 ? host : "");
  return tls.connect({ ...options, path: undefined, servername: name } as unknown as ConnectionOptions);
}
