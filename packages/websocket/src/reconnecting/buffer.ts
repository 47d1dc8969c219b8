/** A message on its way out: text, or octets. */
export type Outgoing = string | Uint8Array;

/**
 * What happens to messages that are sent while there is no connection.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { reconnecting, type BufferLimits } from "@wireproof/websocket/reconnecting";
 *
 * const buffer: BufferLimits = { messages: 2, octets: 1_024, onFull: "drop-oldest" };
 * const received: unknown[] = [];
 * const dropped: unknown[] = [];
 * await using server = createServer({ message: (ws, data) => (received.push(data), ws.send("done")) });
 * const { port } = await server.listen(0, "127.0.0.1");
 * await using ws = reconnecting(`ws://127.0.0.1:${port}`, {
 *   buffer,
 *   dropped: (_ws, data) => dropped.push(data),
 * });
 * for (const text of ["one", "two", "three"]) ws.send(text);
 * for await (const answer of ws) if (answer === "done" && received.length === 2) break;
 * console.assert(received.join() === "two,three" && dropped.join() === "one" && ws.counters.dropped === 1);
 * ```
 */
export interface BufferLimits {
  /**
   * Octets that may wait: in the buffer while there is no connection, in the transport while there is one. At least 0;
   * default 1 MiB.
   */
  readonly octets: number;
  /** Messages that may wait in the buffer. At least 0; default 1,000. */
  readonly messages: number;
  /**
   * What gives way when there is no room: the oldest messages, the new one, or the sender, for whom `send` throws. What
   * the transport has cannot be taken back, so "drop-oldest" drops the new message, too, while there is a connection.
   * Default "drop-newest".
   */
  readonly onFull: "drop-oldest" | "drop-newest" | "error";
}

/**
 * What waits where the options do not say otherwise.
 *
 * @example
 * ```ts
 * import { DEFAULT_BUFFER } from "@wireproof/websocket/reconnecting";
 *
 * console.assert(DEFAULT_BUFFER.messages === 1_000 && DEFAULT_BUFFER.onFull === "drop-newest");
 * ```
 */
export const DEFAULT_BUFFER: BufferLimits = { octets: 1_048_576, messages: 1_000, onFull: "drop-newest" };

/** Messages that wait for a connection, oldest first. */
export class SendBuffer {
  readonly #limits: BufferLimits;
  readonly #messages: Outgoing[] = [];
  #octets = 0;

  constructor(limits: BufferLimits) {
    this.#limits = limits;
  }

  get messages(): number {
    return this.#messages.length;
  }

  get octets(): number {
    return this.#octets;
  }

  /** Keeps a message, and returns what had to give way; undefined: there is no room, and the message was not kept. */
  add(message: Outgoing): Outgoing[] | undefined {
    const { octets, messages, onFull } = this.#limits;
    const size = sizeOf(message);
    const hasRoom = (): boolean => this.#octets + size <= octets && this.#messages.length < messages;
    const dropped: Outgoing[] = [];
    // A message that would not even fit alone makes nothing else give way.
    if (size > octets || messages < 1 || (!hasRoom() && onFull !== "drop-oldest")) return undefined;
    while (!hasRoom()) dropped.push(this.shift()!);
    this.#messages.push(message);
    this.#octets += size;
    return dropped;
  }

  /** Takes the oldest message out; undefined: there is none. */
  shift(): Outgoing | undefined {
    const oldest = this.#messages.shift();
    if (oldest !== undefined) this.#octets -= sizeOf(oldest);
    return oldest;
  }
}

/** How many octets a message takes; a text in UTF-8. */
export function sizeOf(message: Outgoing): number {
  if (typeof message !== "string") return message.byteLength;
  let octets = message.length;
  for (let at = 0; at < message.length; at++) {
    const unit = message.charCodeAt(at);
    if (unit >= 0x80) octets++;
    // Each half of a surrogate pair stands for two of four octets. One without the other is not looked for.
    if (unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff)) octets++;
  }
  return octets;
}
