/**
 * What went over one connection so far. Plain numbers: read them, do not write them.
 *
 * @example
 * ```ts
 * import { connect, createServer, type ConnectionCounters } from "@wireproof/websocket";
 *
 * await using server = createServer();
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = await connect(`ws://127.0.0.1:${port}`);
 * ws.send("hello");
 * const counters: Readonly<ConnectionCounters> = ws.counters;
 * console.assert(counters.messagesSent === 1 && counters.framesSent === 1);
 * ```
 */
export class Counters {
  /** Octets that were read, including those that were discarded. */
  octetsReceived = 0;
  /** Whole frames that were received, including control frames. */
  framesReceived = 0;
  /** Messages that were delivered. */
  messagesReceived = 0;
  /** Pings that were received. */
  pingsReceived = 0;
  /** Pongs that were received. */
  pongsReceived = 0;
  /** Octets put into the output; the transport knows how many of them it has written. */
  octetsSent = 0;
  /** Frames that were sent, including control frames. */
  framesSent = 0;
  /** Messages that were sent. */
  messagesSent = 0;
  /** Pings that were sent. */
  pingsSent = 0;
  /** Pongs that were sent. */
  pongsSent = 0;
}
