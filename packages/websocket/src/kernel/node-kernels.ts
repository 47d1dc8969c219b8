import { isAscii, isUtf8 } from "node:buffer";
import { randomFillSync } from "node:crypto";
import type { Kernels } from "../protocol/kernels.js";
import { unmask as unmaskPlain } from "../protocol/mask.js";
import { wasmKernel } from "./wasm-kernel.js";
import type { WasmKernel } from "./wasm-kernel.js";

/** What Node does fast, for `Connection`. The figures here: Node 20, x64, ns for each call. */
export const nodeKernels: Kernels = createKernels(wasmKernel);

/** The same over a given kernel; `undefined` is what runs where there is no WebAssembly. */
export function createKernels(kernel: WasmKernel | undefined): Kernels {
  return {
    unmask: kernel === undefined ? unmaskPlain : unmaskWith(kernel),
    isUtf8,
    decodeText,
    encodeText,
    textOctets: (text) => Buffer.byteLength(text),
    maskingKey,
    allocate: (octets) => Buffer.allocUnsafeSlow(octets),
  };
}

/**
 * From this many octets on it is faster to copy them into the kernel's memory and back: 512 octets take 113 that way
 * and 165 a word at a time, 64 KiB take 4,000 and 11,200. In place they take 42 and 1,430.
 */
const CARRIED_OCTETS = 384;

function unmaskWith({ unmask, readBuffer, scratch }: WasmKernel): Kernels["unmask"] {
  const start = readBuffer.byteOffset;
  return (bytes, from, to, key) => {
    // Compares the view itself, not `bytes.buffer`: that getter alone takes longer than unmasking 512 octets.
    if (bytes === readBuffer) unmask(start + from, to - from, key);
    else if (to - from < CARRIED_OCTETS) unmaskPlain(bytes, from, to, key);
    else unmaskCarried(bytes, from, to, key);
  };

  function unmaskCarried(bytes: Uint8Array, from: number, to: number, key: number): void {
    // The scratch's size is a multiple of the key's: every piece begins with the same octet of it.
    for (let at = from; at < to; at += scratch.length) {
      const piece = bytes.subarray(at, Math.min(to, at + scratch.length));
      scratch.set(piece);
      unmask(scratch.byteOffset, piece.length, key);
      piece.set(piece.length === scratch.length ? scratch : scratch.subarray(0, piece.length));
    }
  }
}

/** Methods of `Buffer`, used on any octets. Node 20 to 26 have them, without documentation. */
interface Slices {
  latin1Slice(this: Uint8Array, from: number, to: number): string;
  utf8Write(this: Uint8Array, text: string, at: number): number;
}
const { latin1Slice, utf8Write } = Buffer.prototype as unknown as Partial<Slices>;

/** `ignoreBOM` hands a leading U+FEFF over like any other character. */
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * For short texts the decoder, which validates and decodes in one call, is fastest: 61 for 64 octets of ASCII, where
 * `isAscii` and `latin1Slice` take 83. From 1 KiB on these two win (16 KiB: 1,300 against 2,000), and looking for ASCII
 * in vain costs nothing beside decoding what is not (16 KiB: 37,000).
 */
const LONG_TEXT_OCTETS = 512;

function decodeText(bytes: Uint8Array): string | undefined {
  if (bytes.length > LONG_TEXT_OCTETS && latin1Slice !== undefined && isAscii(bytes))
    return latin1Slice.call(bytes, 0, bytes.length);
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/** `utf8Write` needs no view: 53 for 64 octets, where `encodeInto` and its view take 74. */
function encodeText(text: string, into: Uint8Array, at: number): number {
  if (utf8Write !== undefined) return utf8Write.call(into, text, at);
  return encoder.encodeInto(text, into.subarray(at)).written;
}

const keys = new Uint32Array(2048);
let keysUsed: number = keys.length;

/** Keys come from a pool of random octets: asking the system for each would take microseconds. None is used twice. */
function maskingKey(): number {
  if (keysUsed === keys.length) {
    randomFillSync(keys);
    keysUsed = 0;
  }
  return keys[keysUsed++]!;
}
