import { SpecError } from "../config/spec-error.js";
import { quote } from "../report/escape.js";
import { reasonOf } from "../reason-of.js";

/** The parts of an address that matter for a server on all interfaces. */
export interface ListenAddress {
  readonly port: number;
  readonly isSecure: boolean;
  /** As in a URL; empty for "/". */
  readonly path: string;
}

/** The port and the scheme of an address. Throws a SpecError. */
export function listenAddress(url: string): ListenAddress {
  const parsed = URL.canParse(url.trim()) ? new URL(url.trim()) : null;
  if (parsed === null || (parsed.protocol !== "ws:" && parsed.protocol !== "wss:")) {
    throw new SpecError(`${quote(url)} is not a WebSocket URL such as ws://127.0.0.1:9001`);
  }
  const isSecure = parsed.protocol === "wss:";
  const usual = isSecure ? 443 : 80;
  return {
    port: parsed.port === "" ? usual : Number(parsed.port),
    isSecure,
    path: parsed.pathname === "/" ? "" : parsed.pathname,
  };
}

/**
 * Listens on all interfaces, as the original does for any host in the address: on IPv6 and IPv4 together, or on IPv4 if
 * the system has no IPv6. Throws a SpecError if the port cannot be used.
 */
export async function bindEverywhere<T>(port: number, listen: (host: string) => Promise<T>): Promise<T> {
  try {
    return await listen("::").catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "EAFNOSUPPORT" && code !== "EADDRNOTAVAIL" && code !== "EINVAL") throw error;
      return listen("0.0.0.0");
    });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EADDRINUSE") throw new SpecError(`port ${port} is in use`);
    throw new SpecError(`cannot listen on port ${port}: ${reasonOf(error)}`);
  }
}
