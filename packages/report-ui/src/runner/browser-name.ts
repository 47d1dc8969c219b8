/** How browsers name themselves, those first that also carry the names of others. */
const NAMES: readonly (readonly [product: string, name: string])[] = [
  ["Edg", "Edge"],
  ["OPR", "Opera"],
  ["Firefox", "Firefox"],
  ["HeadlessChrome", "Chromium"],
  ["Chrome", "Chrome"],
  ["Version", "Safari"],
];

/** A short name such as `Firefox/145.0`; the beginning of the user agent where it is like none that is known. */
export function browserName(userAgent: string): string {
  for (const [product, name] of NAMES) {
    const version = new RegExp(`\\b${product}/([\\d.]+)`).exec(userAgent)?.[1];
    if (version !== undefined) return `${name}/${version}`;
  }
  return userAgent.slice(0, 60).trim() || "browser";
}
