import { fileURLToPath } from "node:url";

/** Path of the script `crashing-server.js`, to be run with `node`: a port, and the length of the deadly message. */
export const CRASHING_SERVER: string = fileURLToPath(new URL("./crashing-server.js", import.meta.url));
