import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { startHttp2EchoServer } from "@wireproof/peers";
import { WIRE_LOG_ENTRIES } from "../../src/record/wire-log.js";
import type { CaseEnd, CaseUnconfirmed } from "../../src/run/event.js";
import { run } from "../../src/run/run.js";
import {
  encodeHttp2Frame,
  Flag,
  FrameType,
  Http2FrameReader,
  numberPayload,
  PREFACE,
  Setting,
  settingsPayload,
} from "../../src/wire/http2/frame.js";
import { encodeFields } from "../../src/wire/http2/hpack.js";
import { during } from "./play-run.js";
import { casesOf } from "./verdict-table.js";

const CASES = casesOf("1.1.2, 5.3, 7.1.1");
/** Bytes by which the memory of the process may rise; what these peers send, or would like to be sent, is many times as much. */
const MEMORY_LIMIT = 128e6;

const frame = (type: number, payload: Uint8Array, stream = 0, flags = 0): Uint8Array =>
  encodeHttp2Frame({ type, flags, stream, payload });
const NOTHING = Buffer.alloc(0);
const SETTINGS = frame(FrameType.settings, settingsPayload([[Setting.enableConnectProtocol, 1]]));
const OPEN = frame(FrameType.headers, encodeFields([[":status", "200"]]), 1, Flag.endHeaders);
/** `a` with 4000 octets, kept in the table, and 1200 times from there. */
const BOMB = Buffer.concat([
  Buffer.from("4001617fa11e", "hex"),
  Buffer.alloc(4000, "x"),
  Buffer.alloc(12_000, 0xbe),
]);
const repeated = (octets: Uint8Array, times: number): Buffer => Buffer.concat(Array(times).fill(octets));

interface Attack {
  /** What it sends behind its answer; a list is sent again and again as fast as it is taken. */
  readonly sends: Uint8Array | { readonly forEver: Uint8Array };
  /** What comes before that; the usual SETTINGS and the answer if absent. */
  readonly settings?: Uint8Array;
  /** It reads no more from then on. */
  readonly isDeaf?: true;
  readonly says: RegExp;
  readonly saysNot?: RegExp;
  readonly cases?: typeof CASES;
}

const ATTACKS: Readonly<Record<string, Attack>> = {
  "a flood of PINGs": {
    sends: { forEver: repeated(frame(FrameType.ping, Buffer.alloc(8)), 500) },
    says: /frames that bring/,
  },
  "a flood of PINGs by a peer that reads nothing": {
    sends: { forEver: repeated(frame(FrameType.ping, Buffer.alloc(8)), 500) },
    isDeaf: true,
    says: /frames that bring nothing|does not read the answers/,
  },
  "a flood of SETTINGS": {
    sends: { forEver: repeated(SETTINGS, 500) },
    says: /frames that bring nothing|read the answers/,
  },
  "PRIORITY in loops": {
    sends: { forEver: repeated(frame(FrameType.priority, Buffer.of(0, 0, 0, 1, 255), 3), 500) },
    says: /10000 frames that bring nothing/,
  },
  "empty DATA for ever": {
    sends: { forEver: repeated(frame(FrameType.data, NOTHING, 1), 500) },
    says: /bring nothing/,
  },
  "CONTINUATION without end": {
    sends: {
      forEver: Buffer.concat([
        frame(FrameType.headers, NOTHING, 1),
        repeated(frame(FrameType.continuation, Buffer.of(0), 1), 500),
      ]),
    },
    says: /a head comes in more than 64 frames/,
  },
  "a header bomb": {
    sends: frame(FrameType.headers, BOMB, 1, Flag.endHeaders),
    says: /more than 65536 octets, unpacked/,
  },
  "trailers for ever": {
    sends: { forEver: repeated(frame(FrameType.headers, encodeFields([["x", "y".repeat(9000)]]), 1, 4), 10) },
    says: /more than 100 heads/,
  },
  "a frame of 16 MiB": {
    sends: Buffer.from("ffffff000000000001", "hex"),
    says: /a frame has 16777215 octets/,
  },
  "a push": { sends: frame(FrameType.pushPromise, Buffer.of(0, 0, 0, 2, 0x82), 1, 4), says: /it pushes/ },
  "DATA for a stream that nobody has opened": {
    sends: frame(FrameType.data, Buffer.alloc(10), 77),
    says: /DATA is on stream 77, which nobody has opened/,
  },
  "WINDOW_UPDATE of 0": {
    sends: frame(FrameType.windowUpdate, numberPayload(0), 1),
    says: /room for 0 octets/,
  },
  "a window that overflows": {
    sends: repeated(frame(FrameType.windowUpdate, numberPayload(2 ** 31 - 1)), 2),
    says: /a window has more than 2\^31 - 1 octets/,
  },
  "absurd settings": {
    sends: frame(FrameType.settings, settingsPayload([[Setting.maxFrameSize, 1]])),
    says: /MAX_FRAME_SIZE to 1/,
  },
  "rapid reset of the only stream": {
    sends: { forEver: repeated(frame(FrameType.rstStream, numberPayload(8), 1), 500) },
    says: /reset/,
  },
  "more DATA than there is room for": {
    sends: { forEver: repeated(frame(FrameType.data, Buffer.alloc(16_000), 1), 5) },
    isDeaf: true,
    says: /./,
  },
  "no room for ever": {
    settings: frame(
      FrameType.settings,
      settingsPayload([
        [Setting.enableConnectProtocol, 1],
        [Setting.initialWindowSize, 0],
      ]),
    ),
    sends: NOTHING,
    says: /the peer let the tester send nothing more: its HTTP\/2 window had no room, and made none within \d+ ms/,
    saysNot: /Close frame/,
    cases: casesOf("1.1.2, 7.1.1, 9.1.6"),
  },
};

for (const [what, attack] of Object.entries(ATTACKS)) {
  test(what, async (context) => {
    const url = await attacker(context, attack);
    const good = await during(context, startHttp2EchoServer());
    const cases = attack.cases ?? CASES;
    const before = used();
    let peak = 0;
    const entries = new Map<string, number>();
    const ends = new Map<string, (CaseEnd | CaseUnconfirmed)[]>();
    for await (const event of run({
      urls: [url, good.url],
      http2: true,
      cases,
      timeoutScale: 0.2,
      loadSilenceSeconds: 1,
    })) {
      peak = Math.max(peak, used() - before);
      if (event.type === "wire") {
        const key = `${event.peer} ${event.case} ${event.attempt}`;
        entries.set(key, (entries.get(key) ?? 0) + 1);
      }
      if (event.type !== "case-end") continue;
      ends.set(event.peer, [...(ends.get(event.peer) ?? []), event]);
    }
    const [hostile = [], other = []] = [...ends].sort(([a], [b]) => a.localeCompare(b)).map(([, all]) => all);
    assert.ok(peak < MEMORY_LIMIT, `memory grew by ${peak} bytes`);
    assert.ok(Math.max(0, ...entries.values()) < WIRE_LOG_ENTRIES + 50);
    assert.equal(other.length, cases.length, "the other peer is tested as if nothing were");
    assert.deepEqual(new Set(other.map(({ verdict }) => verdict.outcome)), new Set(["pass"]));
    for (const { verdict, record } of hostile) {
      assert.notEqual(verdict.outcome, "harness-error", verdict.because);
      assert.notEqual(verdict.outcome, "pass");
      const said = `${verdict.because} ${record.close.notCleanReason} ${record.handshake.problem}`;
      assert.match(said, attack.says);
      if (attack.saysNot !== undefined) assert.doesNotMatch(said, attack.saysNot);
    }
    assert.equal(hostile.length, cases.length);
  });
}

function used(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** A server that opens the stream, unless the attack says otherwise, and does its worst. */
async function attacker(context: TestContext, attack: Attack): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).once("close", () => sockets.delete(socket));
    const reader = new Http2FrameReader(2 ** 24);
    let preface = PREFACE.length;
    socket.write(attack.settings ?? SETTINGS);
    socket.on("data", (octets: Buffer) => {
      const rest = octets.subarray(Math.min(preface, octets.length));
      preface -= octets.length - rest.length;
      reader.push(rest, ({ type, flags }) => {
        if (type === FrameType.settings && (flags & Flag.ack) === 0)
          socket.write(frame(FrameType.settings, NOTHING, 0, Flag.ack));
        if (type === FrameType.headers) attackOn(socket, attack);
      });
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(async () => {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function attackOn(socket: Socket, { sends, isDeaf }: Attack): void {
  socket.write(OPEN);
  if (isDeaf === true) socket.pause();
  if (sends instanceof Uint8Array) return void socket.write(sends);
  const more = (): void => {
    if (!socket.writable) return;
    if (socket.write(sends.forEver)) setImmediate(more);
    else socket.once("drain", () => setImmediate(more));
  };
  more();
}
