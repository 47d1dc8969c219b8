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
  /** The server's SETTINGS have come. */
  readonly hasSettings: boolean;
  /**
   * Calls back once it is known whether the server takes extended CONNECT (RFC 8441 §3): when its SETTINGS say so, or when it
   * has acknowledged those of the tester and has not said so until then.
   */
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
  let hasSettings = false;
  let takesConnect: boolean | undefined;
  let waiting: ((takesConnect: boolean) => void)[] = [];
  let problem: Http2Problem | undefined;
  const known = (takes: boolean): void => {
    if (takesConnect !== undefined) return;
    takesConnect = takes;
    for (const callback of waiting) callback(takes);
    waiting = [];
  };
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
        hasSettings = true;
        if (settings.some(([id, value]) => id === Setting.enableConnectProtocol && value === 1)) known(true);
      },
      // It has answered the tester's first octets, and may say more than once what it takes until then.
      acknowledged: () => known(false),
      ended: (_, found) => {
        problem = found;
        if (found !== undefined) recorder.note(problemSentence(found));
      },
    },
  );
  const stream = connection.stream();
  dialled.attach(connection);
  connection.start();
  return {
    transport: stream,
    attach: (events: TransportEvents) => {
      stream.attach({
        head: () => undefined,
        received: (chunk) => events.received(chunk),
        ended: (reset, because) => events.ended(reset, because),
      });
    },
    http2: {
      stream,
      get hasSettings() {
        return hasSettings;
      },
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

/** What is wrong with the server's HTTP/2, in a sentence. */
export function problemSentence({ because, said }: Http2Problem): string {
  return `the peer ${said === undefined ? "broke" : "does not speak"} HTTP/2: ${because}`;
}
