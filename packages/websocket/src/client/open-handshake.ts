import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import { checkAgreed, makeOffer } from "../deflate/negotiation.js";
import type { DeflateAgreement } from "../deflate/negotiation.js";
import { invalidArgument } from "../errors.js";
import { acceptFor, buildRequest, checkResponse, formatExtension } from "../handshake/index.js";
import type { CompressionSettings } from "../session/settings.js";
import { sha1 } from "../sha1.js";
import { untilAborted } from "./deadline.js";
import { dial } from "./dial.js";
import { policyOf } from "./environment.js";
import type { ConnectOptions } from "./options.js";
import { proxyFromEnvironment } from "./proxy-environment.js";
import { invalidResponse, readHead } from "./read-head.js";
import type { HeadAndRest } from "./read-head.js";
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
  const plan: Plan<Data> = {
    options,
    compression,
    offer: compression === undefined ? undefined : makeOffer(policyOf(compression)),
    protocols: options.protocols ?? [],
    proxyFor: chooserOf(options.proxy),
    headOctets: checkedHeadOctets(options.handshakeOctets),
    signal,
  };
  const hops = new Hops(parseTarget(url), options);
  for (;;) {
    signal.throwIfAborted();
    const opened = await tryHop(hops, plan);
    if (opened !== undefined) return opened;
  }
}

/** What stays the same from hop to hop. */
interface Plan<Data> {
  readonly options: ConnectOptions<Data>;
  readonly compression: CompressionSettings | undefined;
  /** The value of Sec-WebSocket-Extensions. */
  readonly offer: string | undefined;
  readonly protocols: readonly string[];
  readonly proxyFor: (url: URL) => URL | undefined;
  readonly headOctets: number;
  readonly signal: AbortSignal;
}

/** Undefined for a redirect that is followed. */
async function tryHop<Data>(hops: Hops, plan: Plan<Data>): Promise<Opened | undefined> {
  const key = randomBytes(16).toString("base64");
  // Before a connection is made: an invalid request is the caller's mistake.
  const request = writeRequest(hops, plan, key);
  const socket = await openTransport(hops, plan);
  // This listener stays: a socket may fail at any time, even between two steps with their own listeners.
  socket.on("error", () => {});
  try {
    const answer = await ask(socket, request, plan);
    if (answer.head.status === 101) return agree(socket, hops.url, answer, acceptFor(key, sha1), plan);
    if (!hops.follow(answer.head)) {
      const error = await unexpectedResponse(socket, answer, plan.signal);
      plan.options.signal?.throwIfAborted();
      throw error;
    }
    socket.destroy();
    return undefined;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function writeRequest<Data>(hops: Hops, { options, protocols, offer }: Plan<Data>, key: string): string {
  const { url, headers } = hops;
  const target = `${url.pathname}${url.search}`;
  try {
    return buildRequest({
      host: url.host,
      target,
      key,
      protocols,
      extensions: offer,
      origin: options.origin,
      headers,
    });
  } catch (error) {
    throw invalidArgument((error as TypeError).message);
  }
}

async function openTransport<Data>(hops: Hops, plan: Plan<Data>): Promise<Duplex> {
  const { options, proxyFor, headOctets, signal } = plan;
  const { url, tls, socketPath } = hops;
  if (options.createTransport === undefined) {
    const proxy = socketPath === undefined ? proxyFor(url) : undefined;
    return dial({ url, socketPath, tls, proxy, proxyTls: options.proxyTls, headOctets, signal });
  }
  const promised = Promise.resolve(options.createTransport(url));
  try {
    return await untilAborted(promised, signal);
  } catch (error) {
    // The socket may still come, and nothing else would destroy it.
    promised.then(discard, () => {});
    throw error;
  }
}

function ask<Data>(socket: Duplex, request: string, plan: Plan<Data>): Promise<HeadAndRest> {
  if ("setNoDelay" in socket) (socket as Socket).setNoDelay(true);
  socket.write(request, "latin1");
  return readHead(socket, plan.headOctets, plan.signal);
}

/** The checks of RFC 6455 §4.1 and RFC 7692 §7.1; throws InvalidResponse. */
function agree<Data>(
  socket: Duplex,
  url: URL,
  { head, rest }: HeadAndRest,
  accept: string,
  { options, protocols, offer, compression }: Plan<Data>,
): Opened {
  const isProtocolRequired = options.requireProtocol ?? true;
  const checked = checkResponse(head, { accept, protocols, isProtocolRequired, extensions: offer });
  if (!checked.ok) throw invalidResponse(checked.problem);
  const { rawHeaders } = head;
  const opened = { socket, url, rest, rawHeaders, protocol: checked.protocol ?? "" };
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
function chooserOf(proxy: string | URL | undefined): (url: URL) => URL | undefined {
  if (proxy === "env") return (url) => proxyFromEnvironment(url);
  const always = proxy === undefined ? undefined : parseProxy(proxy);
  return () => always;
}

function discard(socket: Duplex): void {
  socket.on("error", () => {});
  socket.destroy();
}

function checkedHeadOctets(octets: number = HANDSHAKE_OCTETS): number {
  if (octets > 0) return octets;
  throw invalidArgument("handshakeOctets must be a number of octets above 0.");
}
