import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { LINE_CHARACTERS, LineSplitter } from "../../src/child/line-splitter.js";
import { OutputRing } from "../../src/child/output-ring.js";

function lines(...chunks: readonly (string | Uint8Array)[]): readonly string[] {
  const found: string[] = [];
  const splitter = new LineSplitter((line) => found.push(line));
  for (const chunk of chunks) splitter.write(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  splitter.end();
  return found;
}

describe("lines", () => {
  test("end at line feeds, wherever the chunks are cut", () => {
    const text = "one\r\ntwo\n\nthrée 😀\nfour";
    const expected = ["one", "two", "", "thrée 😀", "four"];
    assert.deepEqual(lines(text), expected);
    assert.deepEqual(lines(...[...Buffer.from(text)].map((octet) => Uint8Array.of(octet))), expected);
  });
  test("are cut where they are long, in one chunk or many, and the next one is whole", () => {
    const long = "x".repeat(LINE_CHARACTERS);
    assert.deepEqual(lines(`${long}\n${long}y\nz`), [long, `${long}…`, "z"]);
    const many = Array.from({ length: 3000 }, () => "x".repeat(7));
    assert.deepEqual(lines(...many, "\n", "z\n"), [`${long}…`, "z"]);
  });
  test("nothing printed is no line, and octets that are no text do no harm", () => {
    assert.deepEqual(lines(), []);
    assert.deepEqual(lines(Uint8Array.of(0xff, 0x61, 0xe2, 0x82)), ["\ufffda\ufffd"]);
  });
});

describe("the ring", () => {
  const ring = (limit: number, ...texts: readonly string[]): OutputRing => {
    const made = new OutputRing(limit);
    for (const text of texts) made.push({ from: "stdout", text });
    return made;
  };
  const since = (output: OutputRing, mark: number): unknown => {
    const { lines, omitted } = output.since(mark);
    return [lines.map(({ text }) => text), omitted];
  };

  test("gives what was printed since a mark", () => {
    const output = ring(1000, "a", "b");
    const mark = output.mark;
    assert.deepEqual(since(output, mark), [[], 0]);
    output.push({ from: "stderr", text: "c" });
    assert.deepEqual(output.since(mark), { lines: [{ from: "stderr", text: "c" }], omitted: 0 });
    assert.deepEqual(since(output, 0), [["a", "b", "c"], 0]);
    assert.deepEqual(since(output, -5), [["a", "b", "c"], 0]);
  });
  test("forgets the oldest lines and says how many of those asked for", () => {
    const output = ring(3 * 33, "a", "b", "c", "d", "e");
    assert.deepEqual(since(output, 0), [["c", "d", "e"], 2]);
    assert.deepEqual(since(output, 1), [["c", "d", "e"], 1]);
    assert.deepEqual(since(output, 3), [["d", "e"], 0]);
    assert.equal(output.mark, 5);
  });
  test("holds no line that is larger than itself, and bounds empty ones too", () => {
    assert.deepEqual(since(ring(100, "a", "x".repeat(200)), 0), [[], 2]);
    assert.deepEqual(since(ring(320, ...Array.from({ length: 1000 }, () => "")), 0), [
      Array(10).fill(""),
      990,
    ]);
  });
});
