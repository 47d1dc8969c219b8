import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";

import { ignore } from "../listen.js";
import type { DeflateFaultName } from "../mutants/deflate-faults.js";
import { deflateStrictly } from "../mutants/deflate-strict-echo.js";
import type { FaultName } from "../mutants/faults.js";
import { onRequestHead } from "../mutants/handshake.js";
import { valuesIn } from "../mutants/offered-extensions.js";
import { echoStrictly } from "../mutants/strict-echo.js";
import { rawClient } from "./raw-client.js";
import type { EchoClient } from "./walk.js";

/** An echo client that keeps RFC 6455 §5 to §8 as the strict server does, except for one fault; without one it is correct. */
export function frameClient(fault?: FaultName): EchoClient {
  return echoing("", (socket, _head, rest) => {
    echoStrictly(socket, rest, { fault, isClient: true });
  });
}

/** Likewise with permessage-deflate: it keeps RFC 7692 as the strict server with compression does. */
export function deflateClient(fault?: DeflateFaultName): EchoClient {
  return echoing("permessage-deflate; client_max_window_bits", (socket, head, rest) => {
    const [extension] = valuesIn(head, "sec-websocket-extensions");
    socket.on("end", () => socket.end());
    deflateStrictly(socket, rest, { fault, extension, isClient: true });
  });
}

/** `offer`: the extensions that it offers; empty for none. `open` gets the head of the answer, and what came behind it. */
function echoing(offer: string, open: (socket: Socket, head: string, rest: Buffer) => void): EchoClient {
  return {
    echo: (url) =>
      new Promise((resolve) => {
        const { hostname, port, host, pathname, search } = new URL(url);
        const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true, noDelay: true });
        socket.on("error", ignore);
        socket.on("close", () => resolve());
        const lines = [
          `GET ${pathname}${search} HTTP/1.1`,
          `Host: ${host}`,
          "Upgrade: websocket",
          "Connection: Upgrade",
          `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
          "Sec-WebSocket-Version: 13",
          ...(offer === "" ? [] : [`Sec-WebSocket-Extensions: ${offer}`]),
        ];
        socket.write(`${lines.join("\r\n")}\r\n\r\n`);
        onRequestHead(socket, (head, rest) => open(socket, head, rest));
      }),
    ask: (url) => rawClient().ask(url),
  };
}
