import { quote } from "../report/escape.js";
import { numberBetween, plainText, single, withDefault, type Option } from "./option.js";
import { reasonOf } from "../reason-of.js";
import { UsageError } from "./usage-error.js";

const LOOPBACK = "127.0.0.1";

/** `--host NAME`. */
export const hostOption: Option<string> = withDefault(
  single(
    "ADDRESS",
    "Address to listen at; 0.0.0.0 or :: for all of them, as clients in containers need it.",
    hostName,
  ),
  LOOPBACK,
);

/** `--port N`. */
export const portOption: Option<number> = withDefault(
  single("N", "Port for clients; 0 takes any that is free.", numberBetween(0, 65_535, "integer")),
  9001,
);

/** What a user can do about an address that cannot be bound. `flag`: the option that sets the port. */
export function bindProblem(error: unknown, host: string, port: number, flag: string): UsageError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EADDRINUSE") return new UsageError(`port ${port} is in use; ${flag} N names another`);
  if (code === "EACCES")
    return new UsageError(`port ${port} may not be used by this user; ${flag} N names another`);
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND" || code === "EAI_AGAIN") {
    return new UsageError(`--host: this machine has no address ${quote(host)}`);
  }
  return new UsageError(`cannot listen at ${quote(host)}, port ${port}: ${reasonOf(error)}`);
}

function hostName(value: string, flag: string): string {
  const bare = plainText(value, flag).replace(/^\[(.*)\]$/, "$1");
  if (/^[\w.:%-]+$/.test(bare)) return bare;
  throw new UsageError(`${flag} takes an address or a host name, not ${quote(value)}`);
}
