import { once } from "node:events";

import { startEchoServer } from "../modes/echo-server.js";
import { command, type Command } from "./command.js";
import { numberBetween, plainText, single, withDefault } from "./option.js";
import { serverKeyPair, serverTlsOptions } from "./server-tls.js";
import { reasonOf } from "../reason-of.js";
import { UsageError } from "./usage-error.js";

/** `wireproof echo`: a server that can be tested, or that clients can be tried with by hand. */
export const echoCommand: Command = command({
  name: "echo",
  summary: "Runs a WebSocket server that sends every message back, until Ctrl-C.",
  details:
    "It is built on @wireproof/websocket, takes WebSocket over HTTP/1.1 and over HTTP/2 (RFC 8441), supports permessage-deflate, and closes every connection with 1001 when it ends.",
  positionals: [],
  options: {
    ...serverTlsOptions,
    port: withDefault(
      single("PORT", "Port to listen on; 0: any free port.", numberBetween(0, 65_535, "integer")),
      8889,
    ),
    host: withDefault(single("HOST", "Address to listen on.", plainText), "127.0.0.1"),
    path: withDefault(single("PATH", "The path that clients must use.", absolutePath), "/wss"),
  },
  examples: [
    { line: "echo --tls", description: "wss://127.0.0.1:8889/wss with a new self-signed certificate." },
    { line: "echo --port 9001 --path /", description: "ws://127.0.0.1:9001/ for a quick test." },
  ],
  action: async (values, _positionals, io) => {
    const tls = await serverKeyPair(values);
    const { host, port, path } = values;
    const echo = await startEchoServer({ host, port, path, tls, http2: true }).catch((error: unknown) => {
      throw new UsageError(`cannot listen on ${host}:${port}: ${reasonOf(error)}`);
    });
    io.expectInterruption();
    await io.print(`Echo server at ${echo.url}\n`);
    if (!io.signal.aborted) await once(io.signal, "abort");
    await echo.close();
    return 0;
  },
});

function absolutePath(value: string, flag: string): string {
  if (/^\/[^\s?#]*$/.test(value)) return value;
  throw new UsageError(`${flag} takes a path that begins with /, without blanks, ? and #`);
}
