import assert from "node:assert/strict";
import { test } from "node:test";

import type { CaseEnd, PageDetail, WireEntry } from "wireproof/page";
import { layOut } from "../../src/wire/sequence.js";
import { frame } from "../sample.js";

function detail(wire: readonly (readonly [number, WireEntry])[], durationMs = 3): PageDetail {
  const record = {
    role: "client",
    durationMs,
    handshake: { opened: true, request: "", response: "" },
    close: { tcp: "ended-by-peer" },
  };
  return { end: { record } as unknown as CaseEnd, wire: wire.map(([at, entry]) => ({ at, entry })) };
}

const hex = (text: string): string => Buffer.from(text).toString("hex");
const OPENING: readonly (readonly [number, WireEntry])[] = [
  [0, { dir: ">", octets: 18, hex: hex("GET /x HTTP/1.1\r\n") }],
  [1000, { dir: "<", octets: 34, hex: hex("HTTP/1.1 101 Switching Protocols\r\n") }],
];

test("heads, frames, remarks and the end, each in its place", () => {
  const { lines } = layOut(
    detail([
      ...OPENING,
      [1100, { dir: ">", frame: frame(1, "Hello", { masked: true, mask: "00000000", fin: false }) }],
      [1150, { dir: ">", octets: 11, hex: "0185" }],
      [1200, { dir: "=", timer: "kill", phase: "set", seconds: 1 }],
      [1300, { dir: "!", violation: "the peer sent a masked frame", requirement: "6455-5.1-4" }],
      [1400, { dir: "<", frame: frame(3, "") }],
    ]),
    false,
  );
  assert.deepEqual(
    lines.map(({ kind, name }) => [kind, name]),
    [
      ["sent", "HTTP"],
      ["received", "HTTP"],
      ["sent", "TEXT"],
      ["remark", ""],
      ["violation", ""],
      ["received", "RESERVED 3"],
      ["end", ""],
    ],
  );
  assert.equal(lines[0]?.text, "GET /x HTTP/1.1");
  assert.deepEqual([lines[2]?.marks, lines[2]?.text], [["FIN 0"], "“Hello”"]);
  assert.match(lines[5]?.offence?.what ?? "", /reserved opcode/);
  assert.deepEqual(
    lines.map(({ y }) => y),
    lines.map(({ y }) => y).toSorted((a, b) => a - b),
  );
});

test("waits are to scale among one another, whatever they are", () => {
  const { lines, scale } = layOut(
    detail(
      [
        ...OPENING,
        [101_000, { dir: "<", frame: frame(10, "a") }],
        [301_000, { dir: "<", frame: frame(10, "b") }],
        [701_000, { dir: "<", frame: frame(10, "c") }],
      ],
      700,
    ),
    false,
  );
  const at = (index: number): number => lines[index]?.y ?? assert.fail();
  const [first, second, third] = [at(2) - at(1), at(3) - at(2), at(4) - at(3)];
  assert.ok(scale > 0);
  assert.ok(Math.abs(third - second - 200 * scale) < 0.01);
  assert.ok(Math.abs(second - first - 100 * scale) < 0.01);
  assert.ok(third < 300);
});

test("of a thousand frames the middle is left out until it is asked for", () => {
  const wire = Array.from({ length: 1000 }, (_, index): [number, WireEntry] => [
    index,
    { dir: ">", frame: frame(0, "x") },
  ]);
  const short = layOut(detail(wire), false);
  assert.ok(short.lines.length < 120);
  assert.equal(short.lines.filter(({ kind }) => kind === "gap").length, 1);
  assert.equal(short.hidden + short.lines.length - 1, 1001);
  assert.equal(layOut(detail(wire), true).lines.length, 1001);
});
