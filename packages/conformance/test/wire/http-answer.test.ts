import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { AnswerReader, type AnswerProgress } from "../../src/wire/http-answer.js";

/** What is found in octets that come whole, and the same octet by octet. */
function read(octets: string): string {
  const whole = textOf(new AnswerReader().push(Buffer.from(octets, "latin1")));
  const reader = new AnswerReader();
  let last: AnswerProgress = "more";
  let at = 0;
  while (last === "more" && at < octets.length)
    last = reader.push(Buffer.from(octets.charAt(at++), "latin1"));
  const inPieces = typeof last === "string" ? last : textOf(last) + octets.slice(at);
  assert.equal(inPieces, whole);
  return whole;
}

function textOf(progress: AnswerProgress): string {
  if (typeof progress === "string") return progress;
  const { parsed, isLast, rest } = progress;
  return `${parsed.status}${isLast ? " last" : ""}: ${Buffer.from(rest).toString("latin1")}`;
}

const HEAD = "HTTP/1.1 200 OK\r\n";

describe("the end of an answer", () => {
  const table: readonly (readonly [name: string, octets: string, found: string])[] = [
    ["a length", `${HEAD}Content-Length: 3\r\n\r\nno\nHTTP`, "200: HTTP"],
    ["a length of nothing", `${HEAD}Content-Length: 0\r\n\r\n\x88\x02`, "200: \x88\x02"],
    ["a length that is not reached", `${HEAD}Content-Length: 4\r\n\r\nno\n`, "more"],
    ["the same length twice", `${HEAD}Content-Length: 1\r\nContent-Length: 1\r\n\r\nab`, "200: b"],
    ["two lengths", `${HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nabc`, "more"],
    ["no length", `${HEAD}\r\nbody`, "more"],
    ["no body by its status", "HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\nabc", "204: abc"],
    ["chunks", `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nno\n\r\n0\r\n\r\nHTTP`, "200: HTTP"],
    [
      "chunks with more to say",
      `${HEAD}Transfer-Encoding: chunked\r\n\r\na;b=c\r\n0123456789\r\n0\r\nA: b\r\n\r\nx`,
      "200: x",
    ],
    ["chunks without their end", `${HEAD}Transfer-Encoding: chunked\r\n\r\n3\r\nno\n\r\n0\r\n`, "more"],
    ["a chunk without a length", `${HEAD}Transfer-Encoding: chunked\r\n\r\nno\r\n`, "too-long"],
    [
      "chunks and a length",
      `${HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nx`,
      "200: x",
    ],
    [
      "an answer in front of it",
      `HTTP/1.1 103 Early Hints\r\n\r\n${HEAD}Content-Length: 0\r\n\r\nx`,
      "200: x",
    ],
    ["101", "HTTP/1.1 101 Switching Protocols\r\n\r\nframes", "101: frames"],
    ["the last one", `${HEAD}Connection: x, Close\r\nContent-Length: 0\r\n\r\n`, "200 last: "],
    ["HTTP/1.0", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", "200 last: "],
    [
      "HTTP/1.0 that goes on",
      "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 0\r\n\r\n",
      "200: ",
    ],
    ["no HTTP", "\x88\x02\x03\xea", "foreign"],
    ["no status line", "HTTP/1.1 OK\r\n\r\n", "foreign"],
  ];
  for (const [name, octets, found] of table) test(name, () => assert.equal(read(octets), found));

  test("that never comes is not waited for", () => {
    const reader = new AnswerReader();
    reader.push(Buffer.from(`${HEAD}\r\n`));
    const piece = Buffer.alloc(65_536);
    let pieces = 0;
    while (reader.push(piece) === "more") pieces++;
    assert.equal(pieces, 16);
  });
});
