import type { Exchange } from "../messages.js";
import { WrongReply } from "../replies.js";
import { readReplies } from "./connection.js";
import { type Load, TalliedLoad, type Tally } from "./load.js";
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

class EchoLoad extends TalliedLoad {
  readonly #loops: readonly EchoLoop[];

  constructor(raw: readonly RawConnection[], exchange: Exchange) {
    super();
    this.#loops = raw.map((connection, index) => new EchoLoop(connection, exchange, index, this.tally));
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
  readonly #tally: Tally;
  #turn = 0;
  #awaited = 0;

  constructor(connection: RawConnection, exchange: Exchange, index: number, tally: Tally) {
    this.connection = connection;
    this.#exchange = exchange;
    this.#tally = tally;
    readReplies(connection, exchange.newCheck(index), tally, () => this.#replied());
  }

  send(): void {
    const { writes, perWrite } = this.#exchange;
    this.#awaited = perWrite;
    for (let index = 0; index < perWrite; index++) this.#tally.began();
    this.connection.write(writes[this.#turn] ?? writes[0]);
    this.#turn = (this.#turn + 1) % writes.length;
  }

  #replied(): void {
    if (this.#awaited === 0) throw new WrongReply("there are more replies than messages");
    this.#awaited--;
    this.#tally.finished();
    if (this.#awaited === 0 && this.#tally.isGoing) this.send();
  }
}
