import type { Http2Script } from "../case/http2-script.js";
import { dial, type SocketConnection } from "../net/dial.js";
import type { Target } from "../net/target.js";
import type { TransportEvents } from "../net/transport.js";
import type { Recorder } from "../record/recorder.js";
import type { Clock } from "../time/clock.js";
import { Http2Session } from "./http2-session.js";

/** A connection to a peer on which the opening handshake can begin. */
export interface Dialled extends SocketConnection {
  /** The connection of HTTP/2 of which it is a stream; absent over HTTP/1.1. */
  readonly http2?: Http2Session;
}

/**
 * Opens TCP, TLS where the URL says so, and HTTP/2 where the target does: then the connection is a stream of it. Rejects
 * with a DialError. `script`: what the case does with HTTP/2.
 */
export async function dialPeer(
  target: Target,
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  recorder: Recorder,
  script?: Http2Script,
): Promise<Dialled> {
  const dialled = await dial(target, clock, timeoutMs, signal);
  if (!target.http2) return dialled;
  const http2 = new Http2Session(dialled, recorder, script);
  const { stream } = http2;
  return {
    transport: stream,
    attach: (events: TransportEvents) => {
      stream.attach({
        head: () => undefined,
        received: (chunk) => events.received(chunk),
        ended: (reset, because) => events.ended(reset, because),
      });
    },
    http2,
  };
}
