import assert from "node:assert/strict";
import { test } from "node:test";

import { compareIds } from "../../src/case/case-id.js";
import { REQUIREMENTS } from "../../src/case/requirements.js";
import { CLOSING } from "../../src/case/requirements/rfc6455-closing.js";
import { FRAMING } from "../../src/case/requirements/rfc6455-framing.js";
import { HANDSHAKE } from "../../src/case/requirements/rfc6455-handshake.js";
import { HTTP } from "../../src/case/requirements/http.js";
import { DEFLATE } from "../../src/case/requirements/rfc7692.js";

test("no requirement is there twice, and those of a document come in its order", () => {
  const rows = [HANDSHAKE, FRAMING, CLOSING, DEFLATE, HTTP].flat();
  assert.equal(REQUIREMENTS.size, rows.length);
  for (const [at, [id]] of rows.entries()) {
    const [rfc, section, number] = id.split("-");
    const [laterRfc, laterSection, laterNumber] = rows[at + 1]?.[0].split("-") ?? [];
    if (rfc !== laterRfc) continue;
    assert.ok(compareIds(`${section}.0.${number}`, `${laterSection}.0.${laterNumber}`) < 0, id);
  }
});

test("every requirement has an id that is cited, and one sentence", () => {
  for (const { id, text } of REQUIREMENTS.values()) {
    assert.match(id, /^\d{4}-\d+(\.\d+)*-\d+$/, id);
    assert.match(text, /^\S.*\.$/, id);
    assert.doesNotMatch(text, /\n| {2}/, id);
  }
});

test("only what proxies have to keep needs a proxy to be tested", () => {
  for (const { id, role, testableWith } of REQUIREMENTS.values()) {
    assert.equal(role === "intermediary", testableWith === "proxy", id);
  }
});
