import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  Flag,
  FrameType,
  goawayPayload,
  numberPayload,
  PREFACE,
  Setting,
} from "../../src/wire/http2/frame.js";
import { encodeFields } from "../../src/wire/http2/hpack.js";
import { opened, Told, Wired } from "./wired.js";

const STATUS = [[":status", "200"]] as const;

describe("how a stream ends", () => {
  test("a write is done once, in every ending", () => {
    const endings: Readonly<Record<string, (to: ReturnType<typeof opened>) => void>> = {
      "the peer resets it": ({ wired }) => wired.frame(FrameType.rstStream, numberPayload(8), 1),
      "the peer refuses it": ({ wired }) => wired.frame(FrameType.goaway, goawayPayload(0, 0)),
      "TCP ends": ({ wired }) => wired.connection.ended(false),
      "TCP is reset": ({ wired }) => wired.connection.ended(true),
      "the peer breaks HTTP/2": ({ wired }) => wired.frame(FrameType.ping),
      "the tester resets it": ({ stream }) => stream.reset(),
      "the tester drops it": ({ stream }) => stream.destroy(),
    };
    for (const [what, ending] of Object.entries(endings)) {
      const to = opened([[Setting.initialWindowSize, 10]]);
      const done = [0, 0, 0];
      to.stream.write(Buffer.alloc(5), () => void (done[0] = (done[0] ?? 0) + 1));
      to.stream.write(Buffer.alloc(10), () => void (done[1] = (done[1] ?? 0) + 1));
      to.wired.connection.flush();
      assert.deepEqual(done, [1, 0, 0], what);
      ending(to);
      assert.deepEqual(done, [1, 1, 0], what);
      to.stream.write(Buffer.alloc(5), () => void (done[2] = (done[2] ?? 0) + 1));
      to.wired.connection.ended(false);
      assert.deepEqual(done, [1, 1, 1], what);
    }
  });

  test("END_STREAM, RST_STREAM, GOAWAY and the end of TCP are told apart", () => {
    const ends = (end: (wired: Wired) => void): unknown => {
      const { wired, stream, told } = opened();
      end(wired);
      assert.equal(told.lines.length, 1);
      return [told.lines[0], stream.ending];
    };
    assert.deepEqual(
      ends((wired) => wired.data(1, "", Flag.endStream)),
      ["ended", { by: "end-stream" }],
    );
    assert.deepEqual(
      ends((wired) => wired.frame(FrameType.rstStream, numberPayload(8), 1)),
      ["ended reset", { by: "rst-stream", code: "CANCEL" }],
    );
    assert.deepEqual(
      ends((wired) => wired.frame(FrameType.goaway, goawayPayload(1, 2)).connection.ended(false)),
      ["ended", { by: "connection", reset: false, goaway: "INTERNAL_ERROR" }],
    );
    assert.deepEqual(
      ends((wired) => wired.connection.ended(true)),
      ["ended reset", { by: "connection", reset: true }],
    );
  });

  test("GOAWAY that takes the stream leaves it open", () => {
    const { wired, told } = opened();
    wired.frame(FrameType.goaway, goawayPayload(2 ** 31 - 1, 0)).data(1, "x");
    assert.deepEqual(told.lines, ["octets 1"]);
  });

  test("a stream that has no number yet hears of the end, and writes nothing", () => {
    const wired = new Wired();
    const stream = wired.connection.stream();
    const told = new Told();
    stream.attach(told);
    let done = 0;
    stream.write(Buffer.of(1), () => done++);
    stream.finish();
    wired.settings().connection.ended(true);
    assert.deepEqual(told.lines, ["ended reset"]);
    assert.equal(done, 1);
    assert.equal(wired.sentData(), 0);
  });

  test("nothing goes out behind END_STREAM, also while it waits for room", () => {
    const { wired, stream } = opened([[Setting.initialWindowSize, 1]]);
    stream.write(Buffer.alloc(2));
    stream.finish();
    let done = 0;
    stream.write(Buffer.alloc(3), () => done++);
    assert.equal(done, 1);
    wired.room(1, 100);
    assert.deepEqual(wired.sentText(), ["DATA 1 1", "DATA 1 1", "DATA 1 0 END_STREAM"]);
  });

  test("end() answers the end of the peer at once, and a flood does not hold it up", () => {
    const { wired, stream } = opened();
    wired.data(1, "", Flag.endStream);
    stream.end();
    assert.deepEqual(wired.sentText(), ["DATA 1 0 END_STREAM", "GOAWAY 0 8"]);
    assert.equal(wired.transport.ended, 1);
    const { wired: flooded, stream: other } = opened([], {
      settings: [[Setting.initialWindowSize, 2 ** 20]],
    });
    other.end();
    assert.equal(flooded.transport.ended, 0);
    for (let n = 0; n < 65; n++) flooded.data(1, Buffer.alloc(16_384));
    assert.ok(flooded.transport.ended > 0);
  });

  test("informational answers, the answer, octets and trailers", () => {
    const wired = new Wired();
    const stream = wired.connection.stream();
    wired.settings();
    stream.sendHead([[":method", "GET"]], true);
    const fields = encodeFields([
      [":status", "103"],
      ["link", "x"],
    ]);
    for (const [at, octet] of fields.entries()) {
      const type = at === 0 ? FrameType.headers : FrameType.continuation;
      wired.frame(type, Buffer.of(octet), 1, at === fields.length - 1 ? Flag.endHeaders : 0);
    }
    wired.head(1, STATUS).data(1, "body");
    const padded = Buffer.concat([Buffer.of(2, 0, 0, 0, 0, 0), encodeFields([["a", "b"]]), Buffer.alloc(2)]);
    wired.frame(FrameType.headers, padded, 1, 0x2d);
    const told = new Told();
    stream.attach(told);
    assert.deepEqual(told.lines, [
      "head :status=103 link=x",
      "head :status=200",
      "octets 4",
      "head a=b",
      "ended",
    ]);
  });
});

describe("the tester as a server", () => {
  const server = (settings: readonly (readonly [number, number])[] = []): Wired =>
    new Wired({ role: "server", settings }).octets(PREFACE).settings();
  const ask = (wired: Wired, stream: number): Wired => wired.head(stream, [[":method", "GET"]], 5);

  test("streams of a client have odd and growing numbers (RFC 9113 §5.1.1)", () => {
    ask(server(), 2).assertFails(/HEADERS is on stream 2, which nobody/, "PROTOCOL_ERROR");
    const wired = ask(ask(server(), 5), 3);
    assert.deepEqual(
      wired.requests.map(({ stream }) => stream.id),
      [5],
      "a lower number is a stream that is over",
    );
  });

  test("more streams at a time than its settings allow are refused, and room is there again when one is over", () => {
    const wired = server([[Setting.maxConcurrentStreams, 2]]);
    for (const id of [1, 3, 5]) ask(wired, id);
    assert.equal(wired.requests.length, 2);
    assert.ok(wired.sentText().includes("RST_STREAM 5 4"));
    wired.requests[0]?.stream.sendHead(STATUS, true);
    ask(wired, 7);
    assert.equal(wired.requests.length, 3);
  });

  test("its window holds when the client has acknowledged it", () => {
    const wired = server([[Setting.initialWindowSize, 10]]);
    wired.head(1, [[":method", "POST"]]);
    assert.equal(wired.requests[0]?.stream.receiveWindow, 65_535);
    wired.frame(FrameType.settings, Buffer.alloc(0), 0, Flag.ack);
    assert.equal(wired.requests[0]?.stream.receiveWindow, 10);
  });

  test("GOAWAY names the last stream that was taken", () => {
    const wired = ask(server(), 9);
    wired.sent();
    wired.connection.end("NO_ERROR");
    assert.equal(Buffer.from(wired.sent()[0]?.payload ?? []).readUInt32BE(0), 9);
  });
});
