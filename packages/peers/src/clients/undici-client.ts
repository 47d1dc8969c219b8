import type * as Undici from "undici";

import { walkWith } from "./walk.js";
import type { EchoClient, WalkOptions } from "./walk.js";

/** Walks as the WebSocket of undici, which is that of Node and browsers: it offers permessage-deflate as well. */
export async function walkUndici(options: WalkOptions): Promise<void> {
  // Loaded here, because most who import the peers play other clients, and undici takes longer to load than all of them.
  const undici = await import("undici");
  const dispatcher = new undici.Agent(options.ca === undefined ? {} : { connect: { ca: options.ca } });
  try {
    await walkWith(undiciClient(undici, dispatcher), options);
  } finally {
    await dispatcher.destroy();
  }
}

function undiciClient(undici: typeof Undici, dispatcher: Undici.Agent): EchoClient {
  const open = (url: string): Undici.WebSocket => {
    const socket = new undici.WebSocket(url, { dispatcher });
    socket.binaryType = "arraybuffer";
    return socket;
  };
  return {
    echo: (url) =>
      new Promise((resolve) => {
        const socket = open(url);
        socket.addEventListener("message", ({ data }) => socket.send(data as string | ArrayBuffer));
        socket.addEventListener("close", () => resolve());
      }),
    ask: (url) =>
      new Promise((resolve) => {
        const socket = open(url);
        let said: string | null = null;
        socket.addEventListener("message", ({ data }) => {
          said ??= String(data);
        });
        socket.addEventListener("close", () => resolve(said));
      }),
  };
}
