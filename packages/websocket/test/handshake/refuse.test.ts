import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type HeaderPair, refuse } from "../../src/handshake/index.js";

describe("an answer that refuses", () => {
  test("is a whole HTTP answer", () => {
    const expected = [
      "HTTP/1.1 403 Forbidden",
      "X: y",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Length: 3",
      "Connection: close",
      "",
      "No.",
    ].join("\r\n");
    assert.equal(refuse(403, [["X", "y"]], "No."), expected);
  });

  test("names Upgrade in Connection where it sends one (RFC 9110 §7.8)", () => {
    assert.match(refuse(426, [["upgrade", "websocket"]], ""), /\r\nConnection: close, Upgrade\r\n/);
  });

  test("counts octets and is made of octets", () => {
    for (const body of ["a", "é", "€", "𝄞", "aé€𝄞\u07ff\u0800\uffff\u{10ffff}", "x\ud800y\udfff"]) {
      const octets = Buffer.from(refuse(400, [], body), "latin1");
      const [head = "", text] = octets.toString("utf8").split("\r\n\r\n");
      assert.equal(text, Buffer.from(body).toString());
      assert.match(head, new RegExp(`Content-Length: ${Buffer.byteLength(body)}\r\n`));
    }
  });

  test("keeps another type, and has none without a body", () => {
    assert.doesNotMatch(refuse(400, [["content-type", "text/html"]], "<p>"), /text\/plain/);
    assert.match(
      refuse(400, [], ""),
      /^HTTP\/1\.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n$/,
    );
  });

  test("statuses without a body have no length either", () => {
    assert.equal(refuse(204, [], ""), "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    assert.equal(refuse(304, [], ""), "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
    assert.throws(() => refuse(204, [], "x"), TypeError);
  });

  test("a status without a usual reason goes without", () => {
    assert.match(refuse(599, [], ""), /^HTTP\/1\.1 599 \r\n/);
  });

  test("other statuses are no refusal", () => {
    for (const status of [101, 199, 600, 400.5, Number.NaN]) {
      assert.throws(() => refuse(status, [], ""), RangeError);
    }
  });

  test("header fields cannot add lines or change where the answer ends", () => {
    const wrong: readonly HeaderPair[] = [
      ["X", "a\r\nY: b"],
      ["X", "a\u0000"],
      ["X y", "a"],
      ["Connection", "keep-alive"],
      ["content-length", "0"],
      ["Transfer-Encoding", "chunked"],
    ];
    for (const header of wrong) assert.throws(() => refuse(400, [header], ""), TypeError);
  });
});
