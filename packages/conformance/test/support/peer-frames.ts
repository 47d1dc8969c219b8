import { Opcode, opcodeName } from "../../src/case/opcode.js";
import { encodeHeader, type LengthForm } from "../../src/wire/frame.js";
import { applyMask } from "../../src/wire/mask.js";
import { FrameReader, type ReadHeader } from "../../src/wire/frame-reader.js";

export interface PeerFrameOptions {
  readonly more?: boolean;
  readonly rsv?: number;
  /** Masked with this key, as a client's frames are. */
  readonly key?: Uint8Array;
  readonly lengthForm?: LengthForm;
}

export const KEY: Uint8Array = Uint8Array.of(0x12, 0x34, 0x56, 0x78);

/** A frame as a peer sends it, legal or not. */
export function peerFrame(
  opcode: number,
  payload: string | Uint8Array = "",
  options: PeerFrameOptions = {},
): Uint8Array {
  const octets = Buffer.from(payload);
  const maskingKey = options.key ?? null;
  const header = encodeHeader({
    opcode,
    fin: options.more !== true,
    rsv: options.rsv ?? 0,
    length: octets.length,
    maskingKey,
    ...(options.lengthForm === undefined ? {} : { lengthForm: options.lengthForm }),
  });
  return Buffer.concat([header, maskingKey === null ? octets : applyMask(octets, maskingKey)]);
}

/** A Close frame; without a code it is empty. */
export function peerClose(
  code?: number,
  reason: string | Uint8Array = "",
  options?: PeerFrameOptions,
): Uint8Array {
  const payload =
    code === undefined ? "" : Buffer.concat([Uint8Array.of(code >> 8, code & 0xff), Buffer.from(reason)]);
  return peerFrame(Opcode.close, payload, options);
}

export interface SentFrame {
  readonly header: ReadHeader;
  readonly payload: Uint8Array;
}

/** The complete frames in some octets, unmasked. */
export function framesIn(octets: Uint8Array): readonly SentFrame[] {
  const frames: SentFrame[] = [];
  let header: ReadHeader | undefined;
  let pieces: Uint8Array[] = [];
  const reader = new FrameReader({
    header: (read) => {
      header = read;
      pieces = [];
      return true;
    },
    payload: (piece) => pieces.push(piece) > 0,
    end: () => {
      if (header !== undefined) frames.push({ header, payload: Buffer.concat(pieces) });
      return true;
    },
  });
  reader.push(octets);
  return frames;
}

/** Frames in a line each: `TEXT "abc" …` with more to come, `CLOSE 1000`, `CLOSE 1002 "why"`, `CLOSE`. */
export function linesOf(octets: Uint8Array): readonly string[] {
  return framesIn(octets).map(({ header, payload }) => {
    const name = opcodeName(header.opcode);
    return `${name}${payloadText(header.opcode, Buffer.from(payload))}${header.fin ? "" : " …"}`;
  });
}

function payloadText(opcode: number, payload: Buffer): string {
  if (opcode !== Opcode.close) return ` ${JSON.stringify(payload.toString("utf8"))}`;
  if (payload.length < 2) return payload.length === 0 ? "" : ` hex ${payload.toString("hex")}`;
  const reason = payload.subarray(2).toString("utf8");
  return ` ${payload.readUInt16BE(0)}${reason === "" ? "" : ` ${JSON.stringify(reason)}`}`;
}
