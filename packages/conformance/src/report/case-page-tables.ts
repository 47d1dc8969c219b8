import { opcodeName } from "../case/opcode.js";
import { cut, quote } from "./escape.js";
import type { CaseRecord, CloseRecord, OpcodeCounts, SizeCounts } from "../record/record.js";
import { saidOf } from "../record/http2-record.js";
import { table } from "./layout.js";
import { closePayloadText } from "./text.js";

const REASON_LIMIT = 200;

/** What the record says about the end of the connection: fact, value, and what the value means. */
export function closingFacts(record: CaseRecord): string[] {
  const { close } = record;
  const peerIs = record.role === "client" ? "server" : "client";
  const rows = [
    ["Role of the tester", record.role, `The peer under test is the ${peerIs}.`],
    fact(
      "Closed by tester",
      close.closedByTester,
      "sent the first Close frame",
      "did not send the first Close frame",
    ),
    fact("Failed by tester", close.failedByTester, "failed the connection", "did not fail the connection"),
    fact(
      "Dropped by tester",
      close.droppedByTester,
      "closed TCP before the peer did",
      "did not close TCP first",
    ),
    cleanness(close),
    timeout("Opening timed out", close.openTimeout, "The opening handshake"),
    timeout("Closing timed out", close.closeTimeout, "The peer's answer to the tester's Close frame"),
    timeout("Drop timed out", close.dropTimeout, "The end of TCP after both Close frames"),
    ...closeFrameRows("Local", "tester", close.localCode, close.localReason, close.localPayload),
    ...closeFrameRows("Remote", "peer", close.remoteCode, close.remoteReason, close.remotePayload),
  ];
  return table(rows.map((row) => row.map((cell) => saidOf(record, cell))));
}

/** How often reads or writes of a size occurred, with a total row. */
export function octetTable(sizes: SizeCounts): string[] {
  const entries = Object.entries(sizes)
    .map(([size, times]) => ({ size: Number(size), times }))
    .sort((a, b) => a.size - b.size);
  const times = sum(entries.map((entry) => entry.times));
  const octets = sum(entries.map((entry) => entry.size * entry.times));
  const rows = entries.map((entry) => [entry.size, entry.times, entry.size * entry.times].map(String));
  return table([["Size", "Count", "Octets"], ...rows, ["Total", String(times), String(octets)]], [0, 1, 2]);
}

/** How often frames of an opcode occurred, with a total row. */
export function frameTable(opcodes: OpcodeCounts): string[] {
  const entries = Object.entries(opcodes)
    .map(([opcode, times]) => ({ opcode: Number(opcode), times }))
    .sort((a, b) => a.opcode - b.opcode);
  const rows = entries.map(({ opcode, times }) => [String(opcode), opcodeName(opcode), String(times)]);
  const total = String(sum(entries.map((entry) => entry.times)));
  return table([["Opcode", "Name", "Count"], ...rows, ["Total", "", total]], [0, 2]);
}

function fact(name: string, value: boolean, ifTrue: string, ifFalse: string): string[] {
  return [name, yesNo(value), `The tester ${value ? ifTrue : ifFalse}.`];
}

function timeout(name: string, value: boolean, subject: string): string[] {
  return [name, yesNo(value), value ? `${subject} did not come in time.` : "This limit was not reached."];
}

/** RFC 6455 §7.1.4: clean means that TCP ended after the closing handshake was completed. */
function cleanness(close: CloseRecord): string[] {
  if (close.clean) return ["Clean", "yes", "Both Close frames were exchanged, and nothing was missing."];
  const reason = close.notCleanReason;
  return [
    "Clean",
    "no",
    reason === null ? "No reason was recorded." : cut(quote(reason).slice(1, -1), REASON_LIMIT),
  ];
}

function closeFrameRows(
  prefix: string,
  side: string,
  code: number | null,
  reason: string | null,
  payload: string | null,
): string[][] {
  return [
    [`${prefix} code`, code === null ? "none" : String(code), codeMeaning(side, code, payload)],
    // The text may be long: it stands in the last column, which may.
    reason === null
      ? [`${prefix} reason`, "none", `The ${side} gave no reason.`]
      : [`${prefix} reason`, "given", cut(quote(reason), REASON_LIMIT)],
  ];
}

function codeMeaning(side: string, code: number | null, payload: string | null): string {
  if (payload === null)
    return code === null ? `The ${side} sent no Close frame.` : `The code that the ${side} sent.`;
  const shown = closePayloadText({ hex: payload, length: payload.length / 2 }, 40);
  if (code !== null) return `The code in the ${side}'s first Close frame.`;
  return payload === ""
    ? `The ${side}'s Close frame had no code.`
    : `The payload of the ${side}'s Close frame is not a code: ${shown}`;
}

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
