import { isUtf8 } from "node:buffer";

import type { Kernels } from "../../src/protocol/kernels.js";
import { unmask } from "../../src/protocol/mask.js";

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** What Node offers, without any trick, and one masking key for all frames so that output can be compared. */
export function plainKernels(maskingKey = 0x78563412): Kernels {
  return {
    unmask,
    isUtf8,
    decodeText,
    encodeText: (text, into, at) => encoder.encodeInto(text, into.subarray(at)).written,
    textOctets: (text) => Buffer.byteLength(text),
    maskingKey: () => maskingKey,
    // Memory that was not written is not zero. A Buffer, as in production: its `slice` is no copy.
    allocate: (octets) => Buffer.allocUnsafeSlow(octets).fill(0xee),
  };
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
