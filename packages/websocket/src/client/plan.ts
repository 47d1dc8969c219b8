import type { ClientHttp2Session } from "node:http2";
import type { Duplex } from "node:stream";

import type { Offered, OfferPlan, ResponseCheck } from "../handshake/index.js";
import type { CompressionSettings } from "../session/settings.js";
import type { Proxy } from "./dial.js";
import type { ConnectOptions } from "./options.js";
import type { HeadAndRest } from "./read-head.js";
import type { Hops } from "./redirects.js";

/** What stays the same from hop to hop. */
export interface Plan {
  readonly options: Pick<ConnectOptions<never>, "createTransport" | "origin" | "requireProtocol" | "signal">;
  readonly compression: CompressionSettings | undefined;
  /** The value of Sec-WebSocket-Extensions. */
  readonly offer: string | undefined;
  readonly protocols: readonly string[];
  readonly http2: boolean | ClientHttp2Session;
  readonly proxyFor: (url: URL) => Proxy | undefined;
  readonly headOctets: number;
  readonly signal: AbortSignal;
}

/** A request and its answer. The answer may be any. */
export interface Exchange {
  readonly socket: Duplex;
  readonly answer: HeadAndRest;
  /** Whether its status is the one that opens the connection. */
  readonly isAccepted: boolean;
  /** That status, such as "101 (Switching Protocols)". */
  readonly wanted: string;
  /** The checks that are left then. */
  readonly check: (offered: Offered) => ResponseCheck;
}

/** What one request offers. */
export function offerOf({ url, headers }: Hops, { options, protocols, offer }: Plan): OfferPlan {
  const target = `${url.pathname}${url.search}`;
  return { host: url.host, target, protocols, extensions: offer, origin: options.origin, headers };
}
