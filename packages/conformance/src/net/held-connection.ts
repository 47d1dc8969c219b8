import { connect } from "node:net";
import type { Target } from "./target.js";

/** Seconds without an octet after which the system asks whether the other end is still there. */
const KEEPALIVE_SECONDS = 15;

/**
 * Opens a TCP connection over which nothing is said. Resolves when it has ended, as it does when the process at the other
 * end ends; at once if none is accepted, or if the signal is aborted. Never rejects.
 */
export function heldConnection(
  { host, port }: Pick<Target, "host" | "port">,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const socket = connect({ host, port, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_SECONDS * 1000 });
    const abort = (): void => {
      socket.destroy();
    };
    signal.addEventListener("abort", abort);
    socket.once("connect", () => {
      // If nothing listens there, TCP can connect a socket to itself, and then nothing can listen there.
      if (socket.localPort === port && socket.localAddress === socket.remoteAddress) socket.destroy();
    });
    // Followed by `close`.
    socket.on("error", () => undefined);
    socket.once("close", () => {
      signal.removeEventListener("abort", abort);
      resolve();
    });
    // What is not read hides the end.
    socket.resume();
  });
}
