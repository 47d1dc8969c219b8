import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export interface Address {
  readonly port: number;
  readonly tls: boolean;
  /** Connections are streams of HTTP/2, so many on each TCP connection; absent: they are TCP connections themselves. */
  readonly streams?: number;
}

/** A connection to a server, as cheap as Node can make it: the generator must not be what is measured. */
export interface RawConnection {
  /** Octets that are only valid during the call. */
  onOctets: (octets: Buffer) => void;
  /** The connection is gone; the error, if there was one. */
  onClosed: (error: Error | null) => void;
  write(octets: Buffer): void;
  destroy(): void;
}

const HOST = "127.0.0.1";
/** Octets come one read after the other, so that one buffer is enough for all connections and nothing is allocated. */
const BUFFER = Buffer.allocUnsafeSlow(256 * 1024);

/** TCP or TLS. */
export class SocketConnection implements RawConnection {
  readonly socket: Socket;
  onOctets: (octets: Buffer) => void = ignore;
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
