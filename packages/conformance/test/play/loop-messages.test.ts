import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Opcode } from "../../src/case/opcode.js";
import { octets, repeat } from "../../src/case/payload.js";
import type { CorpusName, LoopMessages } from "../../src/case/steps.js";
import { CASES } from "../../src/cases/index.js";
import { corpus } from "../../src/corpora/corpus.js";
import { messageCount, messageSource } from "../../src/play/loop-messages.js";

function pieces(name: CorpusName, length: number, count = 1000): LoopMessages {
  return { from: "corpus", corpus: name, length, count };
}

function same(payload = octets("abc"), count = 1000): LoopMessages {
  return { from: "payload", opcode: Opcode.binary, payload, count };
}

describe("how many messages", () => {
  test("full: as many as the original sends", () => {
    for (const messages of [pieces("json", 16), pieces("json", 131_072), same()]) {
      assert.equal(messageCount(messages, "full"), 1000);
    }
  });
  test("enough: three times the largest window, and ten messages at least", () => {
    const counts = [16, 64, 256, 1024, 4096, 8192, 9830, 9831, 16_384, 131_072].map((length) =>
      messageCount(pieces("bitmap", length), "enough"),
    );
    assert.deepEqual(counts, [1000, 1000, 384, 96, 24, 12, 11, 10, 10, 10]);
    const octetsSent = counts.map((count, index) => count * ([16, 64, 256, 1024, 4096, 8192][index] ?? 0));
    assert.ok(octetsSent.slice(2, 6).every((sent) => sent >= 3 * 32_768));
  });
  test("enough: 200 round trips where the message is always the same", () => {
    assert.equal(messageCount(same(), "enough"), 200);
  });
  test("enough is never more than full", () => {
    assert.equal(messageCount(pieces("json", 16, 7), "enough"), 7);
    assert.equal(messageCount(same(octets("a"), 7), "enough"), 7);
  });
});

describe("the same message every time", () => {
  test("with its type", () => {
    const source = messageSource(same(repeat(octets("ab"), 5)));
    assert.equal(source.opcode, Opcode.binary);
    for (const index of [0, 999]) assert.equal(Buffer.from(source.at(index)).toString(), "ababa");
  });
});

describe("pieces of a corpus", () => {
  test("are text or not, as the corpus is", () => {
    const opcodes = (["json", "bitmap", "german", "html", "document"] as const).map(
      (name) => messageSource(pieces(name, 16)).opcode,
    );
    const { text, binary } = Opcode;
    assert.deepEqual(opcodes, [text, binary, binary, text, binary]);
  });
  test("follow one another, and go on at the beginning where the corpus ends", () => {
    const length = 131_072;
    for (const name of ["json", "bitmap", "html"] as const) {
      const { octets: whole, units } = corpus(name);
      const source = messageSource(pieces(name, length));
      const count = Math.ceil((3 * units) / length);
      const sent = Buffer.concat(Array.from({ length: count }, (_, index) => source.at(index)));
      const ring = Buffer.concat([whole, whole, whole, whole]);
      assert.ok(sent.length >= 3 * whole.length, name);
      assert.equal(Buffer.compare(sent, ring.subarray(0, sent.length)), 0, name);
    }
  });
  test("have their length in characters, not in octets, where the corpus is text", () => {
    const source = messageSource(pieces("html", 65_536));
    for (let index = 0; index < 5; index++) {
      assert.equal(Array.from(Buffer.from(source.at(index)).toString("utf8")).length, 65_536);
    }
  });
});

test("sources of the same name give the same messages", () => {
  const sources = [
    same(octets("abc")),
    same(octets("abd")),
    same(repeat(octets("abc"), 6)),
    same(octets("abcabc")),
    pieces("json", 16),
    pieces("json", 17),
    pieces("html", 16),
    ...CASES.flatMap(({ script }) =>
      script.flatMap((step) => (step.do === "echo-loop" ? [step.messages] : [])),
    ),
  ].map(messageSource);
  const byName = new Map<string, Uint8Array>();
  for (const source of sources) {
    const { name } = source;
    const known = byName.get(name) ?? source.at(3);
    assert.equal(Buffer.compare(source.at(3), known), 0, name);
    byName.set(name, known);
  }
  assert.ok(byName.size >= 5 * 10 + 5);
});
