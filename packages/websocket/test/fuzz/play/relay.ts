import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** What happens to the octets of one direction, `at` octets from their beginning. */
export interface Damage {
  readonly to: "server" | "client";
  readonly at: number;
  /** An octet is changed, lost, or put in; or everything ends there. */
  readonly what: "change" | "lose" | "insert" | "fin" | "reset";
}

/** A TCP relay between a client and a server on the loopback that damages what goes through it, once. */
export class Relay {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, to: number, damage: Damage) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (near: Socket) => {
      const far = connect({ port: to, host: "127.0.0.1", allowHalfOpen: true });
      for (const socket of [near, far]) this.#keep(socket);
      pass(near, far, damage.to === "server" ? damage : undefined);
      pass(far, near, damage.to === "client" ? damage : undefined);
    });
  }

  static async start(to: number, damage: Damage): Promise<Relay> {
    const server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Relay(server, to, damage);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {}).once("close", () => this.#sockets.delete(socket));
  }
}

function pass(from: Socket, to: Socket, damage: Damage | undefined): void {
  let [passed, isDone] = [0, false];
  from.on("data", (chunk: Buffer) => {
    const at = (damage?.at ?? 0) - passed;
    passed += chunk.length;
    if (damage === undefined || isDone || at < 0 || at >= chunk.length) {
      to.write(chunk);
      return;
    }
    isDone = true;
    spoil(chunk, at, damage.what, from, to);
  });
  from.on("end", () => to.end());
  from.on("close", () => to.destroySoon());
}

function spoil(chunk: Buffer, at: number, what: Damage["what"], from: Socket, to: Socket): void {
  const [before, after] = [chunk.subarray(0, at), chunk.subarray(at)];
  to.write(before);
  switch (what) {
    case "change":
      to.write(after.map((octet, index) => (index === 0 ? octet ^ 0x40 : octet)));
      break;
    case "lose":
      to.write(after.subarray(1));
      break;
    case "insert":
      to.write(Buffer.concat([Buffer.of(0x17), after]));
      break;
    case "fin":
      to.end();
      from.destroySoon();
      break;
    case "reset":
      to.resetAndDestroy();
      from.resetAndDestroy();
  }
}
