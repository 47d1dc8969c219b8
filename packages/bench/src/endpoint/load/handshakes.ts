import { clientFrame, OPCODE, serverFrame } from "../frames.js";
import { WrongReply } from "../replies.js";
import { type Load, CountedLoad } from "./load.js";
import { open } from "./open.js";
import type { Address, RawConnection } from "./raw-connection.js";

/** Connects, opens, closes with 1000, waits until the server has ended TCP, and begins again. */
export function newHandshakeLoad(to: Address, atOnce: number): Load {
  return new HandshakeLoad(to, atOnce);
}

const NORMAL = Buffer.from([0x03, 0xe8]);
const CLOSE = clientFrame(OPCODE.close, NORMAL);
/** An answer without the code is legal as well (RFC 6455 §5.5.1). The last is what a server that echoes octets sends. */
const CLOSE_REPLIES: readonly Buffer[] = [
  serverFrame(OPCODE.close, NORMAL),
  serverFrame(OPCODE.close, Buffer.alloc(0)),
  CLOSE,
];

class HandshakeLoad extends CountedLoad {
  readonly #to: Address;
  readonly #atOnce: number;
  readonly #open = new Set<RawConnection>();

  constructor(to: Address, atOnce: number) {
    super();
    this.#to = to;
    this.#atOnce = atOnce;
  }

  protected begin(): void {
    for (let index = 0; index < this.#atOnce; index++) void this.#again();
  }

  close(): void {
    for (const connection of this.#open) connection.destroy();
  }

  async #again(): Promise<void> {
    try {
      while (this.counter.isGoing) {
        this.counter.began();
        const connection = await open(this.#to, false);
        this.#open.add(connection);
        await closed(connection);
        this.#open.delete(connection);
        this.counter.finished();
      }
    } catch (error) {
      this.counter.fail(error as Error);
    }
  }
}

function closed(connection: RawConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    let octets = Buffer.alloc(0);
    connection.onOctets = (more) => {
      octets = Buffer.concat([octets, more]);
    };
    connection.onClosed = (error) => {
      if (error !== null) reject(error);
      else if (CLOSE_REPLIES.some((reply) => reply.equals(octets))) resolve();
      else reject(new WrongReply("the Close frame was not answered with a Close frame"));
    };
    connection.write(CLOSE);
  });
}
