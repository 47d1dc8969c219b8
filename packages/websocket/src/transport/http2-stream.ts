import type { Http2Session, Http2Stream } from "node:http2";
import type { Duplex } from "node:stream";

/**
 * What differs when a stream of node:http2 carries a connection (RFC 8441 §5). `end` sends END_STREAM, and END_STREAM of
 * the peer is the end of the stream, as the FINs of TCP are. Node closes a stream by itself when both directions have
 * ended. Nothing here loads node:http2: who has such a stream has loaded it.
 */

/** Whether it is a stream of node:http2, of either side. No other stream has these two fields. */
export function isHttp2Stream(stream: Duplex): stream is Http2Stream {
  return "rstCode" in stream && "sentHeaders" in stream;
}

/**
 * Drops a stream, whatever is on its way. On HTTP/2 the peer gets RST_STREAM with CANCEL, which stands for the reset of
 * TCP (RFC 8441 §5); `destroy` alone would send NO_ERROR, which looks like an orderly end.
 */
export function dropStream(stream: Duplex): void {
  if (isHttp2Stream(stream) && !stream.closed) {
    (stream as Marked)[DROPPED] = true;
    stream.close(CANCEL);
  }
  stream.destroy();
}

/** Whether the peer has ended a stream by a reset, and not this side, an orderly end, or the loss of the connection. */
export function wasReset(stream: Http2Stream): boolean {
  const { [DROPPED]: isDropped, [SESSION]: session } = stream as Marked;
  // Node reports the end of what can be read first, which may have ended our half by now: then nothing was aborted.
  const isBroken = stream.aborted || stream.rstCode !== NO_ERROR;
  return isBroken && isDropped !== true && session?.destroyed === false;
}

/**
 * Remembers the HTTP/2 connection of a stream, which the stream itself forgets at its end. Nothing happens for any other
 * stream.
 */
export function rememberSession(stream: Duplex): void {
  if (isHttp2Stream(stream)) (stream as Marked)[SESSION] ??= stream.session;
}

/** The same for a stream that may be at its end already. */
export function setSession(stream: Http2Stream, session: Http2Session): void {
  (stream as Marked)[SESSION] = session;
}

/**
 * The error of a stream that the peer has cancelled; undefined for any other. Node reports the other codes of RST_STREAM
 * by itself, and when the whole connection has gone, it is no news of this stream.
 */
export function resetFailure(stream: Duplex): Error | undefined {
  if (!isHttp2Stream(stream) || stream.rstCode !== CANCEL || !wasReset(stream)) return undefined;
  return Object.assign(new Error("The peer has cancelled the HTTP/2 stream."), { code: "ECONNRESET" });
}

const SESSION = Symbol("session");
const DROPPED = Symbol("dropped");

interface Marked extends Http2Stream {
  [SESSION]?: Http2Session | undefined;
  [DROPPED]?: boolean;
}

/** RFC 9113 §7. */
const CANCEL = 0x8;
const NO_ERROR = 0x0;
