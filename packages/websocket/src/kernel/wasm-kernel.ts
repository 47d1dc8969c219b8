import { MASK_WASM } from "./mask-wasm.js";

/** The unmasking kernel and the memory it works in. */
export interface WasmKernel {
  /** Fixed in size: the buffer is never detached. */
  readonly memory: ArrayBuffer;
  /** Here octets of other memory are unmasked. */
  readonly scratch: Uint8Array;
  /** Sockets are read into this, so that the octets can be unmasked in place. */
  readonly readBuffer: Buffer;
  /** XORs `octets` octets at `at` of the memory with `key`, as `Kernels.unmask` has it. */
  readonly unmask: (at: number, octets: number, key: number) => void;
}

/** The layout of the memory, as the source says it. */
const PAGE_OCTETS = 65_536;

/**
 * The kernel of this thread, or undefined where WebAssembly or its vectors are missing: under `--jitless`, under a
 * limit of the address space (a WebAssembly memory reserves gigabytes of it), in other runtimes; and where the
 * environment says `WIREPROOF_NO_WASM=1`. Octets are unmasked by words of JavaScript then.
 */
export const wasmKernel: WasmKernel | undefined = instantiate();

function instantiate(): WasmKernel | undefined {
  if (typeof WebAssembly === "undefined" || process.env["WIREPROOF_NO_WASM"] === "1") return undefined;
  try {
    // Synchronously: the module has a few hundred octets.
    const module = new WebAssembly.Module(Buffer.from(MASK_WASM, "base64"));
    const { memory, unmask } = new WebAssembly.Instance(module).exports as KernelExports;
    const { buffer } = memory;
    return {
      memory: buffer,
      scratch: new Uint8Array(buffer, 0, PAGE_OCTETS),
      readBuffer: Buffer.from(buffer, PAGE_OCTETS),
      unmask,
    };
  } catch {
    return undefined;
  }
}

/** The part that is used here: TypeScript has these types only together with those of browsers. */
declare const WebAssembly:
  | {
      readonly Module: new (octets: Uint8Array) => object;
      readonly Instance: new (module: object) => { readonly exports: unknown };
    }
  | undefined;

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly unmask: (at: number, octets: number, key: number) => void;
}
