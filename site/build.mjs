/**
 * Builds the static site of docs/ in site/dist. Arguments go to `vitepress build`:
 *
 *     npm run docs:site -- --base /wireproof/      for a site that is not at the root of its host
 *     npm run docs:site -- --outDir FOLDER
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const site = fileURLToPath(new URL(".", import.meta.url));
const vitepress = fileURLToPath(new URL("node_modules/vitepress/bin/vitepress.js", import.meta.url));

if (!existsSync(vitepress)) {
  console.error("VitePress is not installed: npm ci --ignore-scripts --prefix site");
  process.exit(2);
}
const { status } = spawnSync(process.execPath, [vitepress, "build", site, ...process.argv.slice(2)], {
  stdio: "inherit",
});
process.exit(status ?? 1);
