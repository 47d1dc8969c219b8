import assert from "node:assert/strict";
import { existsSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import type * as DropIn from "../../../src/ws/index.js";

// Seen from dist/test/consumers/support.
const ROOT = new URL("../../../../../../", import.meta.url);
export const INTEROP: string = fileURLToPath(new URL("interop/", ROOT));
const DROP_IN = fileURLToPath(new URL("packages/ws-compat/dist/src/index.cjs", ROOT));
const requireThere = createRequire(join(INTEROP, "package.json"));

// A view of memory that was only lent, if kept, shows at once.
process.env["WIREPROOF_SCRIBBLE"] = "1";

/** Why the tests of `packages` are skipped; false: they are not. */
export function skipWithout(...packages: readonly string[]): string | false {
  const missing = packages.filter((name) => !existsSync(packageFolder(name)));
  if (missing.length === 0) return false;
  return `${missing.join(", ")} not installed: npm ci --ignore-scripts --prefix interop`;
}

/** What an application gets that requires `name`, or a subpath of it; whatever `ws` it uses is the drop-in. */
export function loadConsumer(name: string): unknown {
  const [first = "", second = ""] = name.split("/");
  checkDropIn(packageFolder(first.startsWith("@") ? `${first}/${second}` : first));
  return requireThere(name) as unknown;
}

/** The same for a module of a package that only an import finds. */
export function importConsumer(name: string, path: string): Promise<unknown> {
  checkDropIn(packageFolder(name));
  return import(pathToFileURL(join(packageFolder(name), path)).href);
}

/** `require("ws")` of an application. */
export function loadDropIn(): typeof DropIn.WebSocket {
  checkDropIn(INTEROP);
  return requireThere("ws") as typeof DropIn.WebSocket;
}

/** Fails unless the `ws` that modules in `folder` find is the drop-in. */
export function checkDropIn(folder: string): void {
  const found = createRequire(join(folder, "package.json")).resolve("ws");
  assert.equal(realpathSync(found), DROP_IN, `${folder} finds another ws`);
}

/** The folder of a package, as its users in `interop` find it. */
export function packageFolder(name: string): string {
  return dirname(join(INTEROP, "node_modules", name, "package.json"));
}
