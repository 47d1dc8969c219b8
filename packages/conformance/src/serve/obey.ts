import { Opcode } from "../case/opcode.js";
import type { MessageReader } from "../engine/message-reader.js";
import { readCommand, type CommandedFrame } from "./command.js";
import { Conversation, type ConversationContext } from "./conversation.js";

/** A command may have this many octets. */
const COMMAND_OCTETS = 256 * 1024;
/** Octets that may wait for a client that gives commands and does not read. */
const WAITING_OCTETS = 32 * 1024 * 1024;

export interface ObeyContext extends Omit<ConversationContext, "reader" | "onMessage"> {
  /** A command has come, or what should have been one. */
  readonly onCommand?: () => void;
}

/**
 * A connection on which the client says what the tester shall send. A command that is none ends it with code 1008
 * and a reason.
 */
export class ObedientConversation extends Conversation {
  #waitingOctets = 0;

  constructor(context: ObeyContext) {
    const command = new CommandReader();
    super({
      ...context,
      reader: (opcode) => command.begin(opcode),
      onMessage: () => {
        context.onCommand?.();
        this.#obey(command.problem, command.text);
      },
    });
  }

  #obey(problem: string | null, text: string): void {
    const command = problem ?? readCommand(text);
    if (typeof command === "string") return this.close(1008, command);
    if (command.do === "close") return this.close(command.code, command.reason);
    for (const frame of command.frames) this.#send(frame);
  }

  #send({ octets, chop, sync }: CommandedFrame): void {
    if (this.connection.state !== "open") return;
    if (this.#waitingOctets + octets.length > WAITING_OCTETS) return this.close(1008, "you do not read");
    this.#waitingOctets += octets.length;
    const delivery = { ...(chop === undefined ? {} : { chop }), ...(sync ? { sync: true as const } : {}) };
    this.connection.sendOctets(octets, delivery, () => {
      this.#waitingOctets -= octets.length;
    });
  }
}

/** Keeps one text message, up to a length. */
class CommandReader implements MessageReader {
  #pieces: Uint8Array[] = [];
  #octets = 0;
  #isText = false;

  begin(opcode: number): MessageReader {
    this.#pieces = [];
    this.#octets = 0;
    this.#isText = opcode === Opcode.text;
    return this;
  }

  push(piece: Uint8Array): boolean {
    this.#octets += piece.length;
    // A copy: the piece is only valid during the call.
    if (this.#octets <= COMMAND_OCTETS) this.#pieces.push(piece.slice());
    return true;
  }

  end(): boolean {
    return true;
  }

  /** Why the message cannot be a command. */
  get problem(): string | null {
    if (!this.#isText) return "a command is a text message";
    return this.#octets > COMMAND_OCTETS ? `a command has at most ${COMMAND_OCTETS} octets` : null;
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString("utf8");
  }
}
