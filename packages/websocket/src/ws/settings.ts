import { nodeKernels } from "../kernel/node-kernels.js";
import type { Kernels } from "../protocol/kernels.js";
import { DEFAULT_LIMITS, MESSAGE_OCTETS, STRICT } from "../protocol/limits.js";
import type { Leniency, Limits } from "../protocol/limits.js";
import type { GenerateMask, SocketOptions } from "./types.js";

/** Settings of a connection beside the options of its socket. */
export interface OwnOptions {
  readonly autoPong: boolean;
  readonly closeTimeoutMs: number;
  readonly pendingPongs: number;
}

/** The limits of one connection, from the application's options. Zero and invalid values mean no limit. */
export function limitsOf({ maxPayload, maxFragments }: SocketOptions, own: OwnOptions): Limits {
  const messageOctets = amount(maxPayload);
  return {
    messageOctets,
    frameOctets: messageOctets,
    fragments: amount(maxFragments),
    // What was read while the connection was paused comes on top of a message.
    retainedOctets: messageOctets + 16 * MESSAGE_OCTETS,
    pendingPongs: own.pendingPongs,
    closeMs: own.closeTimeoutMs,
    turnMs: DEFAULT_LIMITS.turnMs,
    turnOctets: DEFAULT_LIMITS.turnOctets,
  };
}

export function leniencyOf({ skipUTF8Validation }: SocketOptions): Leniency {
  return skipUTF8Validation === true ? SKIPPING : STRICT;
}

/**
 * Zero, undefined and anything that is no number mean no limit. A number may be written as text, as in environment
 * variables.
 */
export function amount(value: unknown): number {
  const whole = Math.trunc(Number(value));
  return whole > 0 ? whole : Infinity;
}

/** The kernels with masking keys that the application makes. */
export function kernelsWith(generateMask: GenerateMask | undefined): Kernels {
  if (generateMask === undefined) return nodeKernels;
  let kernels = masking.get(generateMask);
  if (kernels === undefined) {
    const key = Buffer.alloc(4);
    const maskingKey = (): number => {
      generateMask(key);
      return key.readUInt32LE(0);
    };
    kernels = { ...nodeKernels, maskingKey };
    masking.set(generateMask, kernels);
  }
  return kernels;
}

/** Connections with the same kernels share the memory that they write into. */
const masking: WeakMap<GenerateMask, Kernels> = new WeakMap();
const SKIPPING: Leniency = { ...STRICT, skipUtf8Validation: true };
