import type { Exchange } from "../messages.js";
import { WrongReply } from "../replies.js";
import { readReplies } from "./connection.js";
import { type Load, CountedLoad } from "./load.js";
import { openSeveral } from "./open.js";
import type { Address, RawConnection } from "./raw-connection.js";

/** One connection sends; when every connection has got the message, it sends the next. */
export async function openPublishLoad(to: Address, connections: number, exchange: Exchange): Promise<Load> {
  return new PublishLoad(await openSeveral(to, false, connections), exchange);
}

class PublishLoad extends CountedLoad {
  readonly #receivers: readonly RawConnection[];
  readonly #exchange: Exchange;
  #turn = 0;
  /** Connections that have not got the message. */
  #missing = 0;

  constructor(receivers: readonly RawConnection[], exchange: Exchange) {
    super();
    this.#receivers = receivers;
    this.#exchange = exchange;
    for (const [index, receiver] of receivers.entries()) {
      readReplies(receiver, exchange.newCheck(index), this.counter, () => this.#received());
    }
  }

  protected begin(): void {
    this.#send();
  }

  close(): void {
    for (const receiver of this.#receivers) receiver.destroy();
  }

  #send(): void {
    const { writes } = this.#exchange;
    this.#missing = this.#receivers.length;
    this.counter.began();
    this.#receivers[0]?.write(writes[this.#turn] ?? writes[0]);
    this.#turn = (this.#turn + 1) % writes.length;
  }

  #received(): void {
    if (this.#missing === 0) throw new WrongReply("there are more replies than messages");
    this.#missing--;
    if (this.#missing > 0) return;
    this.counter.finished();
    if (this.counter.isGoing) this.#send();
  }
}
