import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

/**
 * Calls `take` when the earlier requests on the same socket have been answered, which is most often at once. Answers go
 * out in the order of the requests (RFC 9112 §9.3.2). If an earlier answer ends the connection, the requests behind it
 * are dropped.
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

/** The answer that node:http is writing. Without this field, a request would be taken at once. */
interface Answered extends Duplex {
  readonly _httpMessage?: ServerResponse | null;
}

/** The socket is ending. What comes meanwhile is thrown away, so that no reset overtakes the answer. */
function letGo(socket: Duplex): void {
  socket.on("error", destroyThis);
  socket.resume();
}

function destroyThis(this: Duplex): void {
  this.destroy();
}
