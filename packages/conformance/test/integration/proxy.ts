import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A client's connection as it passes through a proxy. */
export interface Passage {
  readonly client: Socket;
  readonly upstream: Socket;
  /** All passages that are open, this one included. */
  readonly open: ReadonlySet<Passage>;
}

export interface Proxy {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * A TCP proxy before another peer, to make that peer behave badly as a whole. What `handle` does with a connection
 * is its own affair; it is called again with `gone` whenever one has closed.
 */
export async function startProxy(
  port: number,
  handle: (passage: Passage) => void,
  gone: (passage: Passage) => void = () => undefined,
): Promise<Proxy> {
  const open = new Set<Passage>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port, host: "127.0.0.1", noDelay: true });
    const passage: Passage = { client, upstream, open };
    open.add(passage);
    for (const socket of [client, upstream]) socket.on("error", () => undefined);
    client.once("close", () => {
      upstream.destroy();
      open.delete(passage);
      gone(passage);
    });
    handle(passage);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      for (const { client } of open) client.destroy();
      await once(server, "close");
    },
  };
}

/** Everything passes, both ways. */
export function passAll({ client, upstream }: Passage): void {
  client.pipe(upstream);
  upstream.pipe(client);
}

/** Serves up to `limit` connections at a time; `refuse` sends further ones away. */
export function startLimited(port: number, limit: number, refuse: (client: Socket) => void): Promise<Proxy> {
  return startProxy(port, (passage) => {
    if (passage.open.size <= limit) passAll(passage);
    else refuse(passage.client.resume());
  });
}

/** Opens every connection at once, but answers nothing more while others are open too. */
export function startCrowdShy(port: number): Promise<Proxy> {
  const held = new Map<Passage, (Buffer | null)[]>();
  const flush = (passage: Passage): void => {
    if (passage.open.size > 1) return;
    for (const item of held.get(passage)?.splice(0) ?? []) {
      if (item === null) passage.client.end();
      else passage.client.write(item);
    }
  };
  const hold = (passage: Passage): void => {
    const { client, upstream } = passage;
    held.set(passage, []);
    client.pipe(upstream);
    // The answer to the opening handshake passes in any case.
    upstream.once("data", (head: Buffer) => {
      client.write(head);
      upstream.on("data", (chunk: Buffer) => {
        held.get(passage)?.push(chunk);
        flush(passage);
      });
    });
    upstream.once("end", () => {
      held.get(passage)?.push(null);
      flush(passage);
    });
  };
  return startProxy(port, hold, (passage) => {
    held.delete(passage);
    for (const other of passage.open) flush(other);
  });
}
