import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  collectFields,
  hasToken,
  isFieldValue,
  isSameToken,
  isToken,
  splitList,
  trimWhitespace,
  valuesOf,
} from "../../src/handshake/fields.js";

describe("fields", () => {
  test("are collected by name in any case, in order, without whitespace around the value", () => {
    const fields = collectFields(["Via", " a\t", "VIA", "b", "Host", "h"]);
    assert.deepEqual(valuesOf(fields, "via"), ["a", "b"]);
    assert.deepEqual(valuesOf(fields, "host"), ["h"]);
    assert.deepEqual(valuesOf(fields, "constructor"), []);
  });

  test("may be called like members of an object", () => {
    const fields = collectFields(["__proto__", "a", "constructor", "b"]);
    assert.deepEqual(valuesOf(fields, "__proto__"), ["a"]);
    assert.deepEqual(valuesOf(fields, "constructor"), ["b"]);
  });

  test("a name without a value is left out", () => {
    assert.deepEqual([...collectFields(["Host", "h", "Via"])], [["host", ["h"]]]);
  });
});

test("tokens (RFC 9110 §5.6.2)", () => {
  const signs = "!#$%&'*+-.^_`|~";
  for (let code = 0; code < 0x200; code++) {
    const character = String.fromCharCode(code);
    assert.equal(isToken(character), /^[0-9A-Za-z]$/.test(character) || signs.includes(character), `${code}`);
  }
  assert.equal(isToken(""), false);
  assert.equal(isToken("a b"), false);
  assert.equal(isToken("permessage-deflate"), true);
});

test("values (RFC 9110 §5.5)", () => {
  for (let code = 0; code < 0x200; code++) {
    const isRight = code === 9 || (code >= 0x20 && code <= 0xff && code !== 0x7f);
    assert.equal(isFieldValue(`a${String.fromCharCode(code)}`), isRight, `${code}`);
  }
  assert.equal(isFieldValue(""), true);
});

test("whitespace is space and tab, nothing else", () => {
  assert.equal(trimWhitespace(" \t a b\t "), "a b");
  assert.equal(trimWhitespace("\u00a0a\u000b"), "\u00a0a\u000b");
  assert.equal(trimWhitespace(" \t "), "");
});

test("lists: several lines are one, empty elements do not count", () => {
  assert.deepEqual(splitList([" a ,,b", "", ",c,"]), ["a", "b", "c"]);
  assert.deepEqual(splitList([]), []);
});

test("tokens in lists are whole elements, in any case", () => {
  assert.equal(hasToken(["keep-alive, UPGRADE"], "upgrade"), true);
  assert.equal(hasToken(["keep-alive", "Upgrade"], "upgrade"), true);
  assert.equal(hasToken(["not-upgrade, upgradeable, up grade"], "upgrade"), false);
  assert.equal(hasToken([], "upgrade"), false);
  // U+212A becomes "k" in lower case.
  assert.equal(isSameToken("websoc\u212aet", "websocket"), false);
});
