/**
 * Whether a code may appear in a Close frame (RFC 6455 §7.4): those that the RFC defines and does not reserve,
 * and the ranges for libraries (3000–3999) and applications (4000–4999).
 */
export function mayAppearOnTheWire(code: number): boolean {
  if (code >= 3000) return code <= 4999;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1011);
}

/** Codes that IANA registered after the RFC: service restart, try again later, bad gateway. */
export function isRegisteredLater(code: number): boolean {
  return code >= 1012 && code <= 1014;
}
