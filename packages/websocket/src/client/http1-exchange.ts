import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";

import { invalidArgument } from "../errors.js";
import { acceptFor, buildRequest, checkResponse } from "../handshake/index.js";
import { sha1 } from "../sha1.js";
import { untilAborted } from "./deadline.js";
import { dial } from "./dial.js";
import { offerOf } from "./plan.js";
import type { Exchange, Plan } from "./plan.js";
import { readHead } from "./read-head.js";
import type { Hops } from "./redirects.js";

/** A request that is written, and not yet sent. */
export interface Http1Request {
  /** One character for one octet. */
  readonly text: string;
  readonly key: string;
}

/** Writes an Upgrade request (RFC 6455 §4.1). Throws InvalidArgument. */
export function writeHttp1(hops: Hops, plan: Plan): Http1Request {
  const key = randomBytes(16).toString("base64");
  try {
    return { text: buildRequest({ ...offerOf(hops, plan), key }), key };
  } catch (error) {
    throw invalidArgument((error as TypeError).message);
  }
}

/**
 * Asks over HTTP/1.1, on a connection of its own: on `connected` if there is one. Rejects as `dial` and `readHead` do, and
 * leaves nothing behind then.
 */
export async function exchangeOverHttp1(
  hops: Hops,
  plan: Plan,
  { text, key }: Http1Request,
  connected?: Socket,
): Promise<Exchange> {
  const socket: Duplex = connected ?? (await openTransport(hops, plan));
  // This listener stays: a socket may fail at any time, even between two steps with their own listeners.
  socket.on("error", () => {});
  try {
    if ("setNoDelay" in socket) (socket as Socket).setNoDelay(true);
    socket.write(text, "latin1");
    const answer = await readHead(socket, plan.headOctets, plan.signal);
    const { head } = answer;
    return {
      socket,
      answer,
      isAccepted: head.status === 101,
      wanted: "101 (Switching Protocols)",
      check: (offered) => checkResponse(head, { ...offered, accept: acceptFor(key, sha1) }),
    };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

async function openTransport(hops: Hops, plan: Plan): Promise<Duplex> {
  const { options, proxyFor, signal } = plan;
  const { url, tls, socketPath } = hops;
  if (options.createTransport === undefined) {
    const proxy = socketPath === undefined ? proxyFor(url) : undefined;
    // Where HTTP/2 was tried and is of no use, it must not be chosen again.
    const alpn = plan.http2 === false ? undefined : ["http/1.1"];
    return dial({ url, socketPath, tls, alpn, proxy, signal });
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

function discard(socket: Duplex): void {
  socket.on("error", () => {});
  socket.destroy();
}
