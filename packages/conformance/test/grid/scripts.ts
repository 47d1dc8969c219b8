/** Connections between a client and a server, octet by octet, for the tests of the grid's judge. */
import { randomBytes } from "node:crypto";
import type { Side } from "../../src/lint/direction.js";
import type { ClientEnd, Played } from "../../src/grid/played.js";
import { TalkLog } from "../../src/grid/talk.js";
import { MessageDeflater } from "../../src/wire/deflate.js";
import { answer, request } from "../support/captures.js";
import { FakeClock } from "../support/fake-clock.js";
import { peerClose, peerFrame, type PeerFrameOptions } from "../support/peer-frames.js";

export const LIMIT_MS = 20_000;
const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

/** What was said so far between the two, and how it goes on. */
export class Script {
  readonly #clock = new FakeClock();
  readonly #log = new TalkLog(this.#clock, 0);

  octets(side: Side, octets: Uint8Array | string): this {
    this.#log.octets(side, Buffer.from(octets));
    return this;
  }

  client(opcode: number, payload: string | Uint8Array = "", options: PeerFrameOptions = {}): this {
    return this.octets("client", peerFrame(opcode, payload, { key: randomBytes(4), ...options }));
  }

  server(opcode: number, payload: string | Uint8Array = "", options: PeerFrameOptions = {}): this {
    return this.octets("server", peerFrame(opcode, payload, options));
  }

  close(side: Side, code?: number, reason = ""): this {
    return this.octets(side, peerClose(code, reason, side === "client" ? { key: randomBytes(4) } : {}));
  }

  end(side: Side): this {
    this.#log.ended(side, false);
    return this;
  }

  reset(side: Side): this {
    this.#log.ended(side, true);
    return this;
  }

  wait(ms: number): this {
    this.#clock.advance(ms);
    return this;
  }

  /** The closing handshake that the client begins, and the end of TCP. */
  closed(): this {
    return this.close("client", 1000).close("server", 1000).end("server").end("client");
  }

  /** The client's program ended with this exit status. */
  exit(code: number, facts: Partial<ClientEnd> & { readonly serverEnded?: string } = {}): Played {
    const { serverEnded = null, ...client } = facts;
    const how = `ended with exit status ${code}`;
    const atMs = this.#clock.now() / 1000;
    return {
      client: { code, how, atMs, isLate: false, said: code === 1 ? "echo: not the same" : "", ...client },
      serverEnded,
      talks: [this.#log.finish()],
      path: "/chat",
      limitMs: LIMIT_MS,
    };
  }

  /** It did not end in time. */
  late(): Played {
    this.wait(LIMIT_MS);
    return this.exit(0, { code: null, isLate: true, how: "did not end within 20 s" });
  }
}

/** An open connection; `lines` of the request, `accepted` of the answer. */
export function opened(lines: readonly string[] = [], accepted: readonly string[] = []): Script {
  return new Script().octets("client", request(lines)).octets("server", answer(accepted));
}

export const TEXT = "Grüße, 世界 👋";
export const OCTETS: Uint8Array = Uint8Array.from({ length: 256 }, (_, i) => i);
const MEBIBYTE = "a".repeat(1024 * 1024);
const WORDS = "wireproof ".repeat(1639);

/** 1 MiB in this many frames; or the half of them, and then what `amid` does. */
export function fragmented(script: Script, frames: number, amid?: (script: Script) => Script): Script {
  const length = MEBIBYTE.length / frames;
  for (let i = 0; i < frames; i++) {
    if (amid !== undefined && i === frames / 2) return amid(script);
    script.client(i === 0 ? 1 : 0, MEBIBYTE.slice(i * length, (i + 1) * length), { more: i < frames - 1 });
  }
  return script;
}

/** Whole, as a server may send it back. */
export function mebibyte(script: Script): Script {
  return script.server(1, MEBIBYTE);
}

/** Three messages and three echoes, each side compressed or not. */
export function words(compressed: Readonly<Record<Side, boolean>>): Script {
  const script = opened([DEFLATE], [DEFLATE]);
  const side = { windowBits: 15, noContextTakeover: false };
  const deflaters = { client: new MessageDeflater(side), server: new MessageDeflater(side) };
  const send = (from: Side): void => {
    const octets = compressed[from] ? Buffer.from(deflaters[from].deflateSync(Buffer.from(WORDS))) : WORDS;
    script[from](1, octets, compressed[from] ? { rsv: 4 } : {});
  };
  for (let times = 0; times < 3; times++) {
    send("client");
    send("server");
  }
  for (const deflater of Object.values(deflaters)) deflater.close();
  return script;
}
