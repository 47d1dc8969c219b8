/**
 * Folders of src that are subpaths of the package: each has an index.ts, a file of its own in what is published, an entry in
 * `exports` of package.json, and costs nothing where it is not imported.
 */
export const OWN_PARTS = ["engines", "metrics", "otel", "reconnecting", "testing"];

/** Files of parts that bundlers for browsers find in place of the part's entry: one ES module each, without Node. */
export const BROWSER_ENTRIES = ["reconnecting/browser"];

/** Packages that a part may import: optional peers, which the application brings. */
export const PEERS = ["@opentelemetry/api"];
