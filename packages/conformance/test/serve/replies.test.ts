import assert from "node:assert/strict";
import { test } from "node:test";
import { infoText, statusText } from "../../src/serve/replies.js";
import { escapeHtml, welcomePage } from "../../src/serve/welcome-page.js";
import { someCase } from "../support/some-case.js";

test("the description of a case is JSON as Python writes it", () => {
  const text = infoText(someCase({ id: "1.1.1", description: 'An "é" 😀' }));
  assert.equal(text, '{"id": "1.1.1", "description": "An \\"\\u00e9\\" \\ud83d\\ude00"}');
  assert.deepEqual(JSON.parse(text), { id: "1.1.1", description: 'An "é" 😀' });
});

test("a result has the words of the original", () => {
  assert.equal(statusText("pass"), '{"behavior": "OK"}');
  assert.equal(statusText("blocked"), '{"behavior": "FAILED"}');
});

test("the page escapes what it shows", () => {
  assert.equal(escapeHtml(`<a href="x">'&`), "&#60;a href=&#34;x&#34;&#62;&#39;&#38;");
  assert.match(welcomePage("ws://[::1]:9001/<b>", 1), /ws:\/\/\[::1\]:9001\/&#60;b&#62;<\/code>/);
});
