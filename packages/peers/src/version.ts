import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** Version of this package. */
export function ownVersion(): string {
  // Seen from dist/src.
  return versionIn(new URL("../../package.json", import.meta.url));
}

/** Version of an installed package. Throws if it is absent or hides its package.json. */
export function versionOf(packageName: string): string {
  return versionIn(createRequire(import.meta.url).resolve(`${packageName}/package.json`));
}

function versionIn(file: URL | string): string {
  const { version } = JSON.parse(readFileSync(file, "utf8")) as { version: string };
  return version;
}
