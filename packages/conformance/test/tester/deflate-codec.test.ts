import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { DeflateCodec } from "../../src/tester/deflate-codec.js";
import type { ViolationName } from "../../src/record/violation.js";
import type { Profile } from "../../src/record/record.js";
import { deflated, noise, records } from "../wire/deflate-kit.js";
import { AGREEMENTS, agreed } from "../support/agreements.js";

const MIB = 1024 * 1024;

/** Inflates one message; its octets, or what was wrong with it. */
function inflate(codec: DeflateCodec, message: Uint8Array): Buffer | ViolationName {
  const pieces: Uint8Array[] = [];
  const sink = (out: Uint8Array): void => void pieces.push(new Uint8Array(out));
  return codec.inflater.push(message, sink) ?? codec.inflater.end(sink) ?? Buffer.concat(pieces);
}

function withCodec(codec: DeflateCodec, use: (codec: DeflateCodec) => void): void {
  try {
    use(codec);
  } finally {
    codec.close();
  }
}

describe("both sides of a connection understand each other", () => {
  const messages = [
    records(3000),
    noise(700),
    new Uint8Array(0),
    records(3000),
    noise(700),
    records(40_000, 2),
  ];
  test("with all agreed parameters, in both directions", () => {
    for (const agreement of AGREEMENTS) {
      withCodec(new DeflateCodec(agreement, "client", "modern"), (client) => {
        withCodec(new DeflateCodec(agreement, "server", "modern"), (server) => {
          for (const message of messages) {
            const [there, back] = [
              inflate(server, client.deflate(message)),
              inflate(client, server.deflate(message)),
            ];
            assert.deepEqual(
              [there, back],
              [Buffer.from(message), Buffer.from(message)],
              JSON.stringify(agreement),
            );
          }
        });
      });
    }
  });
});

describe("each side has its own parameters", () => {
  const agreement = agreed({
    clientMaxWindowBits: 10,
    serverMaxWindowBits: 12,
    clientNoContextTakeover: true,
  });
  test("the tester's window, and whether it keeps context", () => {
    withCodec(new DeflateCodec(agreement, "client", "modern"), ({ side }) =>
      assert.deepEqual(side, { windowBits: 10, noContextTakeover: true }),
    );
    withCodec(new DeflateCodec(agreement, "server", "modern"), ({ side }) =>
      assert.deepEqual(side, { windowBits: 12, noContextTakeover: false }),
    );
  });
  const message = noise(400);
  /** The length of the second of two equal messages, which is short only where the first is remembered. */
  const second = (codec: DeflateCodec): number => {
    codec.deflate(message);
    return codec.deflate(message).length;
  };
  for (const [name, codec, remembers] of [
    ["a client that keeps context", new DeflateCodec(agreed(), "client", "modern"), true],
    [
      "a client that does not",
      new DeflateCodec(agreed({ clientNoContextTakeover: true }), "client", "modern"),
      false,
    ],
    [
      "a client whose server does not",
      new DeflateCodec(agreed({ serverNoContextTakeover: true }), "client", "modern"),
      true,
    ],
    [
      "a server that does not",
      new DeflateCodec(agreed({ serverNoContextTakeover: true }), "server", "modern"),
      false,
    ],
    [
      "a client with a window that is too small for it",
      new DeflateCodec(agreed({ clientMaxWindowBits: 8 }), "client", "modern"),
      false,
    ],
  ] as const) {
    test(name, () => withCodec(codec, () => assert.equal(second(codec) < 100, remembers)));
  }
});

describe("what is wrong with a peer's message", () => {
  const repeated = Buffer.concat([noise(2000), noise(2000)]);
  const table: readonly (readonly [
    name: string,
    window: number,
    profile: Profile,
    message: Uint8Array,
    found: ViolationName | null,
  ])[] = [
    ["nothing", 15, "modern", deflated(records(5000)), null],
    ["garbage", 15, "modern", Buffer.from("garbage that is no DEFLATE"), "corrupt-deflate"],
    ["the same under autobahn", 15, "autobahn", Buffer.from("garbage that is no DEFLATE"), "corrupt-deflate"],
    ["a block of the reserved type", 15, "modern", Uint8Array.of(0x06), "corrupt-deflate"],
    ["references beyond the agreed window", 9, "modern", deflated(repeated), "window-exceeded"],
    ["the same under autobahn, which looks at the largest window", 9, "autobahn", deflated(repeated), null],
    ["references within the agreed window", 9, "modern", deflated(repeated, { windowBits: 9 }), null],
    ["as much as is allowed", 15, "modern", deflated(Buffer.alloc(16 * MIB)), null],
    ["one octet more", 15, "modern", deflated(Buffer.alloc(16 * MIB + 1)), "inflated-too-long"],
    ["the same under autobahn", 15, "autobahn", deflated(Buffer.alloc(16 * MIB + 1)), "inflated-too-long"],
  ];
  for (const [name, window, profile, message, found] of table) {
    for (const role of ["client", "server"] as const) {
      test(`${name}, the tester is the ${role}`, () => {
        const agreement =
          role === "client"
            ? agreed({ serverMaxWindowBits: window })
            : agreed({ clientMaxWindowBits: window });
        withCodec(new DeflateCodec(agreement, role, profile), (codec) => {
          const result = inflate(codec, message);
          assert.equal(typeof result === "string" ? result : null, found);
        });
      });
    }
  }
  test("a peer that takes context over although it promised not to", () => {
    const peer = new DeflateCodec(agreed(), "server", "modern");
    const tester = new DeflateCodec(agreed({ serverNoContextTakeover: true }), "client", "modern");
    const message = noise(400);
    assert.deepEqual(inflate(tester, peer.deflate(message)), message);
    assert.equal(inflate(tester, peer.deflate(message)), "context-taken-over");
    peer.close();
    tester.close();
  });
  test("what was wrong stays wrong", () => {
    withCodec(new DeflateCodec(agreed(), "client", "modern"), (codec) => {
      assert.equal(inflate(codec, Uint8Array.of(0x06)), "corrupt-deflate");
      assert.equal(inflate(codec, deflated(records(10))), "corrupt-deflate");
    });
  });
});

test("closing may happen twice, before anything was compressed too", () => {
  const codec = new DeflateCodec(agreed(), "client", "modern");
  codec.close();
  codec.close();
  assert.throws(() => codec.inflater.push(Uint8Array.of(0), () => undefined), Error);
});
