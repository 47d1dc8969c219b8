import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export interface Address {
  readonly port: number;
  readonly tls: boolean;
}

const HOST = "127.0.0.1";
/** Octets come one read after the other, so that one buffer is enough for all connections and nothing is allocated. */
const BUFFER = Buffer.allocUnsafeSlow(256 * 1024);

/** A TCP or TLS connection as cheap as Node can make it: the generator must not be what is measured. */
export class RawConnection {
  readonly socket: Socket;
  /** Octets that are only valid during the call. */
  onOctets: (octets: Buffer) => void = ignore;
  /** TCP is gone; the error, if there was one. */
  onClosed: (error: Error | null) => void = ignore;
  #error: Error | null = null;

  constructor({ port, tls }: Address) {
    const onread = {
      buffer: BUFFER,
      callback: (octets: number): boolean => {
        this.onOctets(BUFFER.subarray(0, octets));
        return true;
      },
    };
    const options = { host: HOST, port, onread };
    // The certificate was made for this run by the process that connects.
    this.socket = tls ? connectTls({ ...options, rejectUnauthorized: false }) : connectTcp(options);
    this.socket.setNoDelay(true);
    this.socket.on("error", (error) => (this.#error = error));
    this.socket.on("close", () => this.onClosed(this.#error));
  }

  write(octets: Buffer): void {
    this.socket.write(octets);
  }

  destroy(): void {
    this.onOctets = ignore;
    this.onClosed = ignore;
    this.socket.destroy();
  }
}

function ignore(): void {}
