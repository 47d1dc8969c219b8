import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** Compares with a stored output, octet for octet. `UPDATE_GOLDEN=1` stores what came instead. */
export function assertGolden(name: string, actual: string): void {
  const path = fileURLToPath(new URL(`../../../test/golden/${name}`, import.meta.url));
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, actual);
  }
  assert.equal(actual, readFileSync(path, "utf8"), `${name} differs from the stored output`);
}

/** Nothing that moves a cursor, colours, reorders or ends a line, except line feeds. */
export function assertHarmless(text: string): void {
  const found = /[^\P{Cc}\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.exec(text);
  assert.equal(found, null, `${JSON.stringify(found?.[0])} at ${found?.index}`);
}
