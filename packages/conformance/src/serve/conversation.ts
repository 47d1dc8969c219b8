import { Opcode } from "../case/opcode.js";
import type { Profile } from "../record/record.js";
import type { OpeningRequest } from "../wire/check-request.js";
import type { Clock, Timer } from "../time/clock.js";
import { closeOctets } from "../wire/close-payload.js";
import type { TesterOptions } from "../tester/tester-options.js";
import { TesterConnection } from "../tester/connection.js";
import type { MessageReader } from "../tester/message-reader.js";
import { openingAnswer } from "../tester/answering.js";
import { Recorder } from "../record/recorder.js";
import type { Timeouts } from "../tester/timeouts.js";
import type { Transport, TransportEvents } from "../net/transport.js";

/** The code to use if no other code fits (RFC 6455 §7.4.1). */
export const POLICY_VIOLATION = 1008;

export interface ConversationContext {
  readonly transport: Transport;
  readonly request: OpeningRequest;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly timeouts: Timeouts;
  readonly testerOptions?: TesterOptions;
  /** Returns the reader of a message of the client; null if the message is not needed. */
  readonly reader?: (opcode: number) => MessageReader | null;
  /** Called when a message that a reader has taken is complete. */
  readonly onMessage?: () => void;
  /** Called when the connection is gone. */
  readonly onGone: () => void;
}

/** A connection that plays no case: the client has a question and gets the answer. Nothing is recorded. */
export class Conversation {
  readonly connection: TesterConnection;
  readonly events: TransportEvents;
  readonly #clock: Clock;
  #deadline: Timer | undefined;

  /** Completes the opening handshake. */
  constructor(context: ConversationContext) {
    const { transport, request, profile, clock, onGone, onMessage } = context;
    this.#clock = clock;
    const original = profile === "autobahn";
    openingAnswer(transport, { key: request.key, extension: null, original }).write();
    this.connection = new TesterConnection({
      ...context,
      role: "server",
      recorder: new Recorder(clock, () => undefined),
      readerFor: context.reader ?? (() => null),
      onTaken: () => onMessage?.(),
      onEvent: () => undefined,
      onState: () => {
        if (this.connection.state !== "closed") return;
        this.#deadline?.cancel();
        onGone();
      },
    });
    this.events = {
      received: (chunk) => this.connection.receive(chunk),
      ended: (reset) => this.connection.end(reset),
    };
  }

  /** Closes with code 1008 and this reason unless this is called again, or the connection ends, within `ms`. */
  closeUnlessWithin(ms: number, reason: string): void {
    this.#deadline?.cancel();
    this.#deadline = this.#clock.after(ms, () => this.close(POLICY_VIOLATION, reason));
  }

  /** Sends a text message and closes. */
  answer(text: string): void {
    const payload = Buffer.from(text, "utf8");
    if (this.connection.state === "open") {
      this.connection.sendFrame({ opcode: Opcode.text, fin: true, rsv: 0, payload });
    }
    this.close();
  }

  /** Starts the closing handshake; without a code the Close frame is empty, as in the original. */
  close(code?: number, reason?: string): void {
    this.connection.startClose(closeOctets(code, reason));
  }
}
