import { Opcode } from "../case/opcode.js";
import { bytesOf } from "../case/payload.js";
import type { Step } from "../case/steps.js";
import type { Profile } from "../report/event.js";

export interface Fragment {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly payload: Uint8Array;
}

/**
 * Cuts a message into fragments of `fragmentSize` octets. The original sets FIN only on a slice that reaches
 * beyond the end, so where the length is a multiple of the size an empty last fragment follows: kept under
 * `autobahn`, not sent under `modern`.
 */
export function* fragments(step: Extract<Step, { do: "message" }>, profile: Profile): Generator<Fragment> {
  const payload = bytesOf(step.payload);
  const { fragmentSize, opcode } = step;
  if (payload.length <= fragmentSize) {
    yield { opcode, fin: true, rsv: 0, payload };
    return;
  }
  const emptyLast = profile === "autobahn" && payload.length % fragmentSize === 0;
  for (let at = 0; at < payload.length; at += fragmentSize) {
    yield {
      opcode: at === 0 ? opcode : Opcode.continuation,
      fin: at + fragmentSize >= payload.length && !emptyLast,
      rsv: 0,
      payload: payload.subarray(at, at + fragmentSize),
    };
  }
  if (emptyLast) yield { opcode: Opcode.continuation, fin: true, rsv: 0, payload: new Uint8Array(0) };
}
