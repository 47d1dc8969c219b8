/** The part of faye-websocket 0.11 that is used here; the package brings no types. */
declare module "faye-websocket" {
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  class Client {
    constructor(
      url: string,
      protocols: readonly string[],
      options: { readonly tls?: { readonly ca: string } },
    );
    binaryType: string;
    /** Sends a Buffer as binary, everything else as text. */
    send(data: string | Uint8Array): boolean;
  }

  class FayeWebSocket {
    static readonly Client: typeof Client;
    static isWebSocket(request: IncomingMessage): boolean;
    constructor(request: IncomingMessage, socket: Duplex, head: Buffer, subprotocols: readonly string[]);
    /** A string came as text, a Buffer as binary. */
    on(event: "message", listener: (event: { readonly data: string | Buffer }) => void): this;
    /** Sends a string as text, a Buffer as binary. */
    send(data: string | Buffer): boolean;
    ping(payload: string, onPong: () => void): boolean;
    close(code: number, reason: string): boolean;
  }

  export default FayeWebSocket;
}
