import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Opcode } from "../../src/case/opcode.js";
import { octets, repeat } from "../../src/case/payload.js";
import { CompressedStreams } from "../../src/play/compressed-streams.js";
import { DeflateCodec } from "../../src/tester/deflate-codec.js";
import { messageSource, type MessageSource } from "../../src/play/loop-messages.js";
import { LoopSender } from "../../src/play/loop-sender.js";
import type { Profile } from "../../src/record/record.js";
import type { DeflateParameters } from "../../src/wire/deflate-parameters.js";
import { AGREEMENTS, agreed } from "../support/agreements.js";
import { framesIn, type SentFrame } from "../support/peer-frames.js";
import { connect } from "../support/rig.js";

interface SenderOptions {
  readonly source?: MessageSource;
  readonly deflate?: DeflateParameters;
  readonly streams?: CompressedStreams;
  readonly fragmentSize?: number;
  readonly profile?: Profile;
}

const JSON_PIECES = messageSource({ from: "corpus", corpus: "json", length: 1000, count: 10 });

/** The frames in which the first messages of a source go out, and what was counted. */
function send(
  count: number,
  options: SenderOptions,
): { frames: readonly SentFrame[]; writes: number; application: number; illegal: readonly string[] } {
  const { source = JSON_PIECES, deflate, streams = new CompressedStreams(), profile = "modern" } = options;
  const codec = deflate === undefined ? null : new DeflateCodec(deflate, "client", profile);
  const { connection, transport } = connect(deflate === undefined ? { profile } : { profile, deflate });
  const sender = new LoopSender({
    connection,
    profile,
    source,
    codec,
    streams,
    fragmentSize: options.fragmentSize,
  });
  for (let index = 0; index < count; index++) sender.send([source.at(index)], index);
  codec?.close();
  return {
    frames: framesIn(transport.octets),
    writes: transport.writes.length,
    application: connection.traffic.sent.application,
    illegal: [...connection.sentIllegally],
  };
}

/** What a peer inflates from frames of whole messages. */
function inflated(frames: readonly SentFrame[], deflate: DeflateParameters): readonly string[] {
  const peer = new DeflateCodec(deflate, "server", "modern");
  const messages = frames.map(({ payload }) => {
    const pieces: Uint8Array[] = [];
    const sink = (out: Uint8Array): void => void pieces.push(new Uint8Array(out));
    assert.equal(peer.inflater.push(payload, sink) ?? peer.inflater.end(sink), null);
    return Buffer.concat(pieces).toString();
  });
  peer.close();
  return messages;
}

function texts(count: number, source = JSON_PIECES): readonly string[] {
  return Array.from({ length: count }, (_, index) => Buffer.from(source.at(index)).toString());
}

describe("without permessage-deflate", () => {
  test("a message is a frame, as it is", () => {
    const { frames, application, illegal } = send(3, {});
    assert.deepEqual(
      frames.map(({ payload }) => payload.toString()),
      texts(3),
    );
    assert.ok(frames.every(({ header: { fin, rsv, opcode } }) => fin && rsv === 0 && opcode === Opcode.text));
    assert.deepEqual([application, illegal], [3000, []]);
  });
  test("or several, in one write", () => {
    const source = messageSource({
      from: "payload",
      opcode: Opcode.binary,
      payload: repeat(octets("ab"), 8),
      count: 9,
    });
    const shapes = (profile: Profile): readonly string[] =>
      send(1, { source, fragmentSize: 4, profile }).frames.map(
        ({ header: { opcode, fin, length } }) => `${opcode} ${length}${fin ? " fin" : ""}`,
      );
    assert.deepEqual(shapes("modern"), ["2 4", "0 4 fin"]);
    assert.deepEqual(shapes("autobahn"), ["2 4", "0 4", "0 0 fin"]);
    assert.equal(send(1, { source, fragmentSize: 4 }).writes, 1);
  });
});

describe("with permessage-deflate", () => {
  test("a peer inflates the right messages with all agreed parameters", () => {
    for (const deflate of AGREEMENTS) {
      const { frames, application, illegal } = send(5, { deflate });
      assert.deepEqual(inflated(frames, deflate), texts(5), JSON.stringify(deflate));
      assert.ok(frames.every(({ header }) => header.rsv === 4));
      assert.deepEqual([application, illegal], [5000, []]);
    }
  });
  test("the compressed octets are cut, and RSV1 is set on the first frame only", () => {
    const [whole] = send(1, { deflate: agreed() }).frames;
    const { frames, illegal } = send(1, { deflate: agreed(), fragmentSize: 64 });
    assert.ok(whole);
    assert.equal(frames.length, Math.ceil(whole.payload.length / 64));
    assert.deepEqual(Buffer.concat(frames.map(({ payload }) => payload)), whole.payload);
    assert.deepEqual(
      frames.map(({ header }) => header.rsv),
      [4, ...Array<number>(frames.length - 1).fill(0)],
    );
    assert.deepEqual(illegal, []);
  });
});

describe("what cases send alike is compressed once", () => {
  /** Whether a second case takes what the first one left; what is left there is replaced to see it. */
  function shares(first: SenderOptions, second: SenderOptions): boolean {
    const streams = new CompressedStreams();
    send(2, { ...first, streams });
    let asked = 0;
    const original = streams.message.bind(streams);
    streams.message = (key, index, make) =>
      original(key, index, () => {
        asked++;
        return make();
      });
    send(2, { ...second, streams });
    return asked === 0;
  }
  const forgets = agreed({ clientNoContextTakeover: true });
  const table: readonly (readonly [
    name: string,
    first: SenderOptions,
    second: SenderOptions,
    shared: boolean,
  ])[] = [
    ["the same", { deflate: forgets }, { deflate: forgets }, true],
    ["in fragments", { deflate: forgets }, { deflate: forgets, fragmentSize: 10 }, true],
    [
      "with another agreement for the peer",
      { deflate: forgets },
      { deflate: { ...forgets, serverMaxWindowBits: 9 } },
      true,
    ],
    ["with another window", { deflate: forgets }, { deflate: { ...forgets, clientMaxWindowBits: 9 } }, false],
    [
      "of another length",
      { deflate: forgets },
      { deflate: forgets, source: messageSource({ from: "corpus", corpus: "json", length: 999, count: 9 }) },
      false,
    ],
  ];
  for (const [name, first, second, shared] of table) {
    test(`${name}: ${shared ? "shared" : "not shared"}`, () => assert.equal(shares(first, second), shared));
  }
  test("with context taken over a message depends on those before, so nothing is kept", () => {
    const streams = new CompressedStreams();
    streams.message = () => assert.fail("asked for");
    const { frames } = send(3, { deflate: agreed(), streams });
    assert.deepEqual(inflated(frames, agreed()), texts(3));
  });
  test("a case that begins in the middle of a stream sends what belongs there", () => {
    const streams = new CompressedStreams();
    send(2, { deflate: forgets, streams });
    const { frames } = send(5, { deflate: forgets, streams });
    assert.deepEqual(inflated(frames, forgets), texts(5));
  });
});
