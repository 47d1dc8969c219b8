import type { CloseRecord } from "../../record/record.js";
import { packetBlock } from "./blocks.js";
import { Flag, MAX_PAYLOAD, ipPacket, packetLength, type End } from "./tcp.js";

/** Segments of one read or write, 64 MiB: more is skipped. A run file may claim any length. */
const MOST_SEGMENTS = 1024;

/** Who sends: the tester, or the peer. */
export type Side = "tester" | "peer";

/** What one side has sent so far. */
interface Stream {
  readonly end: End;
  /** The next sequence number. */
  next: number;
}

/** A TCP connection that is made up from what the wire log has of a case, as blocks of a pcapng file. */
export class SyntheticConnection {
  readonly #streams: Readonly<Record<Side, Stream>>;
  readonly #client: Side;
  readonly #blocks: Buffer[] = [];
  #comment: string | undefined;

  constructor(ends: Readonly<Record<Side, End>>, client: Side) {
    this.#streams = { tester: { end: ends.tester, next: 1000 }, peer: { end: ends.peer, next: 500_000 } };
    this.#client = client;
  }

  get blocks(): readonly Buffer[] {
    return this.#blocks;
  }

  /** The comment of the next packet. */
  remark(comment: string): void {
    this.#comment = this.#comment === undefined ? comment : `${this.#comment}\n${comment}`;
  }

  /** The handshake of TCP (RFC 9293 §3.5). */
  open(atMicros: number): void {
    const server = other(this.#client);
    this.#segment(this.#client, Flag.syn, atMicros);
    this.#segment(server, Flag.syn | Flag.ack, atMicros);
    this.#segment(this.#client, Flag.ack, atMicros);
  }

  /** One read or write of `length` octets, of which only these are known. */
  octets(from: Side, known: Buffer, length: number, atMicros: number): void {
    const shown = Math.min(length, MOST_SEGMENTS * MAX_PAYLOAD);
    for (let at = 0; at < shown; at += MAX_PAYLOAD) {
      const size = Math.min(MAX_PAYLOAD, shown - at);
      this.#segment(from, Flag.psh | Flag.ack, atMicros, known.subarray(at, at + size), size);
    }
    this.skip(from, length - shown);
  }

  /** Octets that the wire log does not have at all: the sequence numbers skip them. */
  skip(from: Side, length: number): void {
    this.#streams[from].next += length;
  }

  /** How TCP ended. Only who did it first is known. */
  close(tcp: CloseRecord["tcp"], atMicros: number): void {
    if (tcp === "never-connected") return;
    if (tcp === "reset-by-peer") return this.#segment("peer", Flag.rst | Flag.ack, atMicros);
    const first: Side = tcp === "ended-by-peer" ? "peer" : "tester";
    this.#segment(first, Flag.fin | Flag.ack, atMicros);
    this.#segment(other(first), Flag.fin | Flag.ack, atMicros);
    this.#segment(first, Flag.ack, atMicros);
  }

  #segment(side: Side, flags: number, atMicros: number, payload: Buffer = NOTHING, length = 0): void {
    const from = this.#streams[side];
    const to = this.#streams[other(side)];
    const ack = (flags & Flag.ack) === 0 ? 0 : to.next;
    const octets = ipPacket({ from: from.end, to: to.end, seq: from.next, ack, flags, payload, length });
    from.next += length + ((flags & (Flag.syn | Flag.fin)) === 0 ? 0 : 1);
    const comment = this.#comment;
    this.#comment = undefined;
    const packet = { atMicros, octets, length: packetLength(length) };
    this.#blocks.push(packetBlock(comment === undefined ? packet : { ...packet, comment }));
  }
}

const NOTHING = Buffer.alloc(0);

function other(side: Side): Side {
  return side === "tester" ? "peer" : "tester";
}
