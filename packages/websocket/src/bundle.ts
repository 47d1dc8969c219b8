/** Everything that the package consists of, as one module: what scripts/bundle.mjs makes the published file from. */
export * as endpoint from "./index.js";
export { WebSocket } from "./ws/index.js";

// What only tests of the published file ask it: which of its ways it takes in this process.
export { usesInternals } from "./deflate/streams.js";
export { wasmKernel } from "./kernel/wasm-kernel.js";
export { settleReadMode } from "./transport/static-read.js";
