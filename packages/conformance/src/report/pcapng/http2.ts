import { HTTP2_FLAGS, HTTP2_PREFACE, HTTP2_TYPES } from "../../case/http2-names.js";
import type { Http2FrameView } from "../../record/wire-log.js";
import type { Side, SyntheticConnection } from "./connection.js";

const PREFACE = Buffer.from(HTTP2_PREFACE, "latin1");
const HEADER = 9;

/** Octets of a stream: how many, and the first of them. */
interface Carried {
  known: Buffer;
  length: number;
}

/**
 * The frames of HTTP/2 of a connection, put together again from the entries of the wire log. What the tester writes is in the
 * log before the DATA frames that carry it, and what it reads behind them.
 */
export class Http2Frames {
  readonly #connection: SyntheticConnection;
  readonly #written: Carried[] = [];
  /** DATA of the peer whose octets are still to come. */
  #data: Http2FrameView | null = null;

  /** Adds the preface of the client. */
  constructor(connection: SyntheticConnection, client: Side, atMicros: number) {
    this.#connection = connection;
    connection.octets(client, PREFACE, PREFACE.length, atMicros);
  }

  frame(side: Side, view: Http2FrameView, atMicros: number): void {
    const { type, length, padding = 0, payload = "" } = view;
    if (side === "peer") this.end(atMicros);
    if (type !== "DATA") return this.#add(side, view, Buffer.from(payload, "hex"), atMicros);
    const carried = Math.max(0, length - padding - (view.padding === undefined ? 0 : 1));
    if (side === "tester") this.#add(side, view, this.#take(carried), atMicros, carried);
    else if (carried > 0) this.#data = view;
    else this.#add(side, view, NOTHING, atMicros, 0);
  }

  /** A write or a read. */
  octets(side: Side, known: Buffer, length: number, atMicros: number): void {
    if (side === "tester") this.#written.push({ known, length });
    else if (this.#data !== null) {
      const view = this.#data;
      this.#data = null;
      this.#add(side, view, known, atMicros, length);
    }
  }

  /** DATA of the peer whose octets are not in the log. */
  end(atMicros: number): void {
    if (this.#data !== null) this.octets("peer", NOTHING, this.#data.length, atMicros);
  }

  /** What was written and did not go out is no part of what follows. */
  forget(): void {
    this.#written.length = 0;
  }

  /** The next octets that the tester has written, as far as they are known without a gap. */
  #take(octets: number): Buffer {
    const pieces: Buffer[] = [];
    let isKnown = true;
    for (let left = octets; left > 0;) {
      const [first] = this.#written;
      if (first === undefined) break;
      const taken = Math.min(left, first.length);
      const known = first.known.subarray(0, taken);
      if (isKnown) pieces.push(known);
      isKnown &&= known.length === taken;
      left -= taken;
      first.known = first.known.subarray(taken);
      first.length -= taken;
      if (first.length === 0) this.#written.shift();
      // Octets behind those that the log has are not known either.
      else if (!isKnown) first.known = NOTHING;
    }
    return Buffer.concat(pieces);
  }

  /** `carried`: of DATA, the octets between length and padding. */
  #add(side: Side, view: Http2FrameView, known: Buffer, atMicros: number, carried = view.length): void {
    const { padding } = view;
    const isWhole = known.length >= carried;
    const payload =
      padding === undefined
        ? known
        : Buffer.concat([Buffer.of(padding), known, isWhole ? Buffer.alloc(padding) : NOTHING]);
    const octets = Buffer.concat([headerOf(view), payload.subarray(0, view.length)]);
    this.#connection.octets(side, octets, HEADER + view.length, atMicros);
  }
}

const NOTHING = Buffer.alloc(0);

/** A run file may hold any names and numbers. */
function headerOf({ type, flags, stream, length }: Http2FrameView): Buffer {
  const header = Buffer.alloc(HEADER);
  const known = HTTP2_TYPES.indexOf(type);
  header.writeUIntBE(length % 2 ** 24, 0, 3);
  header[3] = known >= 0 ? known : Number.parseInt(type.replace("type 0x", ""), 16) || 0;
  header[4] = flags.reduce((all, flag) => all | (HTTP2_FLAGS[flag] ?? 0), 0);
  header.writeUInt32BE(stream % 2 ** 31, 5);
  return header;
}
