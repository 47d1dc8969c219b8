import { encodeAnswer } from "../wire/http1.js";
import { SUITE_VERSION } from "../version.js";
import type { Transport } from "../net/transport.js";

/** The tester's `Server` header. */
export const SERVER_NAME: string = `wireproof/${SUITE_VERSION}`;

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

/** Sends the answer that refuses a request, and ends the connection. */
export function refuse(transport: Transport, refusal: Refusal): Uint8Array {
  const body = `${asSentence(refusal.sentence)}\n`;
  const { status, headers = [] } = refusal;
  const answer = encodeAnswer({ status, headers, server: SERVER_NAME, type: "text/plain", body });
  transport.write(answer);
  transport.end();
  return answer;
}
