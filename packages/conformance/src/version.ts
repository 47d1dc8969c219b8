import { readFileSync } from "node:fs";

/** Version of the suite, from its package.json. */
export const SUITE_VERSION: string = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;
