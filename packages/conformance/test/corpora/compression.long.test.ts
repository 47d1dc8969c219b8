import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import { corpus } from "../../src/corpora/corpus.js";
import { documentedRows, rowsOf } from "./documentation.js";
import { ORIGINALS } from "./originals.js";
import { NAMES, ratioTable, sizeTable } from "./tables.js";

describe("compression", () => {
  let measured = "";
  before(async () => {
    measured = await ratioTable();
  });

  for (const name of NAMES) {
    test(`${name} compresses as the original's does, within a third at every length`, () => {
      const rows = rowsOf(measured).filter(([corpus]) => corpus === name);
      const { reset, kept, keptNarrow } = ORIGINALS[name];
      assertWithinAThird(ratiosIn(rows, "15", "reset"), reset);
      assertWithinAThird(ratiosIn(rows, "15", "kept"), kept);
      if (keptNarrow !== undefined) assertWithinAThird(ratiosIn(rows, "9", "kept"), keptNarrow);
    });
  }

  test("the page documents the ratios; versions of zlib may differ by a fiftieth", () => {
    const rows = rowsOf(measured);
    const documented = documentedRows("ratios", measured);
    assert.equal(documented.length, rows.length);
    for (const [line, row] of rows.entries()) {
      for (const [column, cell] of row.entries()) assertSameFigure(documented[line]?.[column], cell);
    }
  });
});

test("JSON compressed with the widest window cannot be read with the narrowest from 4,096 octets on", () => {
  const { units, slice } = corpus("json");
  for (let from = 0; from < units; from += 40_009) {
    const wide = deflateRawSync(slice(from, 4096), { windowBits: 15 });
    // Small chunks, because zlib resolves a reference into the chunk it is writing whatever the window.
    assert.throws(() => inflateRawSync(wide, { windowBits: 9, chunkSize: 64 }), { code: "Z_DATA_ERROR" });
  }
});

test("the page documents sizes and checksums", () => {
  const current = sizeTable();
  assert.deepEqual(documentedRows("sizes", current), rowsOf(current));
});

type Rows = readonly (readonly string[])[];

function ratiosIn(rows: Rows, windowBits: string, context: string): readonly number[] {
  const row = rows.find((cells) => cells[1] === windowBits && cells[2] === context && cells[3] === "ours");
  return row?.slice(4, -1).map(Number) ?? [];
}

function assertWithinAThird(ours: readonly number[], originals: readonly number[]): void {
  assert.equal(ours.length, originals.length);
  for (const [index, original] of originals.entries()) {
    const ratio = (ours[index] ?? 0) / original;
    assert.ok(ratio > 2 / 3 && ratio < 4 / 3, `column ${index}: ${ours[index]}, the original ${original}`);
  }
}

function assertSameFigure(documented: string | undefined, measured: string): void {
  if (!/^\d+\.\d+$/.test(measured)) return assert.equal(documented, measured);
  const difference = Math.abs(Number(documented) - Number(measured));
  assert.ok(difference <= 0.0015 + Number(measured) / 50, `documented ${documented}, measured ${measured}`);
}
