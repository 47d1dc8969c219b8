import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import fc from "fast-check";
import { MessageDeflater } from "../../src/wire/deflate.js";
import type { MessageInflater } from "../../src/wire/inflate.js";
import {
  assertSame,
  cut,
  deflated,
  FixedBlock,
  inflateMessage,
  inflateMessageInThread,
  inflater,
  noise,
  records,
  sampleMessages,
  storedBlock,
  TAIL,
  wayName,
  WAYS,
  WINDOWS,
} from "./deflate-kit.js";

const HELLO = Buffer.from("Hello");

function hex(octets: string): Buffer {
  return Buffer.from(octets.replaceAll(" ", ""), "hex");
}

for (const handle of WAYS) {
  describe(`decompressed with the ${wayName(handle)}`, () => {
    describe("the examples of RFC 7692 §7.2.3", () => {
      const table: readonly (readonly [
        name: string,
        payloads: readonly string[],
        texts: readonly string[],
      ])[] = [
        ["one message", ["f2 48 cd c9 c9 07 00"], ["Hello"]],
        ["the window shared", ["f2 48 cd c9 c9 07 00", "f2 00 11 00 00"], ["Hello", "Hello"]],
        ["a stored block", ["00 05 00 fa ff 48 65 6c 6c 6f 00"], ["Hello"]],
        ["BFINAL", ["f3 48 cd c9 c9 07 00 00"], ["Hello"]],
        [
          "the window survives BFINAL",
          ["f3 48 cd c9 c9 07 00 00", "f2 00 11 00 00", "f2 00 11 00 00"],
          ["Hello", "Hello", "Hello"],
        ],
        ["two blocks", ["f2 48 05 00 00 00 ff ff ca c9 c9 07 00"], ["Hello"]],
        ["the empty block at the end is final", ["01", "f2 48 cd c9 c9 07 00"], ["", "Hello"]],
        ["an empty message", ["00", "f2 48 cd c9 c9 07 00", "00"], ["", "Hello", ""]],
      ];
      for (const [name, payloads, texts] of table) {
        for (const windowBits of [8, 15]) {
          test(`${name}, ${windowBits} bits`, async () => {
            const [here, inThread] = [inflater({ handle, windowBits }), inflater({ handle, windowBits })];
            const octetByOctet = inflater({ handle, windowBits });
            for (const [index, payload] of payloads.map(hex).entries()) {
              const text = Buffer.from(texts[index] ?? "");
              assertSame(inflateMessage(here, payload), text);
              assertSame(await inflateMessageInThread(inThread, payload), text);
              assertSame(inflateMessage(octetByOctet, cut(payload, [...payload.keys()].slice(1))), text);
            }
            for (const each of [here, inThread, octetByOctet]) assert.equal(each.finish(), null);
          });
        }
      }
    });

    describe("blocks with BFINAL set, over a full window", () => {
      for (const windowBits of [9, 15]) {
        for (const thread of [false, true]) {
          test(`${windowBits} bits, ${thread ? "on a thread" : "here"}`, async () => {
            const reader = inflater({ handle, windowBits });
            const read = (payload: Uint8Array): Promise<Buffer | string> =>
              thread
                ? inflateMessageInThread(reader, payload)
                : Promise.resolve(inflateMessage(reader, payload));
            const window = 1 << windowBits;
            const first = noise(100_000);
            const final = deflateRawSync(first, { windowBits, finishFlush: constants.Z_FINISH });
            // Two final blocks inside one message, then a message that lives on what came before them.
            const again = Buffer.concat([
              final,
              deflateRawSync(records(50), { windowBits }),
              Uint8Array.of(0),
            ]);
            assertSame((await read(again)) as Buffer, Buffer.concat([first, records(50)]));
            const seen = Buffer.concat([first, records(50)]).subarray(-window);
            const message = Buffer.concat([seen.subarray(window / 2), noise(300_000, 3)]);
            const payload = deflated(message, { windowBits, dictionary: seen });
            assertSame((await read(payload)) as Buffer, message);
            assert.equal(reader.finish(), null);
          });
        }
      }
      test("many of them", () => {
        const reader = inflater({ handle });
        const empty = new FixedBlock(true).end();
        const payload = Buffer.concat([...Array.from({ length: 500 }, () => empty), Uint8Array.of(0)]);
        assertSame(inflateMessage(reader, payload), Buffer.alloc(0));
        assertSame(inflateMessage(reader, hex("f2 48 cd c9 c9 07 00")), HELLO);
      });
      test("without context takeover, nothing is left of the message before", () => {
        const reader = inflater({ handle, noContextTakeover: true });
        assertSame(inflateMessage(reader, hex("f3 48 cd c9 c9 07 00 00")), HELLO);
        assert.equal(inflateMessage(reader, hex("f2 00 11 00 00")), "takes-over");
      });
      test("the empty block at the end is owed after a final one, too", () => {
        const reader = inflater({ handle, noContextTakeover: true });
        assert.equal(inflateMessage(reader, hex("f3 48 cd c9 c9 07 00")), "corrupt");
      });
    });

    describe("the window is the agreed one, to the octet", () => {
      for (const windowBits of WINDOWS) {
        const window = 1 << windowBits;
        const before = noise(window + 10);
        const twoBlocks = (distance: number): Buffer =>
          Buffer.concat([storedBlock(before), new FixedBlock().reference(distance).end()]);
        test(`${windowBits} bits: ${window} octets back`, () => {
          const expected = Buffer.concat([before, before.subarray(10, 13)]);
          assertSame(inflateMessage(inflater({ handle, windowBits }), twoBlocks(window)), expected);
        });
        if (windowBits === 15) continue;
        test(`${windowBits} bits: one octet more, however it is cut`, () => {
          const payload = twoBlocks(window + 1);
          assert.equal(inflateMessage(inflater({ handle, windowBits }), payload), "too-far-back");
          fc.assert(
            fc.property(fc.array(fc.nat(payload.length), { maxLength: 5 }), (places) => {
              const reader = inflater({ handle, windowBits });
              assert.equal(inflateMessage(reader, cut(payload, places)), "too-far-back");
              reader.close();
            }),
            { numRuns: 15 },
          );
        });
        test(`${windowBits} bits: a peer that compresses with 15`, async () => {
          const block = noise(window + 100);
          const payload = deflated(Buffer.concat([block, block]));
          assert.equal(inflateMessage(inflater({ handle, windowBits }), payload), "too-far-back");
          assert.equal(
            await inflateMessageInThread(inflater({ handle, windowBits }), payload),
            "too-far-back",
          );
        });
      }
      test("a reference to before the first octet", () => {
        const payload = new FixedBlock().literal(97).literal(200).reference(3).end();
        for (const windowBits of [8, 15]) {
          assert.equal(inflateMessage(inflater({ handle, windowBits }), payload), "too-far-back");
        }
      });
      test("a peer that keeps its context although it agreed not to", () => {
        const deflater = new MessageDeflater({ windowBits: 15, noContextTakeover: false });
        const reader = inflater({ handle, noContextTakeover: true });
        assertSame(inflateMessage(reader, deflater.deflateSync(noise(100))), noise(100));
        assert.equal(inflateMessage(reader, deflater.deflateSync(noise(100))), "takes-over");
        deflater.close();
      });
      test("a peer that drops its context although it need not", () => {
        const deflater = new MessageDeflater({ windowBits: 15, noContextTakeover: true });
        const reader = inflater({ handle });
        for (const message of sampleMessages()) {
          assertSame(inflateMessage(reader, deflater.deflateSync(message)), message);
        }
        deflater.close();
      });
    });

    describe("messages that do not end where a block ends", () => {
      const unstripped = Buffer.concat([deflated(records(200)), TAIL]);
      const halfway = deflated(records(2000), { strategy: constants.Z_HUFFMAN_ONLY }).subarray(0, 200);
      for (const [name, payload] of [
        ["the tail left on", unstripped],
        ["cut short", halfway],
        ["nothing at all", Buffer.alloc(0)],
        ["a stored block cut short", storedBlock(noise(50)).subarray(0, 30)],
      ] as const) {
        test(`${name}: known at once with a small window, or without context takeover`, () => {
          const small = inflater({ handle, windowBits: 14 });
          assert.equal(inflateMessage(small, payload), "corrupt");
          assert.equal(inflateMessage(inflater({ handle, noContextTakeover: true }), payload), "corrupt");
        });
        test(`${name}: known at the latest when it is over`, () => {
          const reader = inflater({ handle });
          const last = inflateMessage(reader, payload);
          assert.equal(last === "corrupt" ? last : reader.finish(), "corrupt");
        });
      }
      test("the tail left on: known in the second message", () => {
        const reader = inflater({ handle });
        assert.equal(
          [inflateMessage(reader, unstripped), inflateMessage(reader, unstripped)].includes("corrupt"),
          true,
        );
      });
    });

    describe("no DEFLATE", () => {
      const table: readonly (readonly [name: string, payload: Uint8Array])[] = [
        ["a block of the reserved type", hex("07 00 00 00")],
        ["a stored block whose lengths differ", hex("00 05 00 fa fe 48 65 6c 6c 6f")],
        ["a length symbol that means nothing", new FixedBlock().lengthCode(286).octets()],
        [
          "a distance symbol that means nothing",
          new FixedBlock().literal(1).length().distanceCode(30).octets(),
        ],
        ["too many literal codes", hex("fd ff ff ff ff ff ff ff")],
        ["octets without sense", noise(500, 7)],
      ];
      for (const [name, payload] of table) {
        for (const windowBits of [8, 15]) {
          test(`${name}, ${windowBits} bits`, async () => {
            const longer = Buffer.concat([payload, Buffer.alloc(8)]);
            assert.equal(inflateMessage(inflater({ handle, windowBits }), longer), "corrupt");
            assert.equal(await inflateMessageInThread(inflater({ handle, windowBits }), longer), "corrupt");
          });
        }
      }
      test("the first problem is the last word", async () => {
        const reader = inflater({ handle, windowBits: 9 });
        const sink = (): void => assert.fail("no output is expected");
        assert.equal(reader.pushSync(hex("07 00"), sink), "corrupt");
        assert.equal(reader.pushSync(hex("f2 48 cd c9 c9 07 00"), sink), "corrupt");
        assert.equal(await reader.push(hex("f2 48 cd c9 c9 07 00"), sink), "corrupt");
        assert.equal(reader.end(sink), "corrupt");
        assert.equal(reader.finish(), "corrupt");
      });
    });

    describe("decompression bombs", () => {
      const bomb = deflated(Buffer.alloc(32 << 20));
      const limitOctets = 100_000;
      for (const windowBits of [9, 15]) {
        test(`stop at the limit, ${windowBits} bits`, async () => {
          const payload = windowBits === 15 ? bomb : deflated(Buffer.alloc(4 << 20), { windowBits });
          for (const feed of [feedHere, feedInThread]) {
            const reader = inflater({ handle, windowBits, limitOctets });
            const { problem, octets, largest } = await feed(reader, payload);
            assert.equal(problem, "too-long");
            // What fits comes through piece by piece; in one go, none of it.
            assert.equal(octets, handle ? limitOctets : 0);
            assert.ok(largest <= 65_536);
          }
        });
      }
      test("the limit itself is allowed, in every message", () => {
        for (const noContextTakeover of [true, false]) {
          const deflater = new MessageDeflater({ windowBits: 15, noContextTakeover });
          const reader = inflater({ handle, limitOctets, noContextTakeover });
          for (let i = 0; i < 3; i++) {
            assertSame(
              inflateMessage(reader, deflater.deflateSync(noise(limitOctets, i))),
              noise(limitOctets, i),
            );
          }
          assert.equal(inflateMessage(reader, deflater.deflateSync(noise(limitOctets + 1))), "too-long");
          deflater.close();
        }
      });
      test("a limit of nothing", () => {
        assertSame(inflateMessage(inflater({ handle, limitOctets: 0 }), Uint8Array.of(0)), Buffer.alloc(0));
        assert.equal(inflateMessage(inflater({ handle, limitOctets: 0 }), deflated(HELLO)), "too-long");
      });
    });

    test("any cut, any thread", async () => {
      const places = fc.array(fc.nat(6000), { maxLength: 8 });
      const settings = fc.record({
        windowBits: fc.constantFrom(8, 9, 12, 15),
        noContextTakeover: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(places, settings, fc.boolean(), async (places, options, thread) => {
          const deflater = new MessageDeflater(options);
          const reader = inflater({ ...options, handle });
          for (const message of [records(9000), noise(3000), records(7000, 3)]) {
            const output: Buffer[] = [];
            const sink = (piece: Uint8Array): void => void output.push(Buffer.from(piece));
            for (const piece of cut(deflater.deflateSync(message), places)) {
              assert.equal(thread ? await reader.push(piece, sink) : reader.pushSync(piece, sink), null);
            }
            assert.equal(reader.end(sink), null);
            assertSame(Buffer.concat(output), message);
          }
          assert.equal(reader.finish(), null);
          deflater.close();
        }),
        { numRuns: 40 },
      );
    });

    test("calls after the end", async () => {
      for (const end of ["finish", "close"] as const) {
        const reader = inflater({ handle });
        reader[end]();
        reader.close();
        assert.throws(() => reader.pushSync(HELLO, () => {}), /the inflater is closed/);
        assert.throws(() => reader.end(() => {}), /the inflater is closed/);
        assert.throws(() => reader.finish(), /the inflater is closed/);
        await assert.rejects(
          reader.push(HELLO, () => {}),
          /the inflater is closed/,
        );
      }
    });

    test("a message that is not over says nothing at the end", () => {
      const reader = inflater({ handle });
      assert.equal(
        reader.pushSync(deflated(records(2000)).subarray(0, 100), () => {}),
        null,
      );
      assert.equal(reader.finish(), null);
    });
  });
}

test("one piece at a time", async () => {
  const reader = inflater({ handle: true });
  const message = noise(200_000);
  const payload = deflated(message);
  const output: Buffer[] = [];
  const running = reader.push(payload, (piece) => void output.push(Buffer.from(piece)));
  assert.throws(() => reader.pushSync(payload, () => {}), /the inflater is busy/);
  assert.throws(() => reader.end(() => {}), /the inflater is busy/);
  assert.throws(() => reader.finish(), /the inflater is busy/);
  assert.equal(await running, null);
  assertSame(Buffer.concat(output), message);
  reader.close();
});

test("closing an inflater at work ends it without a word", async () => {
  const reader = inflater({ handle: true, limitOctets: 1 << 26 });
  const running = reader.push(deflated(Buffer.alloc(1 << 24)), () => {});
  reader.close();
  assert.equal(await running, null);
  assert.throws(() => reader.pushSync(HELLO, () => {}), /the inflater is closed/);
});

describe("a sink that closes the inflater gets nothing more, and zlib is not asked again", () => {
  const payload = deflated(Buffer.alloc(500_000));
  for (const handle of WAYS) {
    test(`on this thread, ${wayName(handle)}`, () => {
      const reader = inflater({ handle });
      let calls = 0;
      const sink = (): void => {
        calls++;
        reader.close();
      };
      const problem = reader.pushSync(payload, sink);
      // The documented functions inflate at the end of a message.
      const later = handle ? null : reader.end(sink);
      assert.deepEqual([problem, later, calls], [null, null, 1]);
      assert.throws(() => reader.pushSync(HELLO, sink), /the inflater is closed/);
    });
  }
  test("at the end of a message", () => {
    const reader = inflater({ handle: true });
    // An unfinished message: the tail that belongs to its end is read as the content of a stored block.
    assert.equal(
      reader.pushSync(Uint8Array.of(0x00, 0x04, 0x00, 0xfb, 0xff), () => assert.fail("nothing")),
      null,
    );
    assert.equal(
      reader.end(() => reader.close()),
      null,
    );
    assert.throws(() => reader.end(() => {}), /the inflater is closed/);
  });
  test("in a thread", async () => {
    const reader = inflater({ handle: true });
    let calls = 0;
    const problem = await reader.push(payload, () => {
      calls++;
      reader.close();
    });
    assert.deepEqual([problem, calls], [null, 1]);
  });
});

interface Fed {
  readonly problem: string | null;
  readonly octets: number;
  readonly largest: number;
}

function counter(): { sink: (piece: Uint8Array) => void; fed: (problem: string | null) => Fed } {
  let octets = 0;
  let largest = 0;
  return {
    sink: (piece) => {
      octets += piece.length;
      largest = Math.max(largest, piece.length);
    },
    fed: (problem) => ({ problem, octets, largest }),
  };
}

async function feedHere(reader: MessageInflater, payload: Uint8Array): Promise<Fed> {
  const { sink, fed } = counter();
  return fed(reader.pushSync(payload, sink) ?? reader.end(sink));
}

async function feedInThread(reader: MessageInflater, payload: Uint8Array): Promise<Fed> {
  const { sink, fed } = counter();
  return fed((await reader.push(payload, sink)) ?? reader.end(sink));
}
