import { CASES } from "../cases/index.js";
import { IndexError, readAutobahnIndex, type OldIndex, type OldResult } from "../config/autobahn-index.js";
import { escapeText, quote } from "../report/escape.js";
import { wrap } from "../report/layout.js";
import type { Profile } from "../record/record.js";
import { count } from "../report/words.js";
import { command, type Command } from "./command.js";
import {
  compareAgent,
  pairAgents,
  possibleChanges,
  recordsOf,
  type AgentComparison,
  type ChangedCase,
} from "./compare-index.js";
import { ExitCode } from "./exit-code.js";
import type { Io } from "./io.js";
import { storedRun } from "./stored-run.js";
import { UsageError } from "./usage-error.js";

const CATALOGUE = new Map(CASES.map((one) => [one.id, one]));

const PROFILES: readonly (readonly [Profile, string])[] = [
  ["autobahn", "the default of wstest"],
  ["modern", "the default of wireproof"],
];

/** `wireproof compare-autobahn`: what changes for users of the original suite. */
export const compareAutobahnCommand: Command = command({
  name: "compare-autobahn",
  summary: "Compares results of Autobahn|Testsuite with those of this suite.",
  details:
    "With a run file of the same peer, it lists every case whose result differs from the index, for both profiles and with the reason. Without a run file, it lists the cases that the profile modern may judge differently.",
  positionals: [
    {
      name: "file",
      description:
        "The index.json of Autobahn|Testsuite, and optionally a run file such as wireproof-report/run.ndjson.",
      variadic: true,
    },
  ],
  options: {},
  examples: [
    { line: "compare-autobahn reports/servers/index.json", description: "Without a run of this suite." },
    {
      line: "compare-autobahn old/index.json reports/servers/run.ndjson",
      description: "Case by case, with the run file that wstest writes beside its reports.",
    },
  ],
  action: async (_values, [index = "", file, extra], io) => {
    if (extra !== undefined)
      throw new UsageError(`unexpected argument ${quote(extra)}; see wireproof compare-autobahn --help`);
    return compare(indexOf(index), file, io);
  },
});

async function compare(old: OldIndex, file: string | undefined, io: Io): Promise<number> {
  if (file === undefined) {
    for (const [agent, cases] of old) await io.print(withoutRun(agent, cases, io));
    return ExitCode.expected;
  }
  const run = await recordsOf((await storedRun(file)).events);
  for (const { old: agent, now } of pairAgents(old, run)) {
    const records = now === undefined ? undefined : run.get(now);
    if (now === undefined || records === undefined) {
      io.complain(`the run has no peer ${quote(agent)}; it has ${[...run.keys()].map(quote).join(", ")}`);
      continue;
    }
    const title = agent === now ? agent : `${agent}, called ${now} in the run`;
    await io.print(`${escapeText(title)}\n`);
    for (const [profile, whose] of PROFILES) {
      const comparison = compareAgent(old.get(agent) ?? new Map(), records, profile, CATALOGUE);
      await io.print(comparisonText(`profile ${profile}, ${whose}`, comparison, io));
    }
  }
  return ExitCode.expected;
}

function indexOf(file: string): OldIndex {
  try {
    return readAutobahnIndex(file);
  } catch (error) {
    if (error instanceof IndexError) throw new UsageError(error.message);
    throw error;
  }
}

function comparisonText(title: string, comparison: AgentComparison, io: Io): string {
  const { same, changed, unknown, added } = comparison;
  const width = widthOf(io);
  const lines = [
    `\n${title}: ${same} as before, ${changed.length} changed`,
    ...changed.flatMap((one) => changeLines(one, width)),
    ...[...unknown].flatMap(([reason, ids]) =>
      listLines(`${count(ids.length, "case")} ${reason}`, ids, width),
    ),
    ...(added.length === 0 ? [] : listLines(`${count(added.length, "case")} not in the index`, added, width)),
  ];
  return `${lines.join("\n")}\n`;
}

function changeLines({ id, old, now, reasons }: ChangedCase, width: number): readonly string[] {
  const sentences = reasons.flatMap((reason) => wrap(escapeText(reason), width - 10));
  return [`  ${id.padEnd(8)}${escapeText(old)} → ${now}`, ...sentences.map((line) => `          ${line}`)];
}

function withoutRun(agent: string, cases: ReadonlyMap<string, OldResult>, io: Io): string {
  const changes = possibleChanges(cases, CATALOGUE);
  const width = widthOf(io);
  const lines = [
    `${escapeText(agent)}: ${count(cases.size, "case")}`,
    "",
    ...wrap(
      "Under the profile autobahn, the default of wstest, no result should change. Under modern, the default of wireproof, the results of these cases may change; a run file shows which ones do.",
      width,
    ),
    ...[...changes].flatMap(([reason, ids]) => ["", ...listLines(reason, ids, width)]),
  ];
  return `${lines.join("\n")}\n`;
}

function listLines(reason: string, ids: readonly string[], width: number): readonly string[] {
  return [...wrap(reason, width - 2), ...wrap(ids.join(", "), width - 6).map((line) => `    ${line}`)].map(
    (line) => `  ${line}`,
  );
}

function widthOf({ columns }: Io): number {
  return Math.max(40, Math.min(100, columns));
}
