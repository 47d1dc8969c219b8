import { invalidArgument } from "../errors.js";
import type { Carrier } from "./carrier.js";
import { CarrierEngine } from "./engine.js";
import type { EngineOptions } from "./options.js";

/**
 * Makes an engine of anything that carries octets between processes.
 *
 * @param carrier - What carries them. It belongs to this engine.
 * @param options - Prefix of channels, limit, and what the application hears. Default: those of {@link EngineOptions}.
 * @returns The engine, for the option `engine` of one server.
 * @throws {@link WebSocketError} (InvalidArgument) for options that cannot be used.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { createEngine, type Carrier } from "@wireproof/websocket/engines";
 *
 * const nowhere: Carrier = {
 *   name: "nowhere",
 *   open: (host) => host.up(),
 *   subscribe: async () => {},
 *   unsubscribe: async () => {},
 *   send: () => {},
 *   close: async () => {},
 * };
 * const engine = createEngine(nowhere, { prefix: "chat-" });
 * await using server = createServer({ engine });
 * await engine.ready();
 * console.assert((await server.subscribers("news", { everywhere: true })) === 0);
 * ```
 */
export function createEngine(carrier: Carrier, options: EngineOptions = {}): CarrierEngine {
  return makeEngine(carrier, options, "wireproof-");
}

/** The same with another default of the prefix. */
export function makeEngine(carrier: Carrier, options: EngineOptions, defaultPrefix: string): CarrierEngine {
  const { prefix = defaultPrefix, backlogOctets = 1, onState, onError } = options;
  if (typeof prefix !== "string" || prefix === "")
    throw invalidArgument("The option prefix is a text, not empty.");
  if (!(backlogOctets > 0)) throw invalidArgument("The option backlogOctets is a number above 0.");
  for (const [name, handler] of Object.entries({ onState, onError })) {
    const isRight = handler === undefined || typeof handler === "function";
    if (!isRight) throw invalidArgument(`The option ${name} is a function.`);
  }
  return new CarrierEngine(carrier, options, defaultPrefix);
}
