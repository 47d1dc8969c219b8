import { Random } from "../case/random.js";
import { reportIds, reportRow, type ReportRow } from "./report-rows.js";

/**
 * The page of an invented report: a table with a row for each case and two cells for each peer. Some characters take
 * two or three octets, so that a cut between code points is not a cut at any octet.
 */
export function html(): Uint8Array {
  const random = new Random(0x68746d6c);
  const rows = reportIds().map((id) => rowOf(id, random));
  return new TextEncoder().encode([HEAD, ...rows, FOOT].join("\n"));
}

function rowOf(id: string, random: Random): string {
  const cells = PEERS.map((peer) => cellsOf(peer, reportRow(id, random), 40 + random.below(160)));
  return [
    `      <tr class="case">`,
    `        <th scope="row"><a href="#about-${dashed(id)}">Case ${id}</a></th>`,
    ...cells,
    `      </tr>`,
  ].join("\n");
}

function cellsOf(peer: string, row: ReportRow, frames: number): string {
  const { id, outcome, closing, durationMs, closeCode } = row;
  const page = `${peer}-case-${dashed(id)}.html`;
  return [
    `        <td class="${outcome}"><a href="${page}">${SIGNS[outcome] ?? outcome}</a> <small>${durationMs} ms, ${frames} frames</small></td>`,
    `        <td class="closing ${closing}"><span class="code">${closeCode ?? "–"}</span></td>`,
  ].join("\n");
}

function dashed(id: string): string {
  return id.replaceAll(".", "-");
}

const PEERS = ["kittiwake", "guillemot", "razorbill", "oystercatcher", "möwe"] as const;

const SIGNS: Readonly<Record<string, string>> = {
  pass: "pass",
  "non-strict": "tolerated ✓",
  informational: "noted",
  fail: "failed ✗",
};

const HEAD = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <title>Seabird report – all cases</title>
    <style>
      body { font: 15px/1.4 sans-serif; color: #223; background: #fdfdfb; margin: 2em auto; max-width: 70em }
      table { border-collapse: collapse; width: 100% }
      th, td { border-bottom: 1px solid #dde; padding: 0.2em 0.6em; text-align: left; vertical-align: top }
      .pass { background: #dff3df } .fail { background: #f6d5d2 } .non-strict { background: #fbf0cc }
      .informational { background: #dbe9f7 } .closing { color: #667 } .code { font-variant-numeric: tabular-nums }
      small { color: #778 }
    </style>
  </head>
  <body>
    <h1>Seabird report – all cases</h1>
    <p>Five birds, one shore: what each of them answered, how long it took and with which code it flew away.</p>
    <table>
      <tr><th>Case</th>${PEERS.map((peer) => `<th colspan="2">${peer}</th>`).join("")}</tr>`;

const FOOT = `    </table>
    <p>✓ tolerated · ✗ failed · – no code</p>
  </body>
</html>
`;
