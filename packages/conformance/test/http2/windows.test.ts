import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Flag, FrameType, Setting } from "../../src/wire/http2/frame.js";
import { opened } from "./wired.js";

describe("windows of the peer", () => {
  test("octets go out as far as both windows go, and go on when there is room", () => {
    const { wired, stream } = opened([[Setting.initialWindowSize, 10]]);
    let done = 0;
    stream.write(Buffer.alloc(25), () => done++);
    assert.deepEqual(wired.sentText(), ["DATA 1 10"]);
    wired.room(1, 10);
    assert.deepEqual(wired.sentText(), ["DATA 1 10"]);
    assert.equal(done, 0);
    wired.room(1, 100);
    assert.deepEqual(wired.sentText(), ["DATA 1 5"]);
    assert.equal(done, 1);
  });

  test("an initial window of 0 holds everything but an empty END_STREAM", () => {
    const { wired, stream } = opened([[Setting.initialWindowSize, 0]]);
    stream.finish();
    assert.deepEqual(wired.sentText(), ["DATA 1 0 END_STREAM"]);
    const { wired: other, stream: held } = opened([[Setting.initialWindowSize, 0]]);
    held.write(Buffer.of(1));
    held.finish();
    assert.deepEqual(other.sentText(), []);
    other.room(1, 1);
    assert.deepEqual(other.sentText(), ["DATA 1 1", "DATA 1 0 END_STREAM"]);
  });

  test("a smaller setting can make a window negative: what was sent stays sent (RFC 9113 §6.9.2)", () => {
    const { wired, stream } = opened([[Setting.initialWindowSize, 20]]);
    stream.write(Buffer.alloc(50));
    assert.equal(wired.sentData(), 20);
    wired.settings([Setting.initialWindowSize, 5]);
    assert.equal(stream.sendWindow, -15);
    wired.room(1, 15);
    assert.equal(wired.sentData(), 0);
    wired.room(1, 1);
    assert.equal(wired.sentData(), 1);
    wired.settings([Setting.initialWindowSize, 10]);
    assert.equal(wired.sentData(), 5);
  });

  test("the window of the connection holds as well, and no setting changes it", () => {
    const { wired, stream } = opened([[Setting.initialWindowSize, 2 ** 20]]);
    stream.write(Buffer.alloc(100_000));
    assert.equal(wired.sentData(), 65_535);
    wired.room(0, 2 ** 20);
    assert.equal(wired.sentData(), 100_000 - 65_535);
  });

  test("no frame is longer than the peer allows", () => {
    const { wired, stream } = opened([[Setting.maxFrameSize, 20_000]]);
    stream.write(Buffer.alloc(50_000));
    assert.deepEqual(wired.sentText(), ["DATA 1 20000", "DATA 1 20000", "DATA 1 10000"]);
  });

  test("what is written in one go shares frames, as large as the peer and its windows allow", async () => {
    const { wired, stream } = opened([[Setting.initialWindowSize, 40_000]]);
    const done: number[] = [];
    for (let n = 0; n < 5000; n++) stream.write(Buffer.alloc(9, n), () => done.push(n));
    assert.deepEqual(done, [], "nothing has gone out yet");
    await Promise.resolve();
    assert.deepEqual(wired.sentText(), ["DATA 1 16380", "DATA 1 16380", "DATA 1 7236", "DATA 1 4"]);
    assert.equal(done.length, 4444, "of a write that has gone out in part nobody is told");
    wired.room(1, 40_000);
    assert.deepEqual(wired.sentText(), ["DATA 1 5000"]);
    assert.deepEqual(
      done,
      Array.from({ length: 5000 }, (_, n) => n),
    );
  });

  test("what is written in another turn has frames of its own, and any other frame stays behind it", async () => {
    const { wired, stream } = opened();
    for (const octet of [1, 2]) {
      stream.write(Buffer.of(octet));
      await Promise.resolve();
    }
    stream.write(Buffer.of(3));
    stream.write(Buffer.of(4));
    wired.frame(FrameType.ping, Buffer.alloc(8));
    stream.write(Buffer.of(5));
    stream.reset();
    assert.deepEqual(wired.sentText(), [
      "DATA 1 1",
      "DATA 1 1",
      "DATA 1 2",
      "PING 0 8 ACK",
      "DATA 1 1",
      "RST_STREAM 1 4",
      "GOAWAY 0 8",
    ]);
  });

  test("padding counts (RFC 9113 §6.9.1), and empty frames go in front", () => {
    const { wired, stream } = opened([[Setting.initialWindowSize, 30]]);
    stream.cut = { size: 8, padding: 3, empty: true };
    stream.write(Buffer.from("0123456789"));
    const frames = wired.sent();
    assert.deepEqual(
      frames.map(({ payload }) => Buffer.from(payload).toString("latin1")),
      ["", "\x0301234567\0\0\0", "", "\x0389\0\0\0"],
    );
    assert.equal(stream.sendWindow, 30 - 12 - 6);
    wired.room(1, 30);
    stream.write(Buffer.of(1));
    stream.write(Buffer.of(2));
    assert.equal(wired.sent().length, 4, "a cut is kept to: nothing is joined");
  });
});

describe("windows of the tester", () => {
  test("room is made again once half of it was read; padding is room too", () => {
    const { wired, told } = opened([], { settings: [[Setting.initialWindowSize, 1000]] });
    wired.data(1, Buffer.alloc(499));
    assert.deepEqual(wired.sentText(), []);
    wired.data(1, "\0", Flag.padded);
    assert.deepEqual(wired.sentText(), ["WINDOW_UPDATE 1 4"]);
    assert.deepEqual(told.lines, ["octets 499"]);
  });

  test("a long transfer gets a frame of room for many of DATA", () => {
    const { wired } = opened([], { settings: [[Setting.initialWindowSize, 2 ** 20]] });
    for (let n = 0; n < 2048; n++) wired.data(1, Buffer.alloc(16_384));
    const updates = wired.sentText();
    assert.equal(wired.end, null);
    assert.equal(updates.filter((line) => line === "WINDOW_UPDATE 1 4").length, 64);
    assert.equal(updates.filter((line) => line === "WINDOW_UPDATE 0 4").length, 4);
  });

  test("who holds the reading gets nothing, and the peer no room; then all in order, in turns of the event loop", async () => {
    const { wired, stream, told } = opened([], { settings: [[Setting.initialWindowSize, 200_000]] });
    stream.hold(true);
    let n = 0;
    for (; n < 190; n++) wired.data(1, Buffer.alloc(1000, n));
    for (let at = 0; at < 5000; at++) wired.data(1, Buffer.of(n));
    wired.head(1, [["trailer", "1"]], Flag.endHeaders | Flag.endStream);
    assert.deepEqual(told.lines, []);
    assert.deepEqual(wired.sentText(), []);
    wired.frame(FrameType.ping, Buffer.alloc(8));
    assert.deepEqual(wired.sentText(), ["PING 0 8 ACK"], "the rest of the connection goes on");
    stream.hold(false);
    assert.ok(
      told.octets.length > 0 && told.octets.length < 100_000,
      `${told.octets.length} in the first turn`,
    );
    while (told.lines.at(-1) !== "ended") await new Promise(setImmediate);
    assert.equal(told.octets.length, 195_000);
    assert.ok(told.octets.every((octet, at) => octet === Math.min(190, Math.floor(at / 1000))));
    assert.deepEqual(told.lines.slice(-2), ["head trailer=1", "ended"]);
  });
});
