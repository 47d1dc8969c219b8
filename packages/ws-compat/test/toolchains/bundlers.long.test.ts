/** Tools that make one file of an application and its packages. Nothing else lies beside that file when it runs. */
import assert from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";

import { Application, bun, skipWithout, skipWithoutRuntime, toolFolder } from "./support/application.js";
import { EXCHANGED, IMPORTING, PRINT, REQUIRING } from "./support/programs.js";

const application = new Application();
/** Where bundles run: it has no packages. */
const elsewhere = new Application();
before(async () => {
  await application.install();
  await application.write({ "main.cjs": REQUIRING + PRINT, "main.mjs": IMPORTING + PRINT });
});
after(async () => {
  await application.remove();
  await elsewhere.remove();
});

/** Runs a bundle where it finds no package; resolves with what it printed. */
async function runAlone(file: string): Promise<string> {
  const name = file.replaceAll("/", "-");
  await copyFile(join(application.folder, file), join(elsewhere.folder, name));
  return elsewhere.node(name);
}

/** The ways from a module format to another. */
const WAYS = [
  { from: "main.cjs", to: "cjs" },
  { from: "main.cjs", to: "mjs" },
  { from: "main.mjs", to: "cjs" },
  { from: "main.mjs", to: "mjs" },
] as const;

describe("esbuild", { skip: skipWithout("esbuild") }, () => {
  const esbuild = (args: readonly string[]): Promise<string> =>
    application.node(join(toolFolder("esbuild"), "bin/esbuild"), [
      ...args,
      "--bundle",
      "--log-level=warning",
    ]);

  for (const { from, to } of WAYS)
    test(`${from} to ${to}`, async () => {
      const format = to === "cjs" ? "cjs" : "esm";
      const out = `esbuild-${from}.${to}`;
      await esbuild([from, "--platform=node", `--format=${format}`, `--outfile=${out}`]);
      assert.equal(await runAlone(out), `${EXCHANGED}\n`);
    });

  test("without spaces", async () => {
    const out = "esbuild-small.cjs";
    await esbuild(["main.mjs", "--platform=node", "--minify", "--keep-names", `--outfile=${out}`]);
    assert.equal(await runAlone(out), `${EXCHANGED}\n`);
  });

  for (const source of ['const WebSocket = require("ws");', 'import WebSocket from "ws";'])
    test(`for a browser: ${source}`, async () => {
      const program = `try { WebSocket(); } catch (error) { console.log(error.message); }`;
      await application.write({ "page.js": `${source}\n${program}` });
      await esbuild(["page.js", "--outfile=page.cjs"]);
      const told = "ws does not work in the browser. Browser clients must use the native WebSocket object\n";
      assert.equal(await runAlone("page.cjs"), told);
    });
});

describe("webpack", { skip: skipWithout("webpack") }, () => {
  for (const { from, to } of WAYS)
    test(`${from} to ${to}`, async () => {
      const out = `webpack-${from}.${to}`;
      await application.write({
        [`${out}.build.mjs`]: `
          import { createRequire } from "node:module";
          const webpack = createRequire(import.meta.url)(${JSON.stringify(toolFolder("webpack"))});
          const options = {
            mode: "production",
            target: "node20",
            context: ${JSON.stringify(application.folder)},
            entry: ${JSON.stringify(`./${from}`)},
            output: { path: ${JSON.stringify(application.folder)}, filename: ${JSON.stringify(out)} },
            ${to === "mjs" ? "experiments: { outputModule: true }," : ""}
            optimization: { minimize: false },
          };
          webpack(options, (error, stats) => {
            if (error !== null || stats.hasErrors() || stats.hasWarnings()) {
              console.error(error ?? stats.toString());
              process.exit(1);
            }
          });
        `,
      });
      await application.node(`${out}.build.mjs`);
      assert.equal(await runAlone(out), `${EXCHANGED}\n`);
    });
});

describe("Rollup", { skip: skipWithout("rollup") }, () => {
  const url = (path: string): string => JSON.stringify(pathToFileURL(toolFolder(path)).href);

  for (const { from, to } of WAYS)
    test(`${from} to ${to}`, async () => {
      const out = `rollup-${from}.${to}`;
      await application.write({
        [`${out}.build.mjs`]: `
          import { rollup } from ${url("rollup/dist/es/rollup.js")};
          import resolve from ${url("@rollup/plugin-node-resolve/dist/es/index.js")};
          import commonjs from ${url("@rollup/plugin-commonjs/dist/es/index.js")};
          const bundle = await rollup({
            input: ${JSON.stringify(from)},
            plugins: [resolve({ preferBuiltins: true, exportConditions: ["node"] }), commonjs()],
            onLog: (level, log) => {
              if (level === "warn") throw new Error(log.message);
            },
          });
          await bundle.write({ file: ${JSON.stringify(out)}, format: ${to === "cjs" ? '"cjs"' : '"es"'} });
        `,
      });
      await application.node(`${out}.build.mjs`);
      assert.equal(await runAlone(out), `${EXCHANGED}\n`);
    });
});

describe("bun build", { skip: skipWithoutRuntime(bun) }, () => {
  for (const { from, to } of WAYS)
    test(`${from} to ${to}`, async () => {
      const out = `bun-${from}.${to}`;
      const format = `--format=${to === "cjs" ? "cjs" : "esm"}`;
      await application.run(bun, ["build", from, "--target=node", format, `--outfile=${out}`]);
      assert.equal(await runAlone(out), `${EXCHANGED}\n`);
    });
});
