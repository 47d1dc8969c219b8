import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { Duplex } from "node:stream";
import type { TestContext } from "node:test";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import { mintCertificate } from "@wireproof/peers";
import type { Certificate } from "@wireproof/peers";

export type Kind = "tcp" | "tls";
/** Which end of the pair is given to the transport. */
export type End = "accepted" | "dialled";

let minted: Promise<Certificate> | undefined;

/**
 * Two connected sockets, [ours, the peer's], destroyed with the test; and the TCP socket that was dialled, which for
 * TLS is not the same. Ours has Node's default of ending with its peer.
 */
export async function socketPair(
  context: TestContext,
  kind: Kind,
  end: End = "accepted",
): Promise<[ours: Socket, peer: Socket, tcp: Socket]> {
  const certificate = await (minted ??= mintCertificate());
  const accepting = { allowHalfOpen: end === "dialled" };
  const server = kind === "tcp" ? createServer(accepting) : createTlsServer({ ...accepting, ...certificate });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const acceptedOne = once(server, kind === "tcp" ? "connection" : "secureConnection");
  const tcp = connect({ port, host: "127.0.0.1", allowHalfOpen: end === "accepted" });
  const dialled =
    kind === "tcp" ? tcp : connectTls({ socket: tcp, ca: certificate.cert, servername: "localhost" });
  const [[accepted]] = (await Promise.all([
    acceptedOne,
    once(dialled, kind === "tcp" ? "connect" : "secureConnect"),
  ])) as unknown as [[Socket]];
  server.close();
  for (const socket of [accepted, dialled]) {
    // After its test, a socket may fail as it likes.
    context.after(() => socket.on("error", () => {}).destroy());
  }
  return end === "accepted" ? [accepted, dialled, tcp] : [dialled, accepted, tcp];
}

/** A stream in memory that hands its chunks to its twin as they are, and counts its writes. */
export class Twin extends Duplex {
  twin: Twin | undefined;
  writes = 0;
  #wanted: (() => void) | undefined;

  static pair(): [Twin, Twin] {
    const [one, other] = [new Twin(), new Twin()];
    one.twin = other;
    other.twin = one;
    return [one, other];
  }

  override _read(): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    wanted?.();
  }

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.writes++;
    this.twin!.#take([chunk], callback);
  }

  override _writev(chunks: { chunk: Buffer }[], callback: () => void): void {
    this.writes++;
    this.twin!.#take(
      chunks.map(({ chunk }) => chunk),
      callback,
    );
  }

  override _final(callback: () => void): void {
    this.twin!.push(null);
    callback();
  }

  #take(chunks: Buffer[], callback: () => void): void {
    let mayGoOn = true;
    for (const chunk of chunks) if (chunk.length > 0) mayGoOn = this.push(chunk);
    if (mayGoOn) callback();
    else this.#wanted = callback;
  }
}

/** Everything that comes until the end of the stream. */
export async function readAll(socket: Duplex): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.resume();
  await once(socket, "end");
  return Buffer.concat(chunks);
}
