import type { ClientHttp2Session } from "node:http2";
import type { Duplex } from "node:stream";

import { checkAgreed, makeOffer } from "../deflate/negotiation.js";
import type { DeflateAgreement } from "../deflate/negotiation.js";
import { invalidArgument } from "../errors.js";
import { formatExtension } from "../handshake/index.js";
import type { CompressionSettings } from "../session/settings.js";
import { dropStream } from "../transport/http2-stream.js";
import type { Proxy } from "./dial.js";
import { policyOf } from "./environment.js";
import { exchangeOverHttp1, writeHttp1 } from "./http1-exchange.js";
import { exchangeOverHttp2, writeHttp2 } from "./http2-exchange.js";
import type { ConnectOptions } from "./options.js";
import type { Exchange, Plan } from "./plan.js";
import { proxyFromEnvironment } from "./proxy-environment.js";
import { invalidResponse } from "./read-head.js";
import { Hops } from "./redirects.js";
import { parseProxy, parseTarget } from "./target.js";
import { unexpectedResponse } from "./unexpected-response.js";

const HANDSHAKE_OCTETS = 16 * 1024;

/** A transport whose opening handshake is complete. */
export interface Opened {
  readonly socket: Duplex;
  /** The final address, behind all redirects. */
  readonly url: URL;
  /** What came right behind the answer; it may be changed in place. */
  readonly rest: Uint8Array;
  /** Of the answer: name, value, name, value … */
  readonly rawHeaders: readonly string[];
  readonly protocol: string;
  readonly extensions: string;
  readonly agreement: DeflateAgreement | undefined;
}

/** Makes an open connection. Rejects as `connect` does, and leaves nothing behind. */
export async function openHandshake<Data>(
  url: string | URL,
  options: ConnectOptions<Data>,
  compression: CompressionSettings | undefined,
  signal: AbortSignal,
): Promise<Opened> {
  const headOctets = checkedHeadOctets(options.handshakeOctets);
  const plan: Plan = {
    options,
    compression,
    offer: compression === undefined ? undefined : makeOffer(policyOf(compression)),
    protocols: options.protocols ?? [],
    http2: checkedHttp2(options),
    proxyFor: chooserOf(options, headOctets),
    headOctets,
    signal,
  };
  const hops = new Hops(parseTarget(url), options);
  for (;;) {
    signal.throwIfAborted();
    const opened = await tryHop(hops, plan);
    if (opened !== undefined) return opened;
  }
}

/** Undefined for a redirect that is followed. */
async function tryHop(hops: Hops, plan: Plan): Promise<Opened | undefined> {
  const exchange = await exchangeWith(hops, plan);
  const { socket, answer } = exchange;
  try {
    if (exchange.isAccepted) return agree(exchange, hops.url, plan);
    if (!hops.follow(answer.head)) {
      const error = await unexpectedResponse(socket, exchange, plan.signal);
      plan.options.signal?.throwIfAborted();
      throw error;
    }
    dropStream(socket);
    return undefined;
  } catch (error) {
    dropStream(socket);
    throw error;
  }
}

async function exchangeWith(hops: Hops, plan: Plan): Promise<Exchange> {
  // Before a connection is made: an invalid request is the caller's mistake.
  const http1 = writeHttp1(hops, plan);
  if (!mayUseHttp2(hops, plan)) return exchangeOverHttp1(hops, plan, http1);
  const exchange = await exchangeOverHttp2(hops, plan, writeHttp2(hops, plan));
  return "answer" in exchange ? exchange : exchangeOverHttp1(hops, plan, http1, exchange.socket);
}

/** Through a proxy, connections are not shared. */
function mayUseHttp2({ url, socketPath, isFirst }: Hops, { http2, proxyFor }: Plan): boolean {
  if (typeof http2 === "object" && isFirst) return true;
  return http2 !== false && (socketPath !== undefined || proxyFor(url) === undefined);
}

/** The checks of RFC 6455 §4.1 and RFC 7692 §7.1; throws InvalidResponse. */
function agree(
  { socket, answer, check }: Exchange,
  url: URL,
  { options, protocols, offer, compression }: Plan,
): Opened {
  const isProtocolRequired = options.requireProtocol ?? true;
  const checked = check({ protocols, isProtocolRequired, extensions: offer });
  if (!checked.ok) throw invalidResponse(checked.problem);
  const { rawHeaders } = answer.head;
  const opened = { socket, url, rest: answer.rest, rawHeaders, protocol: checked.protocol ?? "" };
  const [accepted] = checked.extensions;
  if (accepted === undefined || compression === undefined) {
    return { ...opened, extensions: "", agreement: undefined };
  }
  // Only permessage-deflate is offered, so this is it.
  const deflate = checkAgreed(accepted.params, policyOf(compression));
  if (!deflate.ok) throw invalidResponse(deflate.problem);
  return { ...opened, extensions: formatExtension(accepted), agreement: deflate.agreement };
}

/** The proxy for a server. Throws for an invalid one. */
function chooserOf<Data>(
  { proxy, proxyTls }: ConnectOptions<Data>,
  headOctets: number,
): (url: URL) => Proxy | undefined {
  const asProxy = (url: URL | undefined): Proxy | undefined =>
    url === undefined ? undefined : { url, tls: proxyTls, headOctets };
  if (proxy === "env") return (url) => asProxy(proxyFromEnvironment(url));
  const always = asProxy(proxy === undefined ? undefined : parseProxy(proxy));
  return () => always;
}

function checkedHttp2<Data>({
  http2 = false,
  createTransport,
}: ConnectOptions<Data>): boolean | ClientHttp2Session {
  if (typeof http2 !== "boolean" && typeof http2?.request !== "function")
    throw invalidArgument("http2 must be true, false or a ClientHttp2Session of node:http2.");
  if (http2 !== false && createTransport !== undefined)
    throw invalidArgument(
      "createTransport makes a connection of HTTP/1.1: for HTTP/2, pass a session as http2.",
    );
  return http2;
}

function checkedHeadOctets(octets: number = HANDSHAKE_OCTETS): number {
  if (octets > 0) return octets;
  throw invalidArgument("handshakeOctets must be a number of octets above 0.");
}
