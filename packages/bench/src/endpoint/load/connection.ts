import { clientFrame, OPCODE } from "../frames.js";
import { ReplyReader } from "../reply-reader.js";
import { WrongReply, type ReplyCheck } from "../replies.js";
import type { LoadCounter } from "./load.js";
import type { RawConnection } from "./raw-connection.js";

/** Lets right replies through to `onReply`; everything else fails the load. */
export function readReplies(
  connection: RawConnection,
  check: ReplyCheck,
  counter: LoadCounter,
  onReply: () => void,
): void {
  const reader = new ReplyReader(check, {
    reply: onReply,
    ping: (payload) => connection.write(clientFrame(OPCODE.pong, payload)),
  });
  connection.onOctets = (octets) => {
    try {
      reader.receive(octets);
    } catch (error) {
      counter.fail(error as Error);
      connection.destroy();
    }
  };
  connection.onClosed = (error) => counter.fail(error ?? new WrongReply("the server ended TCP"));
}
