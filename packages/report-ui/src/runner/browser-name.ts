/** The names in user agents. Browsers whose user agent also contains the names of others come first. */
const NAMES: readonly (readonly [product: string, name: string])[] = [
  ["Edg", "Edge"],
  ["OPR", "Opera"],
  ["Firefox", "Firefox"],
  ["HeadlessChrome", "Chromium"],
  ["Chrome", "Chrome"],
  ["Version", "Safari"],
];

/** A short name such as `Firefox/145.0`; the beginning of the user agent where the browser is unknown. */
export function browserName(userAgent: string): string {
  for (const [product, name] of NAMES) {
    const version = new RegExp(`\\b${product}/([\\d.]+)`).exec(userAgent)?.[1];
    if (version !== undefined) return `${name}/${version}`;
  }
  return userAgent.slice(0, 60).trim() || "browser";
}
