import { WebSocket } from "ws";

import { answerLate } from "../late-server.js";
import { ignore } from "../listen.js";
import { walkWith } from "./walk.js";
import type { EchoClient, WalkOptions } from "./walk.js";

/** Walks as the client of `ws`, with its defaults: it offers permessage-deflate on every connection. */
export function walkWs(options: WalkOptions): Promise<void> {
  return walkWith(wsClient(options.ca), options);
}

/** Likewise, but every answer to a message or a ping comes 300 ms late. */
export function walkLate(options: WalkOptions): Promise<void> {
  return walkWith({ ...wsClient(options.ca), echo: echoLate }, options);
}

function echoLate(url: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { autoPong: false });
    answerLate(socket);
    socket.on("close", () => resolve());
  });
}

function wsClient(ca?: string): EchoClient {
  const open = (url: string): WebSocket => new WebSocket(url, ca === undefined ? {} : { ca });
  return {
    echo: (url) =>
      new Promise((resolve) => {
        const socket = open(url);
        socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }, ignore));
        // Followed by `close`, which is also emitted where the opening handshake failed.
        socket.on("error", ignore);
        socket.on("close", () => resolve());
      }),
    ask: (url) =>
      new Promise((resolve) => {
        const socket = open(url);
        let said: string | null = null;
        socket.on("message", (data) => {
          said ??= (data as Buffer).toString();
        });
        socket.on("error", ignore);
        socket.on("close", () => resolve(said));
      }),
  };
}
