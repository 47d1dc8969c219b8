import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as z from "zod";

import { baselineSchema } from "../../src/baseline/baseline-file.js";
import { RUN_OPTIONS } from "../../src/cli/run.js";
import { SERVE_OPTIONS } from "../../src/cli/serve-options.js";
import { TEST_CLIENT_OPTIONS } from "../../src/cli/test-client-options.js";
import { TEST_OPTIONS } from "../../src/cli/test-options.js";
import { readConfig } from "../../src/config/config.js";
import { configSchema, keyOf, SETTINGS } from "../../src/config/setting-keys.js";
import { manifestSchema } from "../../src/matrix/manifest.js";

const url = "ws://127.0.0.1:9001";

describe("every flag has its key", () => {
  const tables: readonly (readonly [name: string, options: object, keys: ReadonlyMap<string, string>])[] = [
    ["test", TEST_OPTIONS, SETTINGS.server],
    ["test-client", TEST_CLIENT_OPTIONS, SETTINGS.client],
    ["test", TEST_OPTIONS, SETTINGS.shared],
    ["test-client", TEST_CLIENT_OPTIONS, SETTINGS.shared],
    ["serve", SERVE_OPTIONS, SETTINGS.shared],
    ["run", RUN_OPTIONS, SETTINGS.shared],
  ];
  for (const [name, options, keys] of tables) {
    test(`of ${name}`, () => {
      // The file cannot name itself.
      const flags = Object.keys(options).filter((flag) => flag !== "config");
      assert.ok(flags.length > 10);
      for (const flag of flags) assert.equal(keys.get(keyOf(flag)), flag);
    });
  }

  test("and is read as if it were typed", () => {
    const config = readConfig(
      {
        updateBaseline: true,
        insecure: false,
        timeoutScale: 0.5,
        targets: { a: { url, header: ["A: 1", "B: 2"], cases: "1.*" } },
      },
      "c.json",
    );
    assert.deepEqual(Object.fromEntries(config.shared), {
      "update-baseline": { texts: [""], place: "c.json: updateBaseline" },
      insecure: { texts: [], place: "c.json: insecure" },
      "timeout-scale": { texts: ["0.5"], place: "c.json: timeoutScale" },
    });
    assert.deepEqual(Object.fromEntries(config.targets[0]?.settings ?? []), {
      header: { texts: ["A: 1", "B: 2"], place: "c.json: targets.a.header" },
      cases: { texts: ["1.*"], place: "c.json: targets.a.cases" },
    });
  });
});

describe("the schemas that are published", () => {
  for (const [name, schema] of [
    ["config", configSchema],
    ["baseline", baselineSchema],
    ["stack", manifestSchema],
  ] as const) {
    test(`${name}.json is what the command line reads; UPDATE_GOLDEN=1 writes it again`, () => {
      const path = fileURLToPath(new URL(`../../../schema/${name}.json`, import.meta.url));
      const text = `${JSON.stringify(z.toJSONSchema(schema, { io: "input" }), null, 2)}\n`;
      if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, text);
      assert.equal(readFileSync(path, "utf8"), text);
    });
  }
});
