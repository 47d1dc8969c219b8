import type { Case } from "../case/case.js";
import { answersThenFailsWith, failsWith, message } from "../case/expect.js";
import { FAILING, FAILING_DIFFERS, family } from "../case/family.js";
import { frame, kill, ping, text } from "../case/steps.js";

interface Row {
  /** Sent after this was echoed, or alone. */
  readonly behindEcho: boolean;
  readonly payload: string;
  readonly chop?: number;
}

const HELLO = "Hello, world!";

const ROWS: readonly Row[] = [
  { behindEcho: false, payload: "" },
  { behindEcho: false, payload: "reserved opcode payload" },
  { behindEcho: true, payload: "" },
  { behindEcho: true, payload: HELLO },
  { behindEcho: true, payload: HELLO, chop: 1 },
];

/** 4.1: data frames with opcodes 3–7; 4.2: control frames with opcodes 11–15 (RFC 6455 §5.2). */
export const RESERVED_OPCODES: readonly Case[] = [
  ...family("4.1", ROWS, (id, row) => reservedCase(id, row, "data", 2)),
  ...family("4.2", ROWS, (id, row) => reservedCase(id, row, "control", 10)),
];

/** The opcodes of a family are consecutive: `opcodeBefore` + 1, + 2 … */
function reservedCase(id: string, row: Row, kind: "data" | "control", opcodeBefore: number): Case {
  const opcode = opcodeBefore + Number(id.slice(id.lastIndexOf(".") + 1));
  const reserved = frame(opcode, row.payload);
  const what = `${kind} frame with the reserved opcode ${opcode}${row.payload === "" ? " and no payload" : " and a payload"}`;
  const facts = {
    id,
    requirements: ["6455-5.2-3", ...FAILING],
    illegal: ["reserved-opcode"],
    differs: FAILING_DIFFERS,
  } satisfies Partial<Case>;
  if (!row.behindEcho) {
    return {
      ...facts,
      title: titleOf(opcode, kind, row),
      description: `One ${what}. RFC 6455 §5.2 reserves this opcode for later, and no negotiated extension uses it.`,
      expectation:
        "The peer fails the connection; the close code, if it sends one, is 1002 (protocol error). It neither skips the frame nor echoes it.",
      script: [reserved, kill(1)],
      expect: failsWith(1002),
    };
  }
  return {
    ...facts,
    title: titleOf(opcode, kind, row),
    description: `A text message, a ${what}, and a Ping${row.chop === undefined ? ", all in one burst" : "; every octet in a separate write"}. The Ping shows whether the peer goes on reading.`,
    expectation:
      "The peer fails the connection at the reserved opcode; the close code, if it sends one, is 1002 (protocol error). It may echo the text before that; it does not answer the Ping.",
    requirements: [...facts.requirements, "6455-7.1.7-4"],
    script: [text(HELLO), reserved, ping(""), kill(1)],
    expect: answersThenFailsWith(1002, message(HELLO)),
    differs: [...FAILING_DIFFERS, "first-echo-optional"],
    ...(row.chop === undefined ? {} : { chop: row.chop }),
  };
}

function titleOf(opcode: number, kind: string, row: Row): string {
  const where = row.behindEcho ? " after a text message" : "";
  const pace = row.chop === undefined ? "" : ", one octet per write";
  const payload = row.payload === "" ? "" : " with payload";
  return `Reserved ${kind} opcode ${opcode}${payload}${where}${pace}`;
}
