/** Tools that load modules by themselves and run them at once. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import {
  Application,
  bun,
  deno,
  skipWithout,
  skipWithoutRuntime,
  toolFolder,
} from "./support/application.js";
import { EXCHANGED, IMPORTING, LIBRARIES, PRINT, REQUIRING } from "./support/programs.js";

const application = new Application();
before(() => application.install());
after(() => application.remove());

describe("Node", () => {
  test("require", async () => {
    await application.write({ "node.cjs": REQUIRING + PRINT });
    assert.equal(await application.node("node.cjs"), `${EXCHANGED}\n`);
  });

  test("import", async () => {
    await application.write({ "node.mjs": IMPORTING + PRINT });
    assert.equal(await application.node("node.mjs"), `${EXCHANGED}\n`);
  });

  test("require by the path of the folder", async () => {
    const folders = ["ws", "@wireproof/ws", "@wireproof/websocket/ws"]
      .map((name) => join(application.folder, "node_modules", name))
      .map((folder) => JSON.stringify(folder));
    await application.write({
      "folders.cjs": `
        for (const folder of [${folders.join(", ")}]) console.log(require(folder) === require("ws"));
        const main = require(${JSON.stringify(join(application.folder, "node_modules/@wireproof/websocket"))});
        console.log(main.connect === require("@wireproof/websocket").connect);
      `,
    });
    assert.equal(await application.node("folders.cjs"), "true\n".repeat(4));
  });
});

describe("Deno", { skip: skipWithoutRuntime(deno) }, () => {
  for (const [file, source] of [
    ["deno.cjs", REQUIRING],
    ["deno.mjs", IMPORTING],
  ] as const)
    test(file, async () => {
      await application.write({ [file]: source + PRINT });
      const env = { DENO_DIR: join(application.folder, "deno"), DENO_NO_UPDATE_CHECK: "1" };
      const args = ["run", "--quiet", "--allow-all", "--node-modules-dir=manual", "--no-lock", file];
      assert.equal(await application.run(deno, args, env), `${EXCHANGED}\n`);
    });
});

describe("Bun", { skip: skipWithoutRuntime(bun) }, () => {
  /** Bun has an implementation of its own for whoever asks for ws. */
  const scoped = (text: string): string => text.replaceAll('"ws"', '"@wireproof/ws"');

  for (const [file, source] of [
    ["bun/main.cjs", REQUIRING],
    ["bun/main.mjs", IMPORTING],
  ] as const)
    test(file, async () => {
      const libraries = Object.entries(LIBRARIES).map(([path, text]) => [`bun/${path}`, scoped(text)]);
      await application.write(Object.fromEntries(libraries) as Record<string, string>);
      await application.write({ [file]: scoped(source) + PRINT });
      assert.equal(await application.run(bun, [file]), `${EXCHANGED}\n`);
    });

  test("has a ws of its own, whatever is installed", async () => {
    await application.write({ "own.cjs": 'console.log(require("ws") === require("@wireproof/ws"));' });
    assert.equal(await application.run(bun, ["own.cjs"]), "false\n");
  });
});

describe("tsx", { skip: skipWithout("tsx") }, () => {
  for (const [file, source] of [
    ["tsx.cts", REQUIRING],
    ["tsx-commonjs.ts", IMPORTING],
    ["tsx.mts", IMPORTING],
    ["tsx-module/main.ts", IMPORTING],
  ] as const)
    test(file, async () => {
      await application.write({ "tsx-module/package.json": '{ "type": "module" }', [file]: source + PRINT });
      const tsx = join(toolFolder("tsx"), "dist/cli.mjs");
      assert.equal(await application.node(tsx, ["--no-cache", file]), `${EXCHANGED}\n`);
    });
});

describe("Jest", { skip: skipWithout("jest") }, () => {
  const CASE = `test("exchange", async () => expect(await exchange()).toBe(${JSON.stringify(EXCHANGED)}));`;
  const jest = (folder: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<string> => {
    const options = ["--ci", "--no-watchman", "--rootDir", folder, "--cacheDirectory", `${folder}/cache`];
    return application.node(join(toolFolder("jest"), "bin/jest.js"), [...options, ...args], env);
  };

  test("as it is without a configuration", async () => {
    await application.write({ "jest/package.json": "{}", "jest/exchange.test.js": REQUIRING + CASE });
    assert.match(await jest("jest", []), /1 passed/);
  });

  test("without transforms", async () => {
    await application.write({
      "jest-plain/package.json": "{}",
      "jest-plain/exchange.test.js": REQUIRING + CASE,
    });
    assert.match(await jest("jest-plain", ["--config", '{ "transform": {} }']), /1 passed/);
  });

  test("with ES modules", async () => {
    const files = { "jest-esm/package.json": "{}", "jest-esm/exchange.test.mjs": IMPORTING + CASE };
    await application.write(files);
    const config = JSON.stringify({ transform: {}, testMatch: ["**/*.test.mjs"] });
    const env = { NODE_OPTIONS: "--experimental-vm-modules --no-warnings" };
    assert.match(await jest("jest-esm", ["--config", config], env), /1 passed/);
  });
});

describe("Vitest", { skip: skipWithout("vitest") }, () => {
  test("import and require", async () => {
    await application.write({
      "vitest/exchange.test.ts": `
        import { createRequire } from "node:module";
        import { expect, test } from "vitest";
        ${IMPORTING}
        test("exchange", async () => {
          expect(createRequire(import.meta.url)("ws")).toBe(WebSocket);
          expect(await exchange()).toBe(${JSON.stringify(EXCHANGED)});
        });
      `,
      // Nobody has installed it here: the application's tests import the one that runs them.
      "vitest/vitest.config.mjs": `
        export default {
          resolve: { alias: { vitest: ${JSON.stringify(join(toolFolder("vitest"), "dist/index.js"))} } },
          cacheDir: "cache",
        };
      `,
    });
    const vitest = join(toolFolder("vitest"), "vitest.mjs");
    assert.match(await application.node(vitest, ["run", "--root", "vitest"]), /1 passed/);
  });
});
