import type { Exchange } from "../messages.js";
import { WrongReply } from "../replies.js";
import { readReplies } from "./connection.js";
import { LoadCounter } from "./load.js";
import { openSeveral } from "./open.js";
import type { Address, RawConnection } from "./raw-connection.js";

/** Connections that have sent one message, got its echo, and now do nothing. */
export interface IdleConnections {
  /** Rejects if one of them is lost or gets anything but Pings. */
  stay(ms: number): Promise<void>;
  close(): void;
}

export async function openIdle(
  to: Address,
  deflate: boolean,
  connections: number,
  exchange: Exchange,
): Promise<IdleConnections> {
  const counter = new LoadCounter();
  const echoOnce = (connection: RawConnection, index: number): Promise<void> => {
    let isEchoed = false;
    const echoed = new Promise<void>((resolve) => {
      readReplies(connection, exchange.newCheck(index), counter, () => {
        if (isEchoed) throw new WrongReply("there are more replies than messages");
        isEchoed = true;
        resolve();
      });
    });
    connection.write(exchange.writes[0]);
    return Promise.race([echoed, counter.failure]);
  };
  const all = await openSeveral(to, deflate, connections, echoOnce);
  return {
    stay: (ms) => counter.within(ms),
    close: () => {
      for (const connection of all) connection.destroy();
    },
  };
}
