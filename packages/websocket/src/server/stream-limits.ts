import type { Http2Session, ServerHttp2Stream } from "node:http2";

import type { ServerLimits } from "../session/limits.js";
import { setSession, wasReset } from "../transport/http2-stream.js";
import { monotonicNow } from "../transport/timer-wheel.js";

/**
 * What one HTTP/2 connection may have of a server. A peer opens streams without a connection of TCP for each, and may
 * reset them at once and open others, while this side still works for the first (CVE-2023-44487). nghttp2 stops a peer
 * after 1,000 resets of any stream, here it is far fewer.
 */
export class StreamLimits {
  readonly #limits: ServerLimits;
  readonly #shares = new WeakMap<Http2Session, Share>();

  constructor(limits: ServerLimits) {
    this.#limits = limits;
  }

  /** Counts a stream of `session` until it is closed. False: it is one too many, and has to be refused. */
  enter(session: Http2Session, stream: ServerHttp2Stream): boolean {
    setSession(stream, session);
    const share = this.#shareOf(session);
    const isAllowed = share.streams < this.#limits.http2Streams;
    share.streams++;
    if (!isAllowed) this.#spend(session, share);
    const leave = (): void => {
      share.streams--;
      if (wasReset(stream)) this.#spend(session, share);
    };
    // Reset while it waited for its turn: what closes it has gone by.
    if (stream.destroyed) leave();
    else stream.once("close", leave);
    return isAllowed;
  }

  #shareOf(session: Http2Session): Share {
    const known = this.#shares.get(session);
    if (known !== undefined) return known;
    const share = { streams: 0, resets: this.#limits.http2Resets, since: monotonicNow() };
    this.#shares.set(session, share);
    return share;
  }

  #spend(session: Http2Session, share: Share): void {
    const { http2Resets } = this.#limits;
    if (http2Resets === Infinity) return;
    const now = monotonicNow();
    const givenBack = ((now - share.since) / 1000) * (http2Resets / 10);
    share.resets = Math.min(http2Resets, share.resets + givenBack) - 1;
    share.since = now;
    if (share.resets >= 0 || session.destroyed) return;
    // Not with an error: it would be one of each stream, and end an application that does not listen for it.
    session.goaway(ENHANCE_YOUR_CALM);
    session.destroy();
  }
}

/** What one session has. */
interface Share {
  streams: number;
  /** How many resets are left, as it was `since`, in ms. */
  resets: number;
  since: number;
}

/** RFC 9113 §7. */
const ENHANCE_YOUR_CALM = 0xb;
