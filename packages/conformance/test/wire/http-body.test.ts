import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { BodyReader } from "../../src/wire/http-body.js";
import { parseResponse } from "../../src/wire/http1.js";

interface Row {
  readonly name: string;
  readonly head: string;
  readonly octets: string;
  readonly text: string;
  /** Whether the end is known without the end of the connection. */
  readonly ended: boolean;
}

const LIMIT = 16;

const TABLE: readonly Row[] = [
  { name: "a length", head: "Content-Length: 5", octets: "no PMD", text: "no PM", ended: true },
  { name: "a length that is not reached", head: "Content-Length: 5", octets: "no", text: "no", ended: false },
  { name: "no length", head: "Connection: close", octets: "no PMD", text: "no PMD", ended: false },
  {
    name: "more than is kept",
    head: "Content-Length: 99",
    octets: "x".repeat(40),
    text: "x".repeat(16),
    ended: true,
  },
  {
    name: "more than is kept, no length",
    head: "",
    octets: "x".repeat(40),
    text: "x".repeat(16),
    ended: true,
  },
  { name: "a length that is none", head: "Content-Length: -1", octets: "no", text: "no", ended: false },
  {
    name: "chunks",
    head: "Transfer-Encoding: chunked",
    octets: "2\r\nno\r\n4;x=y\r\n PMD\r\n0\r\n\r\n",
    text: "no PMD",
    ended: true,
  },
  {
    name: "chunks without an end",
    head: "Transfer-Encoding: chunked",
    octets: "4\r\nno",
    text: "no",
    ended: false,
  },
  {
    name: "chunks that are none",
    head: "Transfer-Encoding: chunked",
    octets: "zz\r\nno\r\n",
    text: "",
    ended: true,
  },
  { name: "UTF-8", head: "Content-Length: 2", octets: "µ", text: "µ", ended: true },
];

describe("the body of an answer, whole and octet by octet", () => {
  for (const { name, head, octets, text, ended } of TABLE) {
    for (const size of [1, 1000]) {
      test(`${name}, ${size} a read`, () => {
        const reader = new BodyReader(parseResponse(`HTTP/1.1 400 Bad Request\r\n${head}\r\n\r\n`), LIMIT);
        const all = Buffer.from(octets);
        let isEnded = false;
        for (let at = 0; at < all.length && !isEnded; at += size)
          isEnded = reader.push(all.subarray(at, at + size));
        assert.deepEqual([reader.text, isEnded], [text, ended]);
      });
    }
  }
  test("statuses without one", () => {
    for (const status of [204, 304]) {
      assert.equal(
        new BodyReader(parseResponse(`HTTP/1.1 ${status} X\r\n\r\n`), LIMIT).push(new Uint8Array(0)),
        true,
      );
    }
  });
  test("where it ended", () => {
    const head = (line: string): ReturnType<typeof parseResponse> =>
      parseResponse(`HTTP/1.1 400 X\r\n${line}\r\n\r\n`);
    const known = new BodyReader(head("Content-Length: 2"), LIMIT);
    assert.deepEqual(
      [known.endOf("length"), known.endOf("tcp"), known.endOf("time")],
      ["whole", "cut", "open"],
    );
    assert.equal(new BodyReader(head("Transfer-Encoding: chunked"), LIMIT).endOf("tcp"), "cut");
    assert.equal(new BodyReader(head("A: 1"), LIMIT).endOf("tcp"), "whole");
  });
  test("the answer to HEAD has none, whatever it says", () => {
    for (const line of ["Content-Length: 2", "Transfer-Encoding: chunked"]) {
      const head = parseResponse(`HTTP/1.1 400 X\r\n${line}\r\n\r\n`);
      assert.equal(new BodyReader(head, LIMIT, true).push(new Uint8Array(0)), true);
    }
  });
});
