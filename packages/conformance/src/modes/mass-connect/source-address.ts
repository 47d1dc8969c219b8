import { connect } from "node:net";
import type { Socket } from "node:net";

/** Connections from one address to one port. Linux has 28,232 ports for this, and some are in use. */
const PORTS_PER_ADDRESS = 20_000;

/**
 * The source address for the connection with this number, if the target is on the loopback interface, which has 16
 * million addresses; undefined if the system should choose.
 */
export function sourceAddress(url: URL, number: number): string | undefined {
  if (url.protocol !== "ws:" || !/^127\.\d+\.\d+\.\d+$/.test(url.hostname)) return undefined;
  const block = Math.floor(number / PORTS_PER_ADDRESS);
  return block === 0 ? undefined : `127.0.${block >> 8}.${1 + (block & 0xff)}`;
}

/** Opens a TCP connection from this address. Rejects with the error of the system, or the reason of the signal. */
export function connectFrom(localAddress: string, url: URL, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const port = url.port === "" ? 80 : Number(url.port);
    const socket = connect({ host: url.hostname, port, localAddress, allowHalfOpen: true });
    const onAbort = (): void => {
      socket.destroy();
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    const settle = (): void => signal.removeEventListener("abort", onAbort);
    socket.on("error", (error) => {
      settle();
      reject(error);
    });
    socket.once("connect", () => {
      settle();
      resolve(socket);
    });
  });
}
