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
  if (isHttp2Stream(stream) && !stream.closed) stream.close(CANCEL);
  stream.destroy();
}

/**
 * Remembers the HTTP/2 connection of a stream, which the stream itself forgets at its end. Nothing happens for any other
 * stream.
 */
export function rememberSession(stream: Duplex): void {
  if (isHttp2Stream(stream)) (stream as Remembering)[SESSION] = stream.session;
}

/**
 * The error of a stream that the peer has cancelled; undefined for any other. Node reports the other codes of RST_STREAM
 * by itself, and when the whole connection has gone, it is no news of this stream.
 */
export function resetFailure(stream: Duplex): Error | undefined {
  if (!isHttp2Stream(stream) || stream.rstCode !== CANCEL) return undefined;
  if ((stream as Remembering)[SESSION]?.destroyed !== false) return undefined;
  return Object.assign(new Error("The peer has cancelled the HTTP/2 stream."), { code: "ECONNRESET" });
}

const SESSION = Symbol("session");

interface Remembering extends Http2Stream {
  [SESSION]?: Http2Session | undefined;
}

/** RFC 9113 §7. */
const CANCEL = 0x8;
