import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CaptureError, packetsOf } from "../../src/lint/capture-file.js";
import type { CaptureEnd } from "../../src/lint/packet.js";
import { inPieces, pcap, pcapng, type FileOptions, type PcapngOptions } from "../support/captures.js";

interface Read {
  readonly packets: readonly string[];
  readonly times: readonly (bigint | null)[];
  readonly problem: string | null;
}

async function read(file: Uint8Array, length?: number): Promise<Read> {
  const end: CaptureEnd = { problem: null };
  const packets: string[] = [];
  const times: (bigint | null)[] = [];
  for await (const { octets, atNanos, number } of packetsOf(inPieces(file, length), end)) {
    packets.push(octets.toString("hex"));
    times.push(atNanos);
    assert.equal(number, packets.length);
  }
  return { packets, times, problem: end.problem };
}

const PACKETS = [Buffer.of(1, 2, 3), Buffer.alloc(60, 9), Buffer.alloc(0), Buffer.of(7)];
const HEX = PACKETS.map((packet) => packet.toString("hex"));
const TIMES = PACKETS.map((_, i) => 1_700_000_000_000_000_000n + BigInt(i) * 1_000_000n);

const ORDERS: readonly FileOptions[] = [
  {},
  { isBigEndian: true },
  { isNano: true },
  { isNano: true, isBigEndian: true },
];

describe("the two formats", () => {
  for (const options of ORDERS) {
    test(`pcap ${JSON.stringify(options)}`, async () => {
      const expected = { packets: HEX, times: TIMES, problem: null };
      assert.deepEqual(await read(pcap(PACKETS, options)), expected);
      assert.deepEqual(await read(pcap(PACKETS, options), 1), expected);
    });
    test(`pcapng ${JSON.stringify(options)}`, async () => {
      const expected = { packets: HEX, times: TIMES, problem: null };
      assert.deepEqual(await read(pcapng(PACKETS, options)), expected);
      assert.deepEqual(await read(pcapng(PACKETS, options), 1), expected);
      assert.deepEqual(await read(pcapng(PACKETS, { ...options, block: "old" })), expected);
    });
  }

  test("packets without a time", async () => {
    const { packets, times } = await read(pcapng(PACKETS, { block: "simple" }));
    assert.deepEqual([packets, times], [HEX, PACKETS.map(() => null)]);
  });

  test("times in milliseconds", async () => {
    assert.deepEqual((await read(pcapng(PACKETS, { resolution: 3 }))).times, TIMES);
  });

  test("packets that are cut", async () => {
    for (const block of ["enhanced", "simple", "old"] satisfies PcapngOptions["block"][]) {
      const { packets } = await read(pcapng(PACKETS, { block, snapLength: 5 }));
      assert.deepEqual(packets, ["010203", "0909090909", "", "07"]);
    }
  });

  test("two sections, each with an order of octets of its own", async () => {
    const file = Buffer.concat([pcapng(PACKETS), pcapng(PACKETS, { isBigEndian: true })]);
    assert.deepEqual((await read(file)).packets, [...HEX, ...HEX]);
  });

  test("an empty capture", async () => {
    assert.deepEqual(await read(pcap([])), { packets: [], times: [], problem: null });
    assert.deepEqual(await read(pcapng([])), { packets: [], times: [], problem: null });
  });
});

describe("a file that is cut off gives what can be read of it, at every octet", () => {
  for (const [name, file] of Object.entries({ pcap: pcap(PACKETS), pcapng: pcapng(PACKETS) })) {
    test(name, async () => {
      for (let length = 4; length < file.length; length++) {
        const { packets, problem } = await read(file.subarray(0, length));
        assert.deepEqual(packets, HEX.slice(0, packets.length));
        if (packets.length === HEX.length) assert.fail(`all packets in ${length} octets`);
        const atBorder = problem === null;
        // Whole packets, and nothing of the next one.
        if (!atBorder) assert.match(problem, /^the file (ends inside (its header|packet \d)|is cut off)/);
      }
    });
  }
});

describe("what is no capture", () => {
  for (const [what, file, message] of [
    ["nothing", Buffer.alloc(0), /fewer than four octets/],
    ["three octets", Buffer.of(0xa1, 0xb2, 0xc3), /fewer than four octets/],
    ["text", Buffer.from("hello, world"), /^is neither a pcapng nor a pcap file$/],
    ["gzip", Buffer.of(0x1f, 0x8b, 8, 0, 0), /gzip; unpack it/],
    ["zstd", Buffer.of(0x28, 0xb5, 0x2f, 0xfd), /zstd; unpack it/],
  ] as const) {
    test(what, async () => {
      await assert.rejects(
        read(file),
        (error) => error instanceof CaptureError && message.test(error.message),
      );
    });
  }
});

describe("damage ends the reading, and says where", () => {
  const good = pcapng(PACKETS);
  /** After the section, the interface (which has 12 + 8 + 8 octets more) and the unknown block. */
  const firstPacket = 28 + 32 + 52;
  const changed = (at: number, ...octets: readonly number[]): Buffer => {
    const file = Buffer.from(good);
    file.set(octets, at);
    return file;
  };

  for (const [what, file, message] of [
    [
      "a packet of gigabytes, in pcap",
      Buffer.concat([pcap([]), Buffer.alloc(16, 0x7f)]),
      /packet 1 announces \d+ octets/,
    ],
    ["a section that is none", changed(8, 0, 0, 0, 0), /without a byte-order magic/],
    ["a section of no length", changed(4, 8, 0, 0, 0), /a section header of 8 octets/],
    ["a block of no length", changed(firstPacket + 4, 8, 0, 0, 0), /a block of 8 octets at the beginning/],
    ["a block of an odd length", changed(firstPacket + 4, 33, 0, 0, 0), /a block of 33 octets/],
    ["a packet of gigabytes", changed(firstPacket + 4, 0xf0, 0xff, 0xff, 0xff), /a packet of \d+ octets/],
    ["two lengths", changed(firstPacket + 4, 40, 0, 0, 0), /two lengths differ/],
    ["an interface that is missing", changed(firstPacket + 8, 9, 0, 0, 0), /not described/],
    ["a packet longer than its block", changed(firstPacket + 20, 99, 0, 0, 0), /longer than its block/],
  ] as const) {
    test(what, async () => {
      const { packets, problem } = await read(file);
      assert.deepEqual(packets, []);
      assert.match(problem ?? "", message);
    });
  }

  test("random octets behind a good beginning", async () => {
    let state = 1;
    const random = (length: number): Buffer =>
      Buffer.from(Array.from({ length }, () => (state = (Math.imul(state, 48_271) + 11) >>> 0) >>> 24));
    for (let i = 0; i < 200; i++) {
      for (const begin of [pcap([]), pcapng([]), pcap([]).subarray(0, 4), pcapng([]).subarray(0, 4)]) {
        const { packets } = await read(Buffer.concat([begin, random(300)]));
        assert.ok(packets.length < 100);
      }
    }
  });
});
