/**
 * `prepack` of every package that is published: compiles it from nothing, so that the tarball has all of it and nothing
 * that a deleted source has left behind. npm runs it in the folder of the package, for `npm pack` and `npm publish`.
 *
 * Without source maps: the JavaScript is the TypeScript without its types, comments included, and maps with their
 * sources would make the packages two and a half times as big. The next `npm run build` writes them again.
 */
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

if (!existsSync(path("../node_modules/typescript"))) {
  console.error("prepack: the compiler is not installed, nothing was built or packed: run npm ci first");
  process.exit(1);
}

rmSync("dist", { recursive: true, force: true });
const projects = [
  "packages/conformance/src",
  "packages/conformance/tsconfig.jest.json",
  "packages/ws-compat/src",
  "packages/adapters/src",
];
const withoutMaps = ["--sourceMap", "false", "--declarationMap", "false"];
const built = spawnSync(process.execPath, [path("build.mjs"), ...projects, ...withoutMaps], {
  stdio: "inherit",
});
process.exit(built.status ?? 1);
