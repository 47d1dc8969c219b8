import type { Exchange } from "../messages.js";
import { WrongReply } from "../replies.js";
import { readReplies } from "./connection.js";
import { type Load, CountedLoad, type LoadCounter } from "./load.js";
import { openSeveral } from "./open.js";
import type { Address, RawConnection } from "./raw-connection.js";

/** Every connection writes, waits for all echoes of what it wrote, and writes again. */
export async function openEchoLoad(
  to: Address,
  deflate: boolean,
  connections: number,
  exchange: Exchange,
): Promise<Load> {
  const raw = await openSeveral(to, deflate, connections);
  return new EchoLoad(raw, exchange);
}

class EchoLoad extends CountedLoad {
  readonly #loops: readonly EchoLoop[];

  constructor(raw: readonly RawConnection[], exchange: Exchange) {
    super();
    this.#loops = raw.map((connection, index) => new EchoLoop(connection, exchange, index, this.counter));
  }

  protected begin(): void {
    for (const loop of this.#loops) loop.send();
  }

  close(): void {
    for (const { connection } of this.#loops) connection.destroy();
  }
}

class EchoLoop {
  readonly connection: RawConnection;
  readonly #exchange: Exchange;
  readonly #counter: LoadCounter;
  #turn = 0;
  #awaited = 0;

  constructor(connection: RawConnection, exchange: Exchange, index: number, counter: LoadCounter) {
    this.connection = connection;
    this.#exchange = exchange;
    this.#counter = counter;
    readReplies(connection, exchange.newCheck(index), counter, () => this.#replied());
  }

  send(): void {
    const { writes, perWrite } = this.#exchange;
    this.#awaited = perWrite;
    for (let index = 0; index < perWrite; index++) this.#counter.began();
    this.connection.write(writes[this.#turn] ?? writes[0]);
    this.#turn = (this.#turn + 1) % writes.length;
  }

  #replied(): void {
    if (this.#awaited === 0) throw new WrongReply("there are more replies than messages");
    this.#awaited--;
    this.#counter.finished();
    if (this.#awaited === 0 && this.#counter.isGoing) this.send();
  }
}
