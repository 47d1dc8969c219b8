import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";
import { fileURLToPath } from "node:url";

/**
 * Vite carries `ws` inside of its own file, out of reach of overrides. Where it runs on Bun, it asks for the package
 * instead; this loader hook makes it do so everywhere. docs/ws-compat.md says the same to applications.
 */
const CARRIER = "/vite/dist/node/chunks/node.js";
const BUNDLED = "import_websocket_server.default;";
const ASKED_FOR =
  'process.getBuiltinModule("node:module").createRequire(import.meta.url)("ws").WebSocketServer;';

type Load = (url: string, context: unknown, next: (url: string, context: unknown) => unknown) => unknown;

/** For both kinds of hooks that Node has: in a thread of their own, and in the thread that imports. */
export const load: Load = (url, context, next) => {
  if (!url.endsWith(CARRIER)) return next(url, context);
  const parts = readFileSync(fileURLToPath(url), "utf8").split(BUNDLED);
  if (parts.length !== 2) throw new Error(`${CARRIER} does not bundle ws in the way that is known`);
  return { format: "module", source: parts.join(ASKED_FOR), shortCircuit: true };
};

/** From now on Vite, when it is imported, uses the `ws` that its folder finds. */
export function aliasBundledWs(): void {
  const { register, registerHooks } = nodeModule as typeof nodeModule & {
    /** Since Node 22.15. */
    readonly registerHooks?: (hooks: { load: Load }) => unknown;
  };
  if (registerHooks === undefined) register(import.meta.url);
  else registerHooks({ load });
}
