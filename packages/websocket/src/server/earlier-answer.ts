import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Calls `take` when the requests before this one on the same socket have been answered: at once, most often. Answers
 * go out in the order of the requests (RFC 9112 §9.3.2), and one that ends the connection leaves nothing to open: what
 * was pipelined behind it is not taken at all.
 */
export function afterEarlierAnswers(socket: Duplex, take: () => void): void {
  const { _httpMessage: earlier } = socket as Answered;
  if (earlier === undefined || earlier === null) {
    if (socket.writable || socket.destroyed) take();
    else letGo(socket);
    return;
  }
  // node:http does not listen any more.
  socket.on("error", destroyThis);
  earlier.once("close", () => {
    socket.off("error", destroyThis);
    afterEarlierAnswers(socket, take);
  });
}

/** What node:http knows of the answer that is being written. Where it did not, a request would be taken at once. */
interface Answered extends Duplex {
  readonly _httpMessage?: ServerResponse | null;
}

/** Its end is on the way. What comes meanwhile is thrown away, so that no reset overtakes the answer. */
function letGo(socket: Duplex): void {
  socket.on("error", destroyThis);
  socket.resume();
}

function destroyThis(this: Duplex): void {
  this.destroy();
}
