import type { Transport } from "../net/transport.js";
import type { Recorder } from "../record/recorder.js";
import { answerWhole } from "./answering.js";

export interface Refusal {
  readonly status: number;
  /** Why, in a clause without a full stop. */
  readonly sentence: string;
  /** Header lines, `Name: value`. */
  readonly headers?: readonly string[];
}

/** A clause as a sentence: with a capital letter and a full stop. */
export function asSentence(clause: string): string {
  return `${clause.slice(0, 1).toUpperCase()}${clause.slice(1)}.`;
}

/** Sends the answer that refuses a request, and ends the connection. Returns the answer as it went out. */
export function refuse(transport: Transport, refusal: Refusal, recorder?: Recorder): string {
  const body = `${asSentence(refusal.sentence)}\n`;
  const { status, headers = [] } = refusal;
  return answerWhole(transport, { status, headers, type: "text/plain", body }, recorder);
}
