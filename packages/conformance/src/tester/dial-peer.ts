import { Http2Connection, type Http2Problem } from "../http2/connection.js";
import { frameView } from "./http2-view.js";
import type { Http2Stream } from "../http2/stream.js";
import { dial, type SocketConnection } from "../net/dial.js";
import type { Target } from "../net/target.js";
import type { TransportEvents } from "../net/transport.js";
import type { Recorder } from "../record/recorder.js";
import type { Clock } from "../time/clock.js";
import { Setting } from "../wire/http2/frame.js";

/** A connection to a peer on which the opening handshake can begin. */
export interface Dialled extends SocketConnection {
  /** The stream of HTTP/2 that the connection is; absent over HTTP/1.1. */
  readonly http2?: DialledHttp2;
}

export interface DialledHttp2 {
  readonly stream: Http2Stream;
  /** Calls back once the server's first SETTINGS have come: whether it takes extended CONNECT (RFC 8441 §3). */
  whenKnown(callback: (takesConnect: boolean) => void): void;
  /** What is wrong with the server's HTTP/2, in a clause; undefined if nothing was found. */
  readonly problem: Http2Problem | undefined;
}

/**
 * Opens TCP, TLS where the URL says so, and HTTP/2 where the target does: then the connection is a stream of it, and
 * nothing else is on it. Rejects with a DialError.
 */
export async function dialPeer(
  target: Target,
  clock: Clock,
  timeoutMs: number,
  signal: AbortSignal,
  recorder: Recorder,
): Promise<Dialled> {
  const dialled = await dial(target, clock, timeoutMs, signal);
  return target.http2 ? overHttp2(dialled, recorder) : dialled;
}

/** Octets that the server may send on a stream before the tester makes room again. */
const STREAM_WINDOW = 1 << 20;

function overHttp2(dialled: SocketConnection, recorder: Recorder): Dialled {
  let takesConnect: boolean | undefined;
  let waiting: ((takesConnect: boolean) => void)[] = [];
  let problem: Http2Problem | undefined;
  const connection = new Http2Connection(
    dialled.transport,
    {
      role: "client",
      settings: [
        [Setting.enablePush, 0],
        [Setting.initialWindowSize, STREAM_WINDOW],
      ],
      updatesWindows: true,
    },
    {
      frame: (dir, frame, head) => recorder.http2(dir, () => frameView(frame, head)),
      settings: (settings) => {
        if (takesConnect !== undefined) return;
        const takes = settings.some(([id, value]) => id === Setting.enableConnectProtocol && value === 1);
        takesConnect = takes;
        for (const callback of waiting) callback(takes);
        waiting = [];
      },
      ended: (_, found) => {
        problem = found;
        if (found !== undefined) recorder.note(`the peer broke HTTP/2: ${found.because}`);
      },
    },
  );
  const stream = connection.stream();
  dialled.attach(connection);
  connection.start();
  return {
    transport: stream,
    attach: (events: TransportEvents) => stream.attach({ ...events, head: () => undefined }),
    http2: {
      stream,
      whenKnown: (callback) => {
        if (takesConnect === undefined) waiting.push(callback);
        else callback(takesConnect);
      },
      get problem() {
        return problem;
      },
    },
  };
}
