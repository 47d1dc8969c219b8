import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** From dist/test/reconnecting. */
const ROOT = new URL("../../../../../", import.meta.url);
const ESBUILD = fileURLToPath(new URL("toolchains/node_modules/esbuild/bin/esbuild", ROOT));

/** Why nothing can be bundled here; false if it can. */
export const NO_ESBUILD: string | false = existsSync(ESBUILD)
  ? false
  : "esbuild not installed: npm ci --ignore-scripts --prefix toolchains";

/** What esbuild makes of an application for browsers, minified. */
export async function bundleForBrowsers(source: string, ...args: readonly string[]): Promise<string> {
  // The application is one of this package's folder, so that the package is found by its own name.
  const cwd = fileURLToPath(new URL("packages/websocket/", ROOT));
  const child = run(process.execPath, [ESBUILD, "--bundle", "--minify", "--log-level=warning", ...args], {
    cwd,
  });
  child.child.stdin?.end(source);
  const { stdout, stderr } = await child;
  if (stderr !== "") throw new Error(stderr);
  return stdout;
}
