import { createDeflater } from "../deflate/codec.js";
import { nodeKernels } from "../kernel/node-kernels.js";
import type { Deflater } from "../protocol/codec.js";
import { copyOctets } from "../protocol/copy.js";
import { Side } from "../protocol/state.js";
import { prepareFrame } from "../protocol/prepared.js";
import { toOctets } from "./data.js";
import type { MessageData } from "./data.js";
import type { CompressionSettings } from "./settings.js";

let payloadOf: (message: PreparedMessage) => Uint8Array;
let plainOf: (message: PreparedMessage) => Uint8Array;
let compressedOf: (message: PreparedMessage, windowBits: number, settings: CompressionSettings) => Uint8Array;

/**
 * A message that goes to many connections: framed once, and compressed once for each window that was agreed on,
 * since what a server sends carries no masking key and, without context takeover, no history. {@link frame} makes them.
 *
 * @example
 * ```ts
 * import { createServer, frame, type PreparedMessage } from "@wireproof/websocket";
 *
 * const tick: PreparedMessage = frame.text("tick");
 * const server = createServer({ open: (ws) => ws.send(tick) });
 * console.assert(tick.isText && server.publish("clock", tick) === 0);
 * ```
 */
export class PreparedMessage {
  /** Whether it is a text message. */
  readonly isText: boolean;
  readonly #octets: Uint8Array;
  #plain: Uint8Array | undefined = undefined;
  readonly #compressed: (Uint8Array | undefined)[] = [];

  /** @internal */
  constructor(octets: Uint8Array, isText: boolean) {
    this.#octets = octets;
    this.isText = isText;
  }

  static {
    // For sessions, not for applications: the same octets go to many connections.
    payloadOf = (message) => message.#octets;
    plainOf = (message) => (message.#plain ??= prepareFrame(message.#octets, message.isText));
    compressedOf = (message, windowBits, settings) =>
      (message.#compressed[windowBits] ??= prepareFrame(
        compress(message.#octets, windowBits, settings),
        message.isText,
        true,
      ));
  }
}

/** The payload data. */
export function payload(message: PreparedMessage): Uint8Array {
  return payloadOf(message);
}

/** The whole frame as a server sends it, uncompressed. */
export function plainFrame(message: PreparedMessage): Uint8Array {
  return plainOf(message);
}

/** The whole frame, compressed without context takeover in a window of `windowBits`, 8–15. */
export function compressedFrame(
  message: PreparedMessage,
  windowBits: number,
  settings: CompressionSettings,
): Uint8Array {
  return compressedOf(message, windowBits, settings);
}

/** What may be published, prepared. `isLent`: memory that was only lent to the application is copied. */
export function prepared(data: MessageData | PreparedMessage, isLent: boolean): PreparedMessage {
  if (data instanceof PreparedMessage) return data;
  if (typeof data === "string") return frame.text(data);
  return isLent ? frame.binary(data) : new PreparedMessage(toOctets(data), false);
}

/**
 * Messages prepared for `send` and `publish`. They may be kept and sent as often as wanted.
 *
 * @example
 * ```ts
 * import { frame } from "@wireproof/websocket";
 *
 * const text = frame.text("hello");
 * const binary = frame.binary(new Uint8Array([1, 2, 3]));
 * console.assert(text.isText && !binary.isText);
 * ```
 */
export const frame: {
  /**
   * A text message, as UTF-8.
   *
   * @param text - The message.
   * @returns The prepared message.
   */
  readonly text: (text: string) => PreparedMessage;
  /**
   * A binary message. The octets are copied: the message stays the same when the application reuses its memory.
   *
   * @param data - The message.
   * @returns The prepared message.
   * @throws {@link WebSocketError} (InvalidArgument) for anything that is no octets.
   */
  readonly binary: (data: Exclude<MessageData, string>) => PreparedMessage;
} = {
  text: (text) => {
    const octets = new Uint8Array(nodeKernels.textOctets(text));
    nodeKernels.encodeText(text, octets, 0);
    return new PreparedMessage(octets, true);
  },
  binary: (data) => new PreparedMessage(copyOctets(toOctets(data)), false),
};

function compress(octets: Uint8Array, windowBits: number, settings: CompressionSettings): Uint8Array {
  const compressed = deflaterFor(windowBits, settings).deflate(octets, true, () => {});
  if (compressed === undefined) throw new Error("A synchronous deflater answered late.");
  return compressed;
}

const deflaters = new Map<string, Deflater>();

/** Deflaters without context takeover keep nothing between messages, so these few are never closed. */
function deflaterFor(windowBits: number, settings: CompressionSettings): Deflater {
  const { level, memLevel } = settings;
  const key = `${windowBits} ${level} ${memLevel}`;
  const known = deflaters.get(key);
  if (known !== undefined) return known;
  const agreement = {
    serverNoContextTakeover: true,
    clientNoContextTakeover: true,
    serverMaxWindowBits: windowBits,
    clientMaxWindowBits: 15,
  };
  const options = { level, memLevel, syncLimit: Number.POSITIVE_INFINITY, maxConcurrent: 1 };
  const deflater = createDeflater(agreement, Side.Server, options);
  deflaters.set(key, deflater);
  return deflater;
}
