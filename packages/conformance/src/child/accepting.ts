import { connect } from "node:net";
import { systemClock } from "../time/clock.js";
import { pause } from "../time/pause.js";

/** Where a server listens. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Pause between two attempts to connect: the system does not report when a port opens. */
const ATTEMPT_EVERY_MS = 25;
/** An attempt that is neither accepted nor refused within this time is given up. */
const ATTEMPT_MS = 2000;

/** The addresses of WebSocket URLs, each once. */
export function addressesOf(urls: readonly string[]): readonly Address[] {
  const addresses = urls.map((url): Address => {
    const { hostname, port, protocol } = new URL(url);
    const host = hostname.replace(/^\[(.*)\]$/, "$1");
    return { host, port: port === "" ? (protocol === "wss:" ? 443 : 80) : Number(port) };
  });
  return [...new Map(addresses.map((one) => [addressText(one), one])).values()];
}

/** `127.0.0.1:9001`, `[::1]:9001`. */
export function addressText({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Whether a TCP connection to this address is accepted now. */
export function accepts({ host, port }: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const timer = systemClock.deadline(ATTEMPT_MS, () => socket.destroy());
    let isAccepted = false;
    socket.once("connect", () => {
      // If nothing listens there, TCP can connect a socket to itself, when the system picks the same port for our end.
      isAccepted = socket.localPort !== port || socket.localAddress !== socket.remoteAddress;
      socket.destroy();
    });
    // Followed by `close`.
    socket.on("error", () => undefined);
    socket.once("close", () => {
      timer.cancel();
      resolve(isAccepted);
    });
  });
}

/** The first of the addresses at which something already listens. */
export async function firstTaken(addresses: readonly Address[]): Promise<Address | undefined> {
  for (const address of addresses) if (await accepts(address)) return address;
  return undefined;
}

/**
 * Waits until all addresses accept connections. Returns those that do not when the time is over or the signal is
 * aborted.
 */
export async function untilAccepted(
  addresses: readonly Address[],
  waitMs: number,
  signal: AbortSignal,
): Promise<readonly Address[]> {
  const late = new AbortController();
  const timer = systemClock.deadline(waitMs, () => late.abort());
  const over = AbortSignal.any([signal, late.signal]);
  let left = addresses;
  for (;;) {
    const accepted = await Promise.all(left.map((address) => accepts(address)));
    left = left.filter((_, i) => accepted[i] === false);
    if (left.length === 0 || over.aborted) break;
    await pause(systemClock, ATTEMPT_EVERY_MS, over);
  }
  timer.cancel();
  return left;
}
