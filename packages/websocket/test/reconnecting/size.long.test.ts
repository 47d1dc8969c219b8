/** What the client costs a page. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";

import { NO_ESBUILD, bundleForBrowsers } from "./bundle.js";

describe("the entry for browsers, bundled by esbuild", { skip: NO_ESBUILD }, () => {
  for (const entry of ["@wireproof/websocket", "@wireproof/websocket/reconnecting"])
    test(`${entry}: less than 5 KiB, minified and compressed`, async () => {
      const bundle = await bundleForBrowsers(`export * from "${entry}";`, "--format=esm");
      const { length } = gzipSync(bundle, { level: 9 });
      assert.ok(length < 5 * 1024, `${length} octets`);
      // What is measured is the client, and not an empty file.
      assert.match(bundle, /new WebSocket\(/);
      assert.doesNotMatch(bundle, /node:|\brequire\(|\bprocess\b|\bBuffer\b/);
    });
});
