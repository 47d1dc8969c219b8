import {
  coveredRequirements,
  documentCoverage,
  type Coverage,
  type CoveredRequirement,
} from "../case/coverage.js";
import { CASES } from "../cases/index.js";
import { indent, table, wrap } from "../report/layout.js";
import { count } from "../report/words.js";
import { runCoverage } from "../run/run-coverage.js";
import { command, type Command } from "./command.js";
import type { Io } from "./io.js";
import { plainText, single, toggle } from "./option.js";
import { runCoverageText } from "./run-coverage-text.js";
import { storedRun } from "./stored-run.js";

/** `wireproof coverage`: which requirements of the RFCs the suite covers, or what a run says of them. */
export const coverageCommand: Command = command({
  name: "coverage",
  summary: "Shows which requirements of the RFCs have a case; with --run, which a run exercised.",
  details:
    "Without --run it is about the suite, whatever the peer. With --run it is about one run: a requirement was exercised if a case that names it has a result, it is broken if a result says so, and it passed if such a case passed and none says that it is broken.",
  positionals: [],
  options: {
    run: single("FILE", "A run file: what was exercised in it, peer by peer.", plainText),
    json: toggle("Print JSON, with every requirement and its cases."),
  },
  examples: [
    { line: "coverage", description: "The figures of each RFC, and what has no case and why." },
    {
      line: "coverage --run wireproof-report/run.ndjson",
      description: "What a run exercised, and what the peer broke.",
    },
  ],
  action: async ({ run, json }, _positionals, io) => {
    if (run === undefined) await io.print(json ? suiteJson() : suiteText(io));
    else {
      const peers = await runCoverage((await storedRun(run)).events);
      await io.print(json ? `${JSON.stringify({ peers }, null, 2)}\n` : runCoverageText(peers, widthOf(io)));
    }
    return 0;
  },
});

function suiteJson(): string {
  const requirements = coveredRequirements(CASES);
  return `${JSON.stringify({ documents: documentCoverage(requirements), requirements }, null, 2)}\n`;
}

function suiteText(io: Io): string {
  const covered = coveredRequirements(CASES);
  const width = widthOf(io);
  const blocks = [
    coverageTable(covered),
    wrap(
      "Testable: some test can see it. Original: one of the 517 cases of Autobahn|Testsuite names it. Now: a case names it, or it is checked on every connection.",
      width,
    ),
    ["Without a case", ...indent(withoutCase(covered, width - 2), 2)],
  ];
  return `${blocks.map((block) => block.join("\n")).join("\n\n")}\n`;
}

/** Each document has a row for all its requirements, and one for what it demands. */
function coverageTable(covered: readonly CoveredRequirement[]): readonly string[] {
  const rows = documentCoverage(covered).flatMap(({ document, all, must }) => [
    [document, ...figures(all)],
    ["  MUST and MUST NOT", ...figures(must)],
  ]);
  return table([["Requirements", "testable", "original", "now"], ...rows], [1, 2, 3]);
}

function figures({ testable, original, now }: Coverage): readonly string[] {
  return [testable, original, now].map(String);
}

/** By reason, in the order in which the reasons first appear. */
function withoutCase(covered: readonly CoveredRequirement[], width: number): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { id, waived } of covered) {
    if (waived !== undefined) byReason.set(waived, [...(byReason.get(waived) ?? []), id]);
  }
  return [...byReason].flatMap(([reason, ids]) => [
    ...wrap(`${count(ids.length, "requirement")}: ${reason}`, width),
    ...indent(wrap(ids.join(", "), width - 4), 4),
  ]);
}

function widthOf({ columns }: Io): number {
  return Math.max(40, Math.min(100, columns));
}
