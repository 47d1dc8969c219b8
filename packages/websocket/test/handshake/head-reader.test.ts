import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  DEFAULT_HEAD_LIMITS,
  type HandshakeProblemId,
  type HeadLimits,
  HeadReader,
  type HeadRead,
} from "../../src/handshake/index.js";

const GOOD = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX:\r\nY: \t a b \t\r\n\r\n";
const HEAD = {
  httpVersion: "1.1",
  status: 101,
  reason: "Switching Protocols",
  rawHeaders: ["Upgrade", "websocket", "X", "", "Y", "a b"],
};

function bytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

function readAll(text: string, limits?: HeadLimits): HeadRead {
  return new HeadReader(limits).read(bytes(text));
}

function problemOf(text: string, limits?: HeadLimits): HandshakeProblemId | undefined {
  const read = readAll(text, limits);
  return read.state === "problem" ? read.problem.id : undefined;
}

describe("heads that are taken", () => {
  test("in one piece, with octets behind it", () => {
    assert.deepEqual(readAll(`${GOOD}\u0081\u0000`), { state: "head", head: HEAD, next: GOOD.length });
  });

  test("out of the middle of a chunk", () => {
    const chunk = bytes(`??${GOOD}??`);
    const read = new HeadReader().read(chunk, 2, chunk.length - 1);
    assert.deepEqual(read, { state: "head", head: HEAD, next: 2 + GOOD.length });
  });

  test("cut at every place", () => {
    const all = bytes(`${GOOD}xyz`);
    for (let cut = 1; cut < GOOD.length; cut++) {
      const reader = new HeadReader();
      assert.deepEqual(reader.read(all.subarray(0, cut)), { state: "more" });
      assert.deepEqual(reader.read(all.subarray(cut)), {
        state: "head",
        head: HEAD,
        next: GOOD.length - cut,
      });
    }
  });

  test("octet by octet; then nothing more is read", () => {
    const reader = new HeadReader();
    const reads = Array.from(bytes(GOOD), (octet) => reader.read(Uint8Array.of(octet)));
    assert.deepEqual(reads.pop(), { state: "head", head: HEAD, next: 1 });
    assert.ok(reads.every(({ state }) => state === "more"));
    assert.deepEqual(reader.read(bytes("\u0000")), { state: "head", head: HEAD, next: 0 });
    assert.equal(reader.end(), undefined);
  });

  const lines: readonly (readonly [line: string, status: number, reason: string, httpVersion: string])[] = [
    ["HTTP/1.1 101 ", 101, "", "1.1"],
    ["HTTP/1.1 101", 101, "", "1.1"],
    ["HTTP/1.1 101 \u00e9\t ok", 101, "\u00e9\t ok", "1.1"],
    ["HTTP/1.0 404 Not Found", 404, "Not Found", "1.0"],
    ["HTTP/1.1 999 x", 999, "x", "1.1"],
  ];
  for (const [line, status, reason, httpVersion] of lines) {
    test(JSON.stringify(line), () => {
      const read = readAll(`${line}\r\n\r\n`);
      assert.deepEqual(read.state === "head" && read.head, { httpVersion, status, reason, rawHeaders: [] });
    });
  }

  test("interim responses are skipped with their fields (RFC 9110 §15.2)", () => {
    const interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n";
    const text = interim + GOOD;
    assert.deepEqual(readAll(text), { state: "head", head: HEAD, next: text.length });
  });

  test("a line longer than any first guess", () => {
    const read = readAll(`HTTP/1.1 101 x\r\nX: ${"y".repeat(10_000)}\r\n\r\n`);
    assert.deepEqual(read.state === "head" && read.head.rawHeaders, ["X", "y".repeat(10_000)]);
  });
});

describe("heads that are not", () => {
  const start = "HTTP/1.1 101 x\r\n";
  const table: readonly (readonly [text: string, id: HandshakeProblemId])[] = [
    ["\u0000", "not-http"],
    ["SSH-2.0-OpenSSH\r\n", "not-http"],
    ["http/1.1 101 x\r\n", "not-http"],
    ["\r\nHTTP/1.1 101 x\r\n", "not-http"],
    ["HTTP 101 x\r\n", "not-http"],
    ["HTTP/1.1 100 x\r\n\r\n<html>", "not-http"],
    ["HTTP/11 101 x\r\n", "status-line-malformed"],
    ["HTTP/1.1  101 x\r\n", "status-line-malformed"],
    ["HTTP/1.1 1011 x\r\n", "status-line-malformed"],
    ["HTTP/1.1 099 x\r\n", "status-line-malformed"],
    ["HTTP/1.1 10\r\n", "status-line-malformed"],
    ["HTTP/1.1 101x\r\n", "status-line-malformed"],
    ["HTTP/1.1 101\tx\r\n", "status-line-malformed"],
    ["HTTP/1.1 101 \u0001\r\n", "status-line-malformed"],
    ["HTTP/1.1 101 x\n", "line-ending-malformed"],
    ["HTTP/1.1 101 x\rX: y\r\n", "line-ending-malformed"],
    [`${start}X: y\n`, "line-ending-malformed"],
    [`${start}\n`, "line-ending-malformed"],
    [`${start}X: y\r\r\n`, "line-ending-malformed"],
    [`${start}X: y\r\n z\r\n`, "field-folded"],
    [`${start}\tX: y\r\n`, "field-folded"],
    [`${start}X : y\r\n`, "field-malformed"],
    [`${start}: y\r\n`, "field-malformed"],
    [`${start}X\r\n`, "field-malformed"],
    [`${start}X y: z\r\n`, "field-malformed"],
    [`${start}X: a\u0000b\r\n`, "field-malformed"],
    [`${start}X: a\u007f\r\n`, "field-malformed"],
    [`${start}\u00e9: a\r\n`, "field-malformed"],
  ];
  for (const [text, id] of table)
    test(`${JSON.stringify(text)}: ${id}`, () => assert.equal(problemOf(text), id));

  test("the problem stays", () => {
    const reader = new HeadReader();
    const first = reader.read(bytes("x"));
    assert.deepEqual(reader.read(bytes(GOOD)), first);
    assert.equal(reader.end()?.id, "not-http");
  });

  test("the end of the stream before the end of the head", () => {
    const reader = new HeadReader();
    assert.equal(reader.end()?.id, "response-incomplete");
    reader.read(bytes(GOOD.slice(0, -1)));
    assert.equal(reader.end()?.id, "response-incomplete");
  });
});

describe("limits", () => {
  test("octets", () => {
    const limits: HeadLimits = { ...DEFAULT_HEAD_LIMITS, octets: GOOD.length };
    assert.equal(readAll(GOOD, limits).state, "head");
    assert.equal(problemOf(GOOD, { ...limits, octets: GOOD.length - 1 }), "head-too-large");
  });

  test("octets of interim responses count, too", () => {
    const interim = "HTTP/1.1 100 x\r\n\r\n";
    const limits: HeadLimits = { ...DEFAULT_HEAD_LIMITS, octets: interim.length + 10 };
    assert.equal(problemOf(interim + interim, limits), "head-too-large");
  });

  test("an endless line ends at the limit", () => {
    const reader = new HeadReader();
    reader.read(bytes("HTTP/1.1 101 "));
    const piece = bytes("y".repeat(1000));
    let read = 13;
    while (reader.read(piece).state === "more") read += piece.length;
    assert.ok(read <= DEFAULT_HEAD_LIMITS.octets);
    assert.equal(reader.end()?.id, "head-too-large");
  });

  test("fields", () => {
    const fields = (count: number): string => `HTTP/1.1 101 x\r\n${"a: b\r\n".repeat(count)}\r\n`;
    assert.equal(readAll(fields(128)).state, "head");
    assert.equal(problemOf(fields(129)), "too-many-fields");
  });

  test("interim responses", () => {
    const interim = (count: number): string => "HTTP/1.1 100 x\r\n\r\n".repeat(count);
    assert.equal(readAll(interim(8) + GOOD).state, "head");
    assert.equal(problemOf(interim(9) + GOOD), "too-many-interim-responses");
  });
});
