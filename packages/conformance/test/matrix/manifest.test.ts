import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ManifestError, readStacks } from "../../src/matrix/manifest.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const folder = temporaryFolder();
let stacks = 0;

const GOOD = {
  name: "A stack",
  language: "C",
  homepage: "https://example.com",
  licence: "MIT",
  packages: [{ from: "system", name: "a", version: "1.0", ask: "a --version" }],
  versionOf: "a",
  server: { files: ["server.c"], start: "./server {port}" },
  settings: [],
  limits: [],
};

/** A folder of stacks with this manifest and a program. */
function stacksOf(manifest: unknown): string {
  const path = join(folder, String(++stacks));
  mkdirSync(join(path, "a"), { recursive: true });
  writeFileSync(join(path, "README.md"), "");
  writeFileSync(
    join(path, "a/stack.json"),
    typeof manifest === "string" ? manifest : JSON.stringify(manifest),
  );
  writeFileSync(join(path, "a/server.c"), "");
  return path;
}

test("a manifest is read with its defaults, and files beside the folders are left alone", () => {
  const [stack, ...more] = readStacks(stacksOf({ $schema: "stack.json", ...GOOD }));
  assert.deepEqual(more, []);
  assert.deepEqual(stack, { folder: "a", ...GOOD, server: { ...GOOD.server, path: "/" } });
});

test("a proxy needs no other role", () => {
  const { server: _, ...rest } = GOOD;
  const proxy = { files: [], start: "proxy {port} {behind}", path: "HTTP/1.1" };
  assert.deepEqual(readStacks(stacksOf({ ...rest, proxy }))[0]?.proxy, proxy);
});

for (const [what, manifest, message] of [
  ["that is no JSON", "{", /stack\.json cannot be read: it is not JSON/],
  ["that is nested without end", "[".repeat(100_000), /nested too deep/],
  ["without a name", { ...GOOD, name: undefined }, /stack\.json: name: /],
  ["with a misspelt key", { ...GOOD, limit: [] }, /Unrecognized key: "limit"/],
  [
    "without a port",
    { ...GOOD, server: { files: ["server.c"], start: "./a" } },
    /server\.start: has no \{port\}/,
  ],
  ["with half a sentence", { ...GOOD, limits: ["no pings"] }, /limits\.0: is not a sentence/],
  ["with a version of nothing", { ...GOOD, versionOf: "b" }, /versionOf is none of the packages/],
  ["without a role", { ...GOOD, server: undefined }, /neither a server nor a client nor a proxy/],
  ["with an empty http2", { ...GOOD, http2: {} }, /http2: there is neither/],
  [
    "that names a file that is not there",
    { ...GOOD, server: { files: ["b.c"], start: "./a {port}" } },
    /there is no file b\.c in its folder/,
  ],
] as const) {
  test(`a manifest ${what} is refused`, () => {
    assert.throws(
      () => readStacks(stacksOf(manifest)),
      (error) => {
        assert.ok(error instanceof ManifestError);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

test("a folder of stacks that is not there is refused", () => {
  assert.throws(() => readStacks(join(folder, "nowhere")), ManifestError);
});
