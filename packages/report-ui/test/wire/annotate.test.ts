import assert from "node:assert/strict";
import { test } from "node:test";

import type { WireEntry } from "wireproof/page";
import { annotate } from "../../src/wire/annotate.js";
import { explainOctet, unmasked } from "../../src/wire/explain.js";
import { wireOf } from "../sample.js";

const HEAD: WireEntry = { dir: "<", octets: 6, hex: Buffer.from("H\r\n\r\n").toString("hex") };

function read(hex: string, octets: number = hex.length / 2): WireEntry {
  return { dir: "<", octets, hex };
}

function kinds(entries: readonly WireEntry[]): string[] {
  const notes = annotate(wireOf([{ ...HEAD, octets: 5 } as WireEntry, ...entries]));
  return [...notes.values()].slice(1).map((one) => one.map(({ kind }) => kind[0]).join(""));
}

test("headers and payloads, also when reads end anywhere", () => {
  assert.deepEqual(kinds([read("8a0170"), read("820161")]), ["flp", "flp"]);
  assert.deepEqual(kinds([read("8a"), read("02"), read("7071")]), ["f", "l", "pp"]);
  assert.deepEqual(kinds([read("827e00"), read("0261"), read("628900")]), ["fle", "ep", "pfl"]);
});

test("octets that were not recorded are counted while they lie in a payload", () => {
  assert.deepEqual(kinds([read("827e0100aabb", 260), read("8900")]), ["fleepp", "fl"]);
  assert.deepEqual(kinds([read("827e0100aabb", 100), read("cc".repeat(3), 160), read("8900")]), [
    "fleepp",
    "ppp",
    "fl",
  ]);
  // They reach beyond the payload: nothing is known from there.
  assert.deepEqual(kinds([read("8202aabb", 9), read("8900")]), ["flpp", "uu"]);
});

test("where the log was off, frames begin anew", () => {
  assert.deepEqual(kinds([{ dir: "=", log: false }, read("aa"), { dir: "=", log: true }, read("880203e8")]), [
    "u",
    "flpp",
  ]);
});

test("what an octet means, with the mask taken off", () => {
  const sent: WireEntry[] = [
    { dir: ">", octets: 4, hex: Buffer.from("\r\n\r\n").toString("hex") },
    { dir: ">", octets: 7, hex: "898137fa213d47" },
  ];
  const notes = annotate(wireOf(sent)).get(1) ?? assert.fail();
  const texts = notes.map(explainOctet);
  assert.match(texts[0] ?? "", /FIN 1, RSV 000, opcode 9 \(PING\)/);
  assert.match(texts[1] ?? "", /MASK 1, payload of 1 octet\./);
  assert.match(texts[2] ?? "", /masking key 37fa213d/);
  assert.match(texts[6] ?? "", /octet 1 of the payload, unmasked 0x70, “p”/);
  assert.equal(unmasked(notes[6] ?? assert.fail()), 0x70);
});
