import type { Profile } from "../record/record.js";
import type { CompressedStreams } from "./compressed-streams.js";
import type { TesterConnection } from "../tester/connection.js";
import type { DeflateCodec } from "../tester/deflate-codec.js";
import { fragments, type Fragment } from "./fragments.js";
import type { MessageSource } from "./loop-messages.js";

export interface LoopSenderContext {
  readonly connection: TesterConnection;
  readonly profile: Profile;
  readonly source: MessageSource;
  /** Null if messages are sent uncompressed. */
  readonly codec: DeflateCodec | null;
  readonly streams: CompressedStreams;
  readonly fragmentSize?: number | undefined;
}

/** Sends the messages of an echo loop: compressed whole (RFC 7692 §7.2.1), then cut into frames. */
export class LoopSender {
  readonly #context: LoopSenderContext;

  constructor(context: LoopSenderContext) {
    this.#context = context;
  }

  /** Sends messages in as few writes as possible, the first with this index. */
  send(messages: readonly Uint8Array[], index: number): void {
    this.#context.connection.sendLoad(this.#framesOf(messages, index));
  }

  *#framesOf(messages: readonly Uint8Array[], from: number): Generator<Fragment> {
    const { connection, profile, source, codec, fragmentSize = Number.POSITIVE_INFINITY } = this.#context;
    for (let at = 0; at < messages.length; at++) {
      const message = messages[at] as Uint8Array;
      connection.countApplication(message.length);
      const payload = codec === null ? message : this.#compressed(codec, message, from + at);
      // RSV1 marks a compressed message, on its first frame only (RFC 7692 §6.1).
      const rsv = codec === null ? 0 : 4;
      yield* fragments({ opcode: source.opcode, payload, fragmentSize, rsv }, profile);
    }
  }

  #compressed(codec: DeflateCodec, message: Uint8Array, index: number): Uint8Array {
    const { streams, source } = this.#context;
    // With context takeover a compressed message depends on all messages before it; without, only on the message and
    // the window. Lent memory is enough: the frames are made before anything else is compressed.
    if (!codec.side.noContextTakeover) return codec.deflateLent(message);
    return streams.message(`${source.name} ${codec.side.windowBits}`, index, () =>
      codec.deflateLent(message),
    );
  }
}
