import type { ConnectionOptions as TlsConnectionOptions } from "node:tls";

type Tls = TlsConnectionOptions | undefined;

/** A copy that later changes of the application's object and its lists do not reach. */
export function copyTls(tls: Tls): Tls {
  if (tls === undefined) return undefined;
  const copied = Object.entries(tls).map(([name, value]) => [
    name,
    Array.isArray(value) ? [...(value as unknown[])] : (value as unknown),
  ]);
  return Object.fromEntries(copied) as Tls;
}

/**
 * Whether two connections with these options are the same to the server, and check its certificate in the same way.
 * Texts, numbers and octets are compared, lists and plain objects part by part; anything else, such as a function or a
 * SecureContext, is the same only as itself.
 */
export function isSameTls(one: Tls, other: Tls): boolean {
  return isSame(one ?? NO_OPTIONS, other ?? NO_OPTIONS);
}

function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other) === 0;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((it, at) => isSame(it, other[at]));
  }
  if (!isPlain(one) || !isPlain(other)) return false;
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => isSame(one[name], other[name]));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

const NO_OPTIONS = {};
