import { Admission, type RefusedName } from "../serve/admission.js";
import { quote } from "../report/escape.js";
import { shellQuote } from "../report/terminal/again.js";
import type { Io } from "./io.js";
import { several, type Option } from "./option.js";
import { UsageError } from "./usage-error.js";

/** The options of every command whose server web pages could reach. */
export interface AdmissionCliOptions {
  readonly "allow-host": Option<readonly string[]>;
  readonly "allow-origin": Option<readonly string[]>;
}

export const admissionOptions: AdmissionCliOptions = {
  "allow-host": several(
    "NAME",
    "Allow browsers to use this host name, too. IP addresses, localhost, the name of this machine, and names such as host.docker.internal are always allowed.",
    allowedHost,
  ),
  "allow-origin": several(
    "ORIGIN",
    "Allow pages of this origin to connect, too, such as https://example.org:8443; null is the origin of files. Origins of localhost are always allowed.",
    allowedOrigin,
  ),
};

/** Who may connect, as the options say. Refused hosts and origins are reported on standard error. */
export function admissionOf(
  values: { readonly allowHost: readonly string[]; readonly allowOrigin: readonly string[] },
  io: Io,
): Admission {
  return new Admission({
    hosts: values.allowHost,
    origins: values.allowOrigin,
    onRefused: (refused) =>
      io.complain(refusalLine(refused, (kind, value) => `--allow-${kind} ${shellQuote(value)}`)),
  });
}

/** Which host or origin was refused, and which option allows it, if one can. */
export function refusalLine(
  { kind, value }: RefusedName,
  remedy: (kind: RefusedName["kind"], value: string) => string,
): string {
  const read = kind === "host" ? readHost : readOrigin;
  const wanted = read(value);
  const who = kind === "host" ? "for the host" : "from a page of the origin";
  const hint = wanted === null ? "" : `; ${remedy(kind, wanted)} allows it`;
  return `refused a request ${who} ${quote(value)}${hint}`;
}

/** Reads the name of a host without a port. Throws a UsageError. */
export function allowedHost(value: string, flag: string): string {
  const host = readHost(value);
  if (host !== null) return host;
  throw new UsageError(`${flag} takes a host name such as tester.example.org, not ${quote(value)}`);
}

/** Reads an origin. Throws a UsageError. */
export function allowedOrigin(value: string, flag: string): string {
  const origin = readOrigin(value);
  if (origin !== null) return origin;
  throw new UsageError(`${flag} takes an origin such as https://example.org, or null, not ${quote(value)}`);
}

function readHost(value: string): string | null {
  return /^([\w-]+(?:\.[\w-]+)*)\.?(?::\d+)?$/.exec(value.trim())?.[1]?.toLowerCase() ?? null;
}

/** RFC 6454 §7: a scheme, a host and perhaps a port, or null. */
function readOrigin(value: string): string | null {
  const origin = value.trim().toLowerCase().replace(/\/$/, "");
  return origin === "null" || /^[a-z][a-z\d+.-]*:\/\/[\w.:[\]-]+$/.test(origin) ? origin : null;
}
