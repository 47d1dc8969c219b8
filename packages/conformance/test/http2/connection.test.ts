import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  encodeHttp2Frame,
  Flag,
  FrameType,
  numberPayload,
  PREFACE,
  Setting,
  settingsPayload,
} from "../../src/wire/http2/frame.js";
import { encodeFields } from "../../src/wire/http2/hpack.js";
import { opened, Wired } from "./wired.js";

const STATUS = [[":status", "200"]] as const;

describe("what a connection begins with", () => {
  test("a client sends the preface, its settings and room for the connection", () => {
    const wired = new Wired({ settings: [[Setting.enablePush, 0]] });
    assert.deepEqual(Buffer.from(wired.transport.writes[0] ?? []), Buffer.from(PREFACE));
    assert.deepEqual(wired.sentText(), ["SETTINGS 0 6", "WINDOW_UPDATE 0 4"]);
  });

  test("a server takes the preface octet by octet, and what comes behind it", () => {
    const wired = new Wired({ role: "server" });
    const octets = Buffer.concat([
      PREFACE,
      encodeHttp2Frame({ type: FrameType.settings, flags: 0, stream: 0, payload: settingsPayload([]) }),
      encodeHttp2Frame({
        type: FrameType.headers,
        flags: Flag.endHeaders,
        stream: 1,
        payload: encodeFields([[":method", "GET"]]),
      }),
    ]);
    for (const octet of octets) wired.octets(Buffer.of(octet));
    assert.deepEqual(
      wired.requests.map(({ head }) => head.fields),
      [[[":method", "GET"]]],
    );
  });

  test("a client that begins otherwise is no client of HTTP/2", () => {
    const wired = new Wired({ role: "server" }).octets(Buffer.from("PRI * HTTP/2.0\r\n\r\nXX"));
    assert.equal(wired.end?.problem?.because, "the client does not begin with the preface of HTTP/2");
    assert.equal(wired.transport.ended, 1);
  });

  for (const [said, because] of [
    ["HTTP/1.1 400 Bad Request\r\n\r\n", /^it answers in HTTP\/1$/],
    ["\x15\x03\x01\0\x02\x02\x0a", /^it answers in TLS/],
    ["SSH-2.0-OpenSSH_9.6\r\n", /^an SSH server listens there$/],
    ["\xff\xfe\x1b[31mred", /^it begins "\.\.\.\[31mr/],
  ] as const) {
    test(`a server that says ${JSON.stringify(said.slice(0, 8))} speaks something else`, () => {
      const wired = new Wired();
      for (const octet of Buffer.from(`${said}${"x".repeat(30)}`, "latin1")) wired.octets(Buffer.of(octet));
      assert.match(wired.end?.problem?.because ?? "", because);
      assert.equal(wired.sentText().includes("GOAWAY 0 8"), false, "it would not understand GOAWAY");
    });
  }

  test("the first frame has to be SETTINGS (RFC 9113 §3.4)", () => {
    new Wired().frame(FrameType.ping, Buffer.alloc(8)).assertFails(/begins with PING/, "PROTOCOL_ERROR");
    new Wired()
      .frame(FrameType.settings, Buffer.alloc(0), 0, Flag.ack)
      .assertFails(/begins with SETTINGS/, "PROTOCOL_ERROR");
  });

  test("SETTINGS and PING are answered, ACKs are not", () => {
    const wired = new Wired();
    wired.sent();
    wired.settings().frame(FrameType.ping, Buffer.from("12345678"));
    wired.frame(FrameType.ping, Buffer.alloc(8), 0, Flag.ack);
    wired.frame(FrameType.settings, Buffer.alloc(0), 0, Flag.ack);
    assert.deepEqual(wired.sentText(), ["SETTINGS 0 0 ACK", "PING 0 8 ACK"]);
    assert.equal(wired.acknowledged, 1);
    assert.equal(wired.end, null);
  });
});

/** Frames that a receiver has to treat as an error, each on a connection with an open stream. */
const FAULTS: readonly (readonly [
  what: string,
  frame: readonly [type: number, payload: Uint8Array, stream: number, flags?: number],
  because: RegExp,
  code: string,
])[] = [
  ["DATA on no stream", [FrameType.data, Buffer.alloc(1), 0], /DATA is on no stream/, "PROTOCOL_ERROR"],
  [
    "DATA on stream 3",
    [FrameType.data, Buffer.alloc(1), 3],
    /DATA is on stream 3, which nobody/,
    "PROTOCOL_ERROR",
  ],
  [
    "DATA on stream 2",
    [FrameType.data, Buffer.alloc(1), 2],
    /DATA is on stream 2, which nobody/,
    "PROTOCOL_ERROR",
  ],
  ["too much padding", [FrameType.data, Buffer.of(1), 1, Flag.padded], /more padding/, "PROTOCOL_ERROR"],
  [
    "padding and no octet",
    [FrameType.data, Buffer.alloc(0), 1, Flag.padded],
    /more padding/,
    "PROTOCOL_ERROR",
  ],
  [
    "a head with padding",
    [FrameType.headers, Buffer.of(9, 0), 1, 12],
    /HEADERS has more padding/,
    "PROTOCOL_ERROR",
  ],
  [
    "a head cut in its priority",
    [FrameType.headers, Buffer.of(0), 1, 0x24],
    /HEADERS has more/,
    "PROTOCOL_ERROR",
  ],
  [
    "a head on no stream",
    [FrameType.headers, Buffer.of(0x88), 0, 4],
    /HEADERS is on no stream/,
    "PROTOCOL_ERROR",
  ],
  [
    "a head on stream 2",
    [FrameType.headers, Buffer.of(0x88), 2, 4],
    /HEADERS is on stream 2/,
    "PROTOCOL_ERROR",
  ],
  ["a head that is not HPACK", [FrameType.headers, Buffer.of(0x80), 1, 4], /index 0/, "COMPRESSION_ERROR"],
  [
    "CONTINUATION alone",
    [FrameType.continuation, Buffer.of(0x88), 1, 4],
    /follows no head/,
    "PROTOCOL_ERROR",
  ],
  ["a push", [FrameType.pushPromise, Buffer.of(0, 0, 0, 2, 0x82), 1, 4], /pushes/, "PROTOCOL_ERROR"],
  [
    "RST_STREAM of 3 octets",
    [FrameType.rstStream, Buffer.alloc(3), 1],
    /3 octets instead of 4/,
    "FRAME_SIZE_ERROR",
  ],
  ["RST_STREAM on no stream", [FrameType.rstStream, Buffer.alloc(4), 0], /is on no stream/, "PROTOCOL_ERROR"],
  ["RST_STREAM on stream 5", [FrameType.rstStream, Buffer.alloc(4), 5], /stream 5, which/, "PROTOCOL_ERROR"],
  ["SETTINGS of 5 octets", [FrameType.settings, Buffer.alloc(5), 0], /a multiple of 6/, "FRAME_SIZE_ERROR"],
  ["SETTINGS on a stream", [FrameType.settings, Buffer.alloc(0), 1], /is on a stream/, "PROTOCOL_ERROR"],
  [
    "ACK with settings",
    [FrameType.settings, Buffer.alloc(6), 0, Flag.ack],
    /as it has ACK/,
    "FRAME_SIZE_ERROR",
  ],
  ["PING of 7 octets", [FrameType.ping, Buffer.alloc(7), 0], /7 octets instead of 8/, "FRAME_SIZE_ERROR"],
  ["PING on a stream", [FrameType.ping, Buffer.alloc(8), 1], /is on a stream/, "PROTOCOL_ERROR"],
  ["GOAWAY of 7 octets", [FrameType.goaway, Buffer.alloc(7), 0], /8 or more/, "FRAME_SIZE_ERROR"],
  ["GOAWAY on a stream", [FrameType.goaway, Buffer.alloc(8), 1], /is on a stream/, "PROTOCOL_ERROR"],
  ["WINDOW_UPDATE of 5 octets", [FrameType.windowUpdate, Buffer.alloc(5), 0], /5 octets/, "FRAME_SIZE_ERROR"],
  [
    "no room for all",
    [FrameType.windowUpdate, Buffer.alloc(4), 0],
    /the connection makes room for 0/,
    "PROTOCOL_ERROR",
  ],
  [
    "no room",
    [FrameType.windowUpdate, numberPayload(2 ** 31), 1],
    /stream 1 makes room for 0/,
    "PROTOCOL_ERROR",
  ],
  ["too much room", [FrameType.windowUpdate, numberPayload(2 ** 31 - 1), 0], /2\^31/, "FLOW_CONTROL_ERROR"],
  [
    "room on stream 7",
    [FrameType.windowUpdate, numberPayload(1), 7],
    /stream 7, which nobody/,
    "PROTOCOL_ERROR",
  ],
  [
    "16 MiB announced",
    [FrameType.data, Buffer.alloc(16_385), 1],
    /16385 octets, more than/,
    "FRAME_SIZE_ERROR",
  ],
  ["push allowed", [FrameType.settings, settingsPayload([[2, 1]]), 0], /ENABLE_PUSH to 1/, "PROTOCOL_ERROR"],
  [
    "a huge window",
    [FrameType.settings, settingsPayload([[4, 2 ** 31]]), 0],
    /INITIAL_WINDOW/,
    "FLOW_CONTROL_ERROR",
  ],
  [
    "frames of 0",
    [FrameType.settings, settingsPayload([[5, 0]]), 0],
    /MAX_FRAME_SIZE to 0/,
    "PROTOCOL_ERROR",
  ],
  [
    "frames of 2^24",
    [FrameType.settings, settingsPayload([[5, 2 ** 24]]), 0],
    /MAX_FRAME_SIZE/,
    "PROTOCOL_ERROR",
  ],
];

describe("frames behind which nothing can be read", () => {
  for (const [what, [type, payload, stream, flags], because, code] of FAULTS) {
    test(what, () => {
      const { wired, stream: open, told } = opened([[Setting.initialWindowSize, 10]]);
      let done = 0;
      open.write(Buffer.alloc(100_000), () => done++);
      wired.frame(type, payload, stream, flags);
      wired.assertFails(because, code);
      assert.equal(told.lines.length, 1);
      assert.match(told.lines[0] ?? "", because);
      assert.equal(done, 1, "nobody waits for what cannot be sent any more");
      wired.data(1, "late");
      assert.equal(told.lines.length, 1, "nothing is read behind it");
    });
  }

  test("a head that another frame interrupts, or CONTINUATION of another stream", () => {
    const half = (): Wired =>
      opened().wired.frame(FrameType.headers, encodeFields(STATUS).subarray(0, 3), 1, 0);
    half()
      .frame(FrameType.ping, Buffer.alloc(8))
      .assertFails(/interrupted/, "PROTOCOL_ERROR");
    half()
      .frame(FrameType.continuation, Buffer.of(0), 3, 4)
      .assertFails(/interrupted/, "PROTOCOL_ERROR");
  });

  test("DATA or a head behind END_STREAM", () => {
    const ended = (): Wired => opened().wired.data(1, "x", Flag.endStream);
    ended()
      .data(1, "y")
      .assertFails(/DATA follows END_STREAM/, "STREAM_CLOSED");
    ended()
      .head(1, STATUS)
      .assertFails(/HEADERS follows END_STREAM/, "STREAM_CLOSED");
  });

  test("more DATA than the window has room for", () => {
    const { wired } = opened([], { updatesWindows: false });
    for (let left = 65_535; left > 0; left -= 16_383) wired.data(1, Buffer.alloc(Math.min(left, 16_383)));
    assert.equal(wired.end, null);
    wired.data(1, "x").assertFails(/more DATA than the window/, "FLOW_CONTROL_ERROR");
  });

  test("more room on a stream than a window can have", () => {
    opened()
      .wired.room(1, 2 ** 31 - 1)
      .assertFails(/2\^31/, "FLOW_CONTROL_ERROR");
  });

  test("a window that only a setting makes too large", () => {
    const { wired } = opened();
    wired.room(1, 2 ** 31 - 1 - 65_535);
    assert.equal(wired.end, null);
    wired.settings([Setting.initialWindowSize, 65_536]).assertFails(/2\^31/, "FLOW_CONTROL_ERROR");
  });
});

describe("frames that mean nothing and do no harm", () => {
  test("unknown types and settings, PRIORITY anywhere, DATA of a stream that was given up", () => {
    const { wired, stream, told } = opened();
    wired.frame(0xab, Buffer.alloc(20), 9).settings([0x99, 7]);
    wired
      .frame(FrameType.priority, Buffer.alloc(5), 9)
      .frame(FrameType.priority, Buffer.of(0, 0, 0, 1, 0), 1);
    stream.sendReset("CANCEL");
    wired
      .data(1, "on the way")
      .room(1, 5)
      .head(1, [["x", "y"]])
      .frame(FrameType.rstStream, Buffer.alloc(4), 1);
    assert.equal(wired.end, null);
    assert.deepEqual(told.lines, []);
  });
});

describe("floods", () => {
  /** How many of these frames a connection takes before it is given up. */
  function taken(wired: Wired, send: (n: number) => void, code = "ENHANCE_YOUR_CALM"): number {
    for (let n = 0; n < 100_000; n++) {
      send(n);
      if (wired.end === null) continue;
      wired.assertFails(/./, code);
      return n;
    }
    return Infinity;
  }

  const floods: Readonly<Record<string, (wired: Wired, n: number) => void>> = {
    PING: (wired) => wired.frame(FrameType.ping, Buffer.alloc(8)),
    SETTINGS: (wired) => wired.settings([Setting.initialWindowSize, 1]),
    "PRIORITY, in loops": (wired, n) =>
      wired.frame(FrameType.priority, numberPayload(n % 2).subarray(0), 1 + (n % 3)),
    "empty DATA": (wired) => wired.data(1, ""),
    "padding alone, as empty": (wired) => wired.frame(FrameType.data, Buffer.alloc(0), 1),
    "frames of no known type": (wired) => wired.frame(0xee, Buffer.alloc(3)),
    "room in the smallest pieces": (wired) => wired.room(0, 1),
    RST_STREAM: (wired) => wired.frame(FrameType.rstStream, numberPayload(8), 1),
    "empty CONTINUATION": (wired, n) =>
      n === 0 ? wired.frame(FrameType.headers, Buffer.alloc(0), 1) : wired.frame(9, Buffer.alloc(0), 1),
    "full CONTINUATION": (wired, n) =>
      n === 0 ? wired.frame(FrameType.headers, Buffer.alloc(0), 1) : wired.frame(9, Buffer.alloc(16_384), 1),
    trailers: (wired) => wired.head(1, [["a", "b"]]),
  };
  for (const [what, send] of Object.entries(floods)) {
    test(`of ${what}`, () => {
      const { wired } = opened();
      assert.ok(taken(wired, (n) => send(wired, n)) <= 10_000);
    });
  }

  test("of PINGs by a peer that reads nothing: few answers wait", () => {
    const { wired } = opened();
    wired.transport.isHolding = true;
    assert.equal(
      taken(wired, () => wired.frame(FrameType.ping, Buffer.alloc(8))),
      1000,
    );
  });

  test("rapid reset of a client: opens and resets", () => {
    const wired = new Wired({ role: "server" }).octets(PREFACE).settings();
    const opens = taken(wired, (n) => {
      wired.head(2 * n + 1, [[":method", "GET"]]).frame(FrameType.rstStream, numberPayload(8), 2 * n + 1);
    });
    assert.ok(opens <= 5000, String(opens));
  });

  test("a header bomb is not unpacked", () => {
    const { wired } = opened();
    const bomb = Buffer.concat([
      Buffer.from("40016 17fa11e".replace(" ", ""), "hex"),
      Buffer.alloc(4000, "x"),
    ]);
    wired.frame(FrameType.headers, Buffer.concat([bomb, Buffer.alloc(12_000, 0xbe)]), 1, Flag.endHeaders);
    wired.assertFails(/more than 65536 octets, unpacked/, "COMPRESSION_ERROR");
  });

  test("a peer that takes long writes in small pieces, with two frames of room for each, is not one", () => {
    const { wired, stream } = opened();
    for (let n = 0; n < 30_000; n++) {
      stream.write(Buffer.of(1));
      wired.room(1, 1).room(0, 1);
    }
    assert.equal(wired.end, null);
  });
});
