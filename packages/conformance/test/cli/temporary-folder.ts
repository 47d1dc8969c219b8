import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** A folder that is gone when the tests of the file are over. */
export function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), "wireproof-test-"));
  after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}
