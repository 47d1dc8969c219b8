import { connect } from "@wireproof/websocket";
import type { Handlers } from "@wireproof/websocket";

import { walkWith } from "./walk.js";
import type { EchoClient, WalkOptions } from "./walk.js";

/** Walks as `connect` of @wireproof/websocket, with its defaults but for the limits that the biggest cases exceed. */
export function walkWireproof(options: WalkOptions): Promise<void> {
  return walkWith(wireproofClient(options.ca, false), options);
}

/** The same over HTTP/2 (RFC 8441), where the server takes it: all connections are streams of one session. */
export function walkWireproofHttp2(options: WalkOptions): Promise<void> {
  return walkWith(wireproofClient(options.ca, true), options);
}

/**
 * Section 9 sends 16 MiB in one message, and 4 MiB in 65,536 fragments. In 28.2.2 an echo of 8 MiB stands before the answer to the
 * Close frame: on a busy machine it takes longer than the five seconds of the default.
 */
const LIMITS = {
  messageOctets: 64 * 1024 * 1024,
  backlogOctets: 256 * 1024 * 1024,
  fragments: 100_000,
  closeMs: 20_000,
};

function wireproofClient(ca: string | undefined, http2: boolean): EchoClient {
  const visit = (url: string, message: NonNullable<Handlers["message"]>): Promise<void> =>
    new Promise((resolve) => {
      connect(url, {
        limits: LIMITS,
        http2,
        // Short messages too, of which most cases consist.
        compression: { threshold: 0 },
        message,
        close: () => resolve(),
        ...(ca === undefined ? {} : { tls: { ca } }),
        // Where the opening handshake fails there is no `close`.
      }).catch(() => resolve());
    });
  return {
    echo: (url) => visit(url, (ws, data) => ws.send(data)),
    ask: async (url) => {
      let said: string | null = null;
      await visit(url, (_ws, data) => {
        said ??= String(data);
      });
      return said;
    },
  };
}
