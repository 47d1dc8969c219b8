/** What is published of the client: one copy in Node, and one file without Node for browsers. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";

import * as core from "@wireproof/websocket";
import * as imported from "@wireproof/websocket/reconnecting";

import * as source from "../../src/reconnecting/index.js";

const require = createRequire(import.meta.url);
/** From dist/test/reconnecting. */
const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");

test("import and require find the same values, and the core's errors", () => {
  const required = require("@wireproof/websocket/reconnecting") as typeof imported;
  assert.deepEqual({ ...required }, { ...imported });
  assert.deepEqual(Object.keys(imported), Object.keys(source));
  assert.equal(imported.WebSocketError, core.WebSocketError);
});

test("browsers find the same names", async () => {
  const url = new URL("../../lib/reconnecting/browser.js", import.meta.url).href;
  const browser = (await import(url)) as typeof imported;
  assert.deepEqual(Object.keys(browser).toSorted(), Object.keys(imported).toSorted());
  assert.deepEqual(browser.DEFAULT_BACKOFF, imported.DEFAULT_BACKOFF);
  assert.deepEqual(browser.ErrorCode, imported.ErrorCode);
});

test("the file for browsers imports nothing, and uses nothing of Node", () => {
  const code = read("dist/lib/reconnecting/browser.js").replaceAll(/\/\*[^]*?\*\/|\/\/.*/g, "");
  assert.doesNotMatch(code, /\bimport\b|\brequire\b|node:|\bprocess\b|\bBuffer\b|\bglobal\b/);
});

test("bundlers for browsers come to it first, from both entries", () => {
  const { exports } = JSON.parse(read("package.json")) as {
    readonly exports: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>;
  };
  for (const entry of [".", "./reconnecting"]) {
    assert.equal(Object.keys(exports[entry]!)[0], "browser");
    assert.equal(exports[entry]!["browser"]!["default"], "./dist/lib/reconnecting/browser.js");
  }
});

test("the core does not carry it", () => {
  assert.doesNotMatch(read("dist/lib/endpoint.cjs"), /ReconnectingClient|DEFAULT_BACKOFF/);
});
