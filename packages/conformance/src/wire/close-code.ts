/**
 * Whether a code may appear in a Close frame (RFC 6455 §7.4): those that the RFC defines and does not reserve,
 * and the ranges for libraries (3000–3999) and applications (4000–4999).
 */
export function mayAppearOnTheWire(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1011);
}

/** Codes that no endpoint sets in a Close frame (RFC 6455 §7.4.1, MUST NOT): they are kept for interfaces. */
export function isForbidden(code: number): boolean {
  return code === 1005 || code === 1006 || code === 1015;
}

/** Codes that were registered at IANA after RFC 6455: service restart, try again later, bad gateway. */
export function isRegisteredLater(code: number): boolean {
  return code >= 1012 && code <= 1014;
}
