import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { EndingFact } from "./ending.js";

/** A case of the original as `test/data/autobahn-247.json` states it. */
export interface Fact extends EndingFact {
  readonly id: string;
  readonly actions: readonly Action[];
  readonly expected: Readonly<Record<string, readonly EventFact[]>>;
}

export interface PayloadFact {
  readonly length: number;
  readonly hex?: string;
  readonly repeatHex?: string;
  readonly hexHead?: string;
  readonly sha1?: string;
}

type EventFact =
  | { readonly type: "message"; readonly binary: boolean; readonly payload: PayloadFact }
  | { readonly type: "pong"; readonly payload: PayloadFact }
  | { readonly type: "timeout"; readonly tag: string };

type Action =
  | {
      readonly op: "frame";
      readonly opcode: number;
      readonly fin: boolean;
      readonly rsv: number;
      readonly payload: PayloadFact;
      readonly chopSize?: number;
      readonly sync?: boolean;
    }
  | {
      readonly op: "fragmentedMessage";
      readonly firstOpcode: number;
      readonly fragmentSize: number;
      readonly frames: number;
      readonly lastFrameLength: number;
      readonly payload: PayloadFact;
    }
  | { readonly op: "beginMessage"; readonly opcode: number }
  | { readonly op: "frameHeader"; readonly fin: boolean; readonly declaredLength: number }
  | { readonly op: "framePayloadChunk"; readonly payload: PayloadFact }
  | { readonly op: "close"; readonly code: number; readonly reason: string | PayloadFact | null }
  | { readonly op: "closeFrameRaw"; readonly payload: PayloadFact }
  | { readonly op: "killAfter" | "closeAfter"; readonly seconds: number }
  | {
      readonly op: "after";
      readonly seconds: number;
      readonly tag: string | null;
      readonly then: readonly Action[];
    };

/** Compiled tests lie in dist/test/cases; the data stays where it is. */
export const FACTS: readonly Fact[] = JSON.parse(
  readFileSync(new URL("../../../test/data/autobahn-247.json", import.meta.url), "utf8"),
) as readonly Fact[];

/** The lines of a script in the form that both sides are brought into: octets by length, beginning and digest. */
export function linesOfFact(fact: Fact): readonly string[] {
  return lines(fact.actions);
}

export function tracesOfFact(fact: Fact): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(
    Object.entries(fact.expected).map(([verdict, events]) => [verdict, events.map(eventLine)]),
  );
}

/** Octets in a line: length, the first 32 in hexadecimal, SHA-1 of all. */
export function octetsLine(octets: Uint8Array): string {
  const head = Buffer.from(octets.subarray(0, 32)).toString("hex");
  return `${octets.length} ${head} ${createHash("sha1").update(octets).digest("hex")}`;
}

/** The line of octets that a fact states in one of its forms. */
export function payloadLine(payload: PayloadFact): string {
  if (payload.hexHead !== undefined) return `${payload.length} ${payload.hexHead} ${payload.sha1}`;
  return octetsLine(expand(payload));
}

export interface FrameLine {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly chop: number | undefined;
  readonly sync: boolean | undefined;
}

export function frameLine({ opcode, fin, rsv, chop, sync }: FrameLine, octets: string): string {
  return `frame opcode=${opcode} fin=${fin} rsv=${rsv} chop=${chop ?? "-"} sync=${sync ?? false} ${octets}`;
}

function lines(actions: readonly Action[]): string[] {
  let opcode = Number.NaN;
  return actions.flatMap((action) => {
    if (action.op === "beginMessage") {
      ({ opcode } = action);
      return [];
    }
    return linesOf(action, opcode);
  });
}

function linesOf(action: Action, opcode: number): string[] {
  switch (action.op) {
    case "frame":
      return [
        frameLine({ ...action, chop: action.chopSize, sync: action.sync }, payloadLine(action.payload)),
      ];
    case "fragmentedMessage":
      return fragmentLines(action);
    case "frameHeader":
      return [`header opcode=${opcode} fin=${action.fin} length=${action.declaredLength}`];
    case "framePayloadChunk":
      return [`part ${payloadLine(action.payload)}`];
    case "close":
      return [`close ${action.code} ${reasonOf(action.reason)}`];
    case "closeFrameRaw":
      return [`raw close ${payloadLine(action.payload)}`];
    case "after":
      return [`after ${action.seconds} s, tag ${action.tag ?? "-"}`, ...lines(action.then)];
    case "killAfter":
    case "closeAfter":
      return [`${action.op} ${action.seconds} s`];
    default:
      throw new Error(`unknown action ${JSON.stringify(action)}`);
  }
}

function fragmentLines(action: Extract<Action, { op: "fragmentedMessage" }>): string[] {
  const { firstOpcode, fragmentSize, frames, lastFrameLength } = action;
  const octets = expand(action.payload);
  return Array.from({ length: frames }, (_, index) => {
    const slice = octets.subarray(index * fragmentSize, (index + 1) * fragmentSize);
    const isLast = index === frames - 1;
    if (isLast && slice.length !== lastFrameLength) throw new Error("the facts contradict each other");
    const opcode = index === 0 ? firstOpcode : 0;
    return frameLine({ opcode, fin: isLast, rsv: 0, chop: undefined, sync: undefined }, octetsLine(slice));
  });
}

function eventLine(event: EventFact): string {
  switch (event.type) {
    case "timeout":
      return `timeout ${event.tag}`;
    case "pong":
      return `pong ${payloadLine(event.payload)}`;
    case "message":
      return `message ${event.binary ? "binary" : "text"} ${payloadLine(event.payload)}`;
    default:
      throw new Error(`unknown event ${JSON.stringify(event)}`);
  }
}

function reasonOf(reason: string | PayloadFact | null): string {
  if (reason === null) return "-";
  return Buffer.from(typeof reason === "string" ? reason : expand(reason)).toString("hex");
}

function expand({ length, hex, repeatHex }: PayloadFact): Uint8Array {
  const octets = Buffer.alloc(length, Buffer.from(hex ?? repeatHex ?? "", "hex"));
  if (hex !== undefined && hex.length !== 2 * length) throw new Error("the facts contradict each other");
  return octets;
}
