/** A small HTTP/1.1 proxy that does everything right, and can do one thing wrong. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** What it does wrong. */
export interface Fault {
  /** Changes the lines of a request before they go to the server. */
  readonly request?: (lines: readonly string[], sent: readonly string[]) => readonly string[];
  /** Changes the lines of an answer before they go to the client. */
  readonly answer?: (lines: readonly string[]) => readonly string[];
  /** Changes octets of the tunnel. */
  readonly up?: (chunk: Buffer) => Buffer;
  readonly down?: (chunk: Buffer) => Buffer;
  /** What is behind the 101, or behind the request, is dropped. */
  readonly drops?: "behind-101" | "behind-request";
  /** A tunnel is made before the server has answered, or behind these answers. */
  readonly tunnels?: "at-once" | "unasked" | readonly number[];
  /** When this side ends its direction, the other direction is ended as well. */
  readonly endsBoth?: "client" | "server";
  /** An RST of this side becomes a FIN, or nothing. */
  readonly reset?: { readonly of: "client" | "server"; readonly becomes: "fin" | "nothing" };
  /** Milliseconds after which an idle tunnel is cut. */
  readonly idleMs?: number;
}

/**
 * Starts it in front of a port of this machine, and resolves with its own port. It ends with the test. `faultOf` is asked for
 * each connection.
 */
export async function startRelay(
  context: TestContext,
  behind: number,
  faultOf: () => Fault = () => ({}),
): Promise<number> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    return socket;
  };
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const relay = new Relay(
      keep(client),
      () => keep(connect({ port: behind, host: "127.0.0.1", allowHalfOpen: true })),
      faultOf(),
    );
    relay.begin();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

const TOKEN = /^[!#$%&'*+.^_`|~\w-]+$/;

/** One connection of a client. */
class Relay {
  readonly #client: Socket;
  readonly #dial: () => Socket;
  readonly #fault: Fault;
  #waiting = Buffer.alloc(0);
  /** A request is on its way: the next one waits. */
  #isBusy = false;
  #isTunnel = false;

  constructor(client: Socket, dial: () => Socket, fault: Fault) {
    this.#client = client;
    this.#dial = dial;
    this.#fault = fault;
  }

  begin(): void {
    const client = this.#client;
    client.on("data", (chunk: Buffer) => {
      if (this.#isTunnel) return;
      this.#waiting = Buffer.concat([this.#waiting, chunk]);
      this.#next();
    });
    client.on("end", () => {
      if (!this.#isBusy) client.end();
    });
  }

  #next(): void {
    const end = this.#waiting.indexOf("\r\n\r\n");
    if (end < 0 || this.#isBusy || this.#isTunnel) return;
    const lines = this.#waiting.toString("latin1", 0, end).split("\r\n");
    this.#waiting = this.#waiting.subarray(end + 4);
    const [method = "", , version = ""] = lines[0]?.split(" ") ?? [];
    if (!TOKEN.test(method) || !/^HTTP\/1\.[01]$/.test(version)) {
      this.#client.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    this.#forward(lines);
  }

  #forward(sent: readonly string[]): void {
    const [first = "", ...fields] = sent;
    const options = optionsOf(fields);
    const upgrade = fields.find((line) => /^upgrade:/i.test(line));
    const asks = upgrade !== undefined && options.includes("upgrade") && first.endsWith("HTTP/1.1");
    const own = fields.filter((line) => !["connection", "upgrade", ...options].includes(nameOf(line)));
    const lines = [
      first.replace(/HTTP\/1\.0$/, "HTTP/1.1"),
      ...own,
      "Via: 1.1 relay",
      ...(asks ? [upgrade, "Connection: Upgrade"] : []),
    ];
    this.#isBusy = true;
    const origin = this.#dial();
    const request = this.#fault.request?.(lines, sent) ?? lines;
    if (this.#fault.drops === "behind-request") this.#waiting = Buffer.alloc(0);
    if (this.#fault.tunnels === "at-once") {
      this.#tunnel(origin, Buffer.from(`${sent.join("\r\n")}\r\n\r\n`, "latin1"), Buffer.alloc(0));
      return;
    }
    origin.write(`${request.join("\r\n")}\r\n\r\n`, "latin1");
    let answer = Buffer.alloc(0);
    const read = (chunk: Buffer): void => {
      answer = Buffer.concat([answer, chunk]);
      const end = answer.indexOf("\r\n\r\n");
      if (end < 0) return;
      origin.off("data", read);
      this.#answer(origin, answer.toString("latin1", 0, end).split("\r\n"), answer.subarray(end + 4), asks);
    };
    origin.on("data", read);
    this.#client.once("close", () => origin.destroy());
  }

  #answer(origin: Socket, came: readonly string[], rest: Buffer, asks: boolean): void {
    const { tunnels, drops } = this.#fault;
    const status = Number(came[0]?.slice(9, 12));
    const lines = this.#fault.answer?.(came) ?? came;
    const isWrong =
      typeof tunnels === "object" ? tunnels.includes(status) : status === 101 && tunnels === "unasked";
    if ((status === 101 && asks) || isWrong) {
      this.#client.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
      this.#tunnel(origin, Buffer.alloc(0), drops === "behind-101" ? Buffer.alloc(0) : rest);
      return;
    }
    const length = Number(came.find((line) => /^content-length:/i.test(line))?.slice(15) ?? 0);
    this.#client.write(
      status === 101
        ? "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n"
        : Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), rest.subarray(0, length)]),
    );
    origin.destroy();
    this.#isBusy = false;
    this.#next();
  }

  #tunnel(origin: Socket, first: Buffer, last: Buffer): void {
    this.#isTunnel = true;
    const client = this.#client;
    const { up, down, idleMs } = this.#fault;
    if (first.length > 0) origin.write(first);
    if (this.#waiting.length > 0) origin.write(up?.(this.#waiting) ?? this.#waiting);
    if (last.length > 0) client.write(down?.(last) ?? last);
    this.#oneWay("client", client, origin, up);
    this.#oneWay("server", origin, client, down);
    if (idleMs === undefined) return;
    client.setTimeout(idleMs, () => {
      client.end();
      origin.end();
    });
  }

  #oneWay(side: "client" | "server", from: Socket, to: Socket, change: Fault["up"]): void {
    const { endsBoth, reset } = this.#fault;
    from.on("data", (chunk: Buffer) => to.write(change?.(chunk) ?? chunk));
    from.on("end", () => {
      to.end();
      if (endsBoth === side) from.end();
    });
    from.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "ECONNRESET") return;
      if (reset?.of !== side) to.resetAndDestroy();
      else if (reset.becomes === "fin") to.end();
    });
  }
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(":")).toLowerCase();
}

/** The options of Connection, in small letters. */
function optionsOf(fields: readonly string[]): readonly string[] {
  return fields
    .filter((line) => nameOf(line) === "connection")
    .flatMap((line) => line.slice(line.indexOf(":") + 1).split(","))
    .map((option) => option.trim().toLowerCase());
}
