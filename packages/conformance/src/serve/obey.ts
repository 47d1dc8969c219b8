import { Opcode } from "../case/opcode.js";
import type { MessageReader } from "../tester/message-reader.js";
import { readCommand, type CommandedFrame } from "./command.js";
import { Conversation, POLICY_VIOLATION, type ConversationContext } from "./conversation.js";

/** Most octets of a command. */
const COMMAND_OCTETS = 256 * 1024;
/** Octets that may wait for one client that gives commands and does not read. */
const WAITING_OCTETS = 32 * 1024 * 1024;
/** The same for all clients together. */
const ALL_WAITING_OCTETS = 4 * WAITING_OCTETS;
/** What a waiting write costs besides its octets. */
const PIECE_OCTETS = 256;

/** Octets that wait on all connections for commands of a server. */
export class Backlog {
  #octets = 0;

  /** False if the limit would be exceeded. */
  enter(octets: number): boolean {
    if (this.#octets + octets > ALL_WAITING_OCTETS) return false;
    this.#octets += octets;
    return true;
  }

  leave(octets: number): void {
    this.#octets -= octets;
  }
}

export interface ObeyContext extends Omit<ConversationContext, "reader" | "onMessage"> {
  readonly backlog: Backlog;
  /** How long the client may send no complete command, in milliseconds. */
  readonly commandMs: number;
  /** Called when a command has come, valid or not. */
  readonly onCommand?: () => void;
}

/**
 * A connection on which the client tells the tester what to send. If a command is invalid or does not come in time, the
 * connection is closed with code 1008 and a reason.
 */
export class ObedientConversation extends Conversation {
  readonly #backlog: Backlog;
  readonly #patience: () => void;
  #waitingOctets = 0;

  constructor(context: ObeyContext) {
    const { backlog, commandMs, onCommand, onGone } = context;
    const command = new CommandReader((problem) => {
      onCommand?.();
      this.close(POLICY_VIOLATION, problem);
    });
    super({
      ...context,
      reader: (opcode) => command.begin(opcode),
      onMessage: () => {
        if (command.isRefused) return;
        onCommand?.();
        this.#patience();
        this.#obey(command.text);
      },
      onGone: () => {
        backlog.leave(this.#waitingOctets);
        this.#waitingOctets = 0;
        onGone();
      },
    });
    this.#backlog = backlog;
    this.#patience = () =>
      this.closeUnlessWithin(commandMs, `no complete command came within ${commandMs} ms`);
    this.#patience();
  }

  #obey(text: string): void {
    const command = readCommand(text);
    if (typeof command === "string") return this.close(POLICY_VIOLATION, command);
    if (command.do === "close") return this.close(command.code, command.reason);
    for (const frame of command.frames) this.#send(frame);
  }

  #send({ octets, chop, sync }: CommandedFrame): void {
    if (this.connection.state !== "open") return;
    const cost = octets.length + PIECE_OCTETS * Math.ceil(octets.length / (chop ?? Infinity) || 1);
    if (this.#waitingOctets + cost > WAITING_OCTETS)
      return this.close(POLICY_VIOLATION, "the client does not read what it is sent");
    if (!this.#backlog.enter(cost))
      return this.close(POLICY_VIOLATION, "too much data is waiting for other clients");
    this.#waitingOctets += cost;
    const delivery = { ...(chop === undefined ? {} : { chop }), ...(sync ? { sync: true as const } : {}) };
    this.connection.sendOctets(octets, delivery, () => {
      // When the connection is gone, everything has been given back already.
      if (this.#waitingOctets === 0) return;
      this.#waitingOctets -= cost;
      this.#backlog.leave(cost);
    });
  }
}

/**
 * Keeps one text message up to a length, in at most twice as much memory, even if the pieces are small. A message that
 * cannot be a command is refused at once, because it may never end.
 */
class CommandReader implements MessageReader {
  readonly #onRefused: (problem: string) => void;
  #kept = Buffer.alloc(0);
  #octets = 0;
  isRefused = false;

  constructor(onRefused: (problem: string) => void) {
    this.#onRefused = onRefused;
  }

  begin(opcode: number): MessageReader {
    this.#octets = 0;
    if (opcode !== Opcode.text) this.#refuse("a command must be a text message");
    return this;
  }

  push(piece: Uint8Array): boolean {
    const octets = this.#octets + piece.length;
    if (octets > COMMAND_OCTETS) this.#refuse(`a command may have at most ${COMMAND_OCTETS} octets`);
    if (this.isRefused) return true;
    if (octets > this.#kept.length) {
      const grown = Buffer.alloc(Math.min(COMMAND_OCTETS, 2 * octets));
      this.#kept.copy(grown, 0, 0, this.#octets);
      this.#kept = grown;
    }
    // Copy it: the piece is valid only during this call.
    this.#kept.set(piece, this.#octets);
    this.#octets = octets;
    return true;
  }

  end(): boolean {
    return true;
  }

  get text(): string {
    return this.#kept.toString("utf8", 0, this.#octets);
  }

  #refuse(problem: string): void {
    if (this.isRefused) return;
    this.isRefused = true;
    this.#kept = Buffer.alloc(0);
    this.#onRefused(problem);
  }
}
