import { quote } from "../report/escape.js";
import { numberBetween, plainText, single, toggle, withDefault, type Option } from "./option.js";
import { reasonOf } from "../reason-of.js";
import { UsageError } from "./usage-error.js";

const LOOPBACK = "127.0.0.1";

/** `--host NAME`. */
export const hostOption: Option<string> = withDefault(
  single(
    "ADDRESS",
    "Address to listen on; 0.0.0.0 or :: for all addresses, which clients in containers need.",
    hostName,
  ),
  LOOPBACK,
);

/** `--port N`. */
export const portOption: Option<number> = withDefault(
  single("N", "Port for clients; 0: any free port.", numberBetween(0, 65_535, "integer")),
  9001,
);

/** `--http2`, of commands that test clients. */
export const clientsHttp2Option: Option<boolean> = toggle(
  "Test clients over HTTP/2 (RFC 8441), with --tls by ALPN and without it with prior knowledge. Cases about the opening handshake of HTTP/1.1 are left out, and a client that asks for a case over HTTP/1.1 is refused.",
);

/** What a user can do about an address that cannot be bound. `flag`: the option that sets the port. */
export function bindProblem(error: unknown, host: string, port: number, flag: string): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return new UsageError(`port ${port} is in use; choose another with ${flag} N`);
  if (code === "EACCES")
    return new UsageError(`this user may not use port ${port}; choose another with ${flag} N`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new UsageError(`--host: this machine has no address ${quote(host)}`);
  }
  return new UsageError(`cannot listen on ${quote(host)}, port ${port}: ${reasonOf(error)}`);
}

function hostName(value: string, flag: string): string {
  const bare = plainText(value, flag).replace(/^\[(.*)\]$/, "$1");
  if (/^[\w.:%-]+$/.test(bare)) return bare;
  throw new UsageError(`${flag} takes an address or a host name, not ${quote(value)}`);
}
