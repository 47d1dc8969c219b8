import { Opcode } from "../case/opcode.js";
import type { Profile } from "../record/record.js";

export interface Fragment {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly payload: Uint8Array;
}

/** A message, and how to cut it. */
export interface Cut {
  /** Opcode of the first fragment. */
  readonly opcode: number;
  readonly payload: Uint8Array;
  readonly fragmentSize: number;
  /** Reserved bits of the first fragment. */
  readonly rsv?: number;
}

/**
 * Cuts a message into fragments of `fragmentSize` octets. The original sets FIN only on a slice that goes beyond the
 * end. So if the length is a multiple of the size, an empty last fragment follows. It is sent under `autobahn`, and not
 * under `modern`.
 */
export function* fragments(
  { opcode, payload, fragmentSize, rsv = 0 }: Cut,
  profile: Profile,
): Generator<Fragment> {
  if (payload.length <= fragmentSize) {
    yield { opcode, fin: true, rsv, payload };
    return;
  }
  const emptyLast = profile === "autobahn" && payload.length % fragmentSize === 0;
  for (let at = 0; at < payload.length; at += fragmentSize) {
    yield {
      opcode: at === 0 ? opcode : Opcode.continuation,
      fin: at + fragmentSize >= payload.length && !emptyLast,
      rsv: at === 0 ? rsv : 0,
      // A view. `subarray` takes twice as long for a Buffer, and compressed messages are Buffers.
      payload: view(payload, at, Math.min(fragmentSize, payload.length - at)),
    };
  }
  if (emptyLast) yield { opcode: Opcode.continuation, fin: true, rsv: 0, payload: new Uint8Array(0) };
}

function view({ buffer, byteOffset }: Uint8Array, at: number, length: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset + at, length);
}
