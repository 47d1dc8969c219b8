/** The part of faye-websocket 0.11 that is used here; the package brings no types. */
declare module "faye-websocket" {
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  class FayeWebSocket {
    constructor(
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      subprotocols: readonly string[],
      options: { readonly headers?: Readonly<Record<string, string>> },
    );
    static isWebSocket(request: IncomingMessage): boolean;
    /** A string came as text, a Buffer as binary. */
    on(event: "message", listener: (event: { readonly data: string | Buffer }) => void): this;
    /** Sends a string as text, a Buffer as binary; false if the connection is closing. */
    send(data: string | Buffer): boolean;
  }

  export default FayeWebSocket;
}
