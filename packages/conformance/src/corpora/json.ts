import { Random } from "../case/random.js";
import { reportIds, reportRow, type ReportRow } from "./report-rows.js";

/** A pretty-printed index of an invented report, peer after peer, case after case. ASCII only, valid JSON. */
export function json(): Uint8Array {
  const random = new Random(0x6a736f6e);
  const index: Record<string, Record<string, IndexEntry>> = {};
  for (const peer of PEERS) {
    index[peer] = Object.fromEntries(reportIds().map((id) => [id, entryOf(peer, reportRow(id, random))]));
  }
  return new TextEncoder().encode(`${JSON.stringify(index, null, 3)}\n`);
}

interface IndexEntry {
  readonly closeCode: number | null;
  readonly closing: string;
  readonly durationMs: number;
  readonly outcome: string;
  readonly page: string;
}

function entryOf(peer: string, { id, closeCode, closing, durationMs, outcome }: ReportRow): IndexEntry {
  return { closeCode, closing, durationMs, outcome, page: `${peer}-case-${id.replaceAll(".", "-")}.json` };
}

const PEERS = ["kittiwake", "guillemot", "razorbill", "oystercatcher"] as const;
