import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import { corpus, type CorpusName } from "../../src/corpora/corpus.js";
import { LENGTHS, ORIGINALS } from "./originals.js";
import { NAMES } from "./tables.js";

/** A change here is a change of every message that the compression sections send: old runs no longer compare. */
const PINNED: Readonly<Record<CorpusName, readonly [octets: number, units: number, sha256: string]>> = {
  json: [193_521, 193_521, "9c19b98886d204a6cf9abf36d7b7fcd7460c310a4cd9d51d057381a92c634737"],
  bitmap: [263_222, 263_222, "378de02f3420c351b82ebc8d5330bd44e90a2f27cb6d48e7b2c0175968d22ba3"],
  german: [222_165, 222_165, "741e1fe8b34040cea8976f37f73899d433067305fe1d470cae079a11abd7be35"],
  html: [261_721, 261_383, "b481bc756ade9973d7cb15f44b7d2c894bc197d010a2e48074b459d809edee2a"],
  document: [1_039_187, 1_039_187, "653b52765c2807454860b18c6adcb8783d3c90702ecf013d442f737417fe5c38"],
};

describe("every corpus", () => {
  for (const name of NAMES) {
    test(`${name} is the same octets everywhere`, () => {
      const { octets, units } = corpus(name);
      assert.deepEqual([octets.length, units, sha256(octets)], PINNED[name]);
    });

    test(`${name} has the size of the original's within a twentieth`, () => {
      const ratio = corpus(name).octets.length / ORIGINALS[name].octets;
      assert.ok(ratio > 0.95 && ratio < 1.05, `${ratio}`);
    });

    test(`${name} is made once`, () => {
      assert.equal(corpus(name), corpus(name));
      assert.equal(corpus(name).name, name);
    });

    test(`a thousand messages of ${name} are a thousand different slices, whatever their length`, () => {
      const { units } = corpus(name);
      for (const length of LENGTHS) {
        const starts = new Set(Array.from({ length: 1000 }, (_, index) => (index * length) % units));
        assert.equal(starts.size, 1000, `length ${length}`);
        assert.ok(length < units);
      }
    });
  }
});

describe("what is sent as text", () => {
  const TEXTS = NAMES.filter((name) => corpus(name).text);

  test("is the JSON and the HTML", () => {
    assert.deepEqual(TEXTS, ["json", "html"]);
  });

  for (const name of TEXTS) {
    test(`${name} is UTF-8 and counts its code points`, () => {
      const { octets, units } = corpus(name);
      assert.equal(Array.from(decoded(octets)).length, units);
    });

    test(`${name} stays UTF-8 in slices, wrapping or not`, () => {
      const { octets, units, slice } = corpus(name);
      const codePoints = Array.from(decoded(octets));
      const twice = [...codePoints, ...codePoints];
      for (let from = 0; from < units; from += 9973) {
        assert.equal(decoded(slice(from, 131_072)), twice.slice(from, from + 131_072).join(""));
      }
    });
  }

  test("the HTML has characters of two and of three octets", () => {
    const text = decoded(corpus("html").octets);
    assert.match(text, /ö/);
    assert.match(text, /✓/);
    assert.ok(corpus("html").octets.length > corpus("html").units + 100);
  });
});

describe("each is what it says it is", () => {
  test("the JSON is JSON", () => {
    const index = JSON.parse(decoded(corpus("json").octets)) as Record<string, Record<string, unknown>>;
    assert.equal(Object.keys(index).length, 4);
    assert.ok(Object.values(index).every((cases) => Object.keys(cases).length > 200));
  });

  test("the bitmap has the headers of an uncompressed greyscale BMP, and every pixel", () => {
    const { octets } = corpus("bitmap");
    const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
    assert.equal(String.fromCharCode(view.getUint8(0), view.getUint8(1)), "BM");
    assert.equal(view.getUint32(2, true), octets.length);
    assert.equal(view.getUint32(10, true) + view.getInt32(18, true) * view.getInt32(22, true), octets.length);
    assert.deepEqual([...octets.subarray(54 + 200 * 4, 54 + 201 * 4)], [200, 200, 200, 0]);
  });

  test("the German is UTF-8 with umlauts, in lines that fit a page", () => {
    const text = decoded(corpus("german").octets);
    assert.match(text, /[äöü].*ß/su);
    assert.ok(text.split("\n").every((line) => line.length <= 68));
  });

  test("the document's cross-reference table points at its objects", () => {
    const file = Buffer.from(corpus("document").octets).toString("latin1");
    const tableAt = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(file)?.[1]);
    const offsets = [...file.slice(tableAt).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) =>
      Number(offset),
    );
    assert.ok(offsets.length > 1000);
    offsets.forEach((offset, index) => {
      assert.ok(file.startsWith(`${index + 1} 0 obj\n`, offset), `object ${index + 1}`);
    });
  });
});

function sha256(octets: Uint8Array): string {
  return createHash("sha256").update(octets).digest("hex");
}

function decoded(utf8: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(utf8);
}
