import {
  changeGroups,
  differenceRemarks,
  differenceSentence,
  type ChangeGroup,
} from "../report/difference-text.js";
import { quote } from "../report/escape.js";
import { indent, wrap } from "../report/layout.js";
import { markdownText } from "../report/markdown-text.js";
import { compareRuns, isWorse, type RunDifference } from "../report/run-difference.js";
import { resultsOf, type RunResults } from "../report/run-results.js";
import { command, type Command } from "./command.js";
import { ExitCode } from "./exit-code.js";
import type { Io } from "./io.js";
import { toggle } from "./option.js";
import { storedRun } from "./stored-run.js";
import { UsageError } from "./usage-error.js";

/** Entries of a group that are shown; a comment of GitHub has at most 65,536 characters. */
const SHOWN_ENTRIES = 50;

/** `wireproof compare`: what changed from one run to another. */
export const compareCommand: Command = command({
  name: "compare",
  summary: "Compares two stored runs: what is new, what is fixed, what has changed.",
  details:
    "A finding or a result that is not as expected and was not there before is new: then the exit code is 1. A new warning or note is shown, and changes no exit code. What the later run did not play counts as not played, not as fixed.",
  positionals: [
    {
      name: "file",
      description: "The run file of the earlier run, then that of the later one.",
      variadic: true,
    },
  ],
  options: {
    markdown: toggle("Print Markdown, such as for a comment on a pull request."),
  },
  examples: [
    { line: "compare main.ndjson branch.ndjson", description: "What a branch changes." },
    { line: "compare main.ndjson branch.ndjson --markdown", description: "The same for a pull request." },
  ],
  action: async ({ markdown }, [before, now, extra], io) => {
    if (before === undefined || now === undefined) throw new UsageError("compare needs two run files");
    if (extra !== undefined)
      throw new UsageError(`unexpected argument ${quote(extra)}; compare takes two run files`);
    return compare(before, now, markdown, io);
  },
});

async function compare(earlier: string, later: string, isMarkdown: boolean, io: Io): Promise<number> {
  const before = await resultsOf((await storedRun(earlier)).events);
  const now = await resultsOf((await storedRun(later)).events);
  const difference = compareRuns(before, now);
  await io.print(isMarkdown ? markdown(difference, before, now) : text(difference, before, now, io));
  return isWorse(difference) ? ExitCode.unexpected : ExitCode.expected;
}

function text(difference: RunDifference, before: RunResults, now: RunResults, { columns }: Io): string {
  const width = Math.max(40, Math.min(100, columns));
  const lines = [
    ...differenceRemarks(difference, before, now).flatMap((remark) => wrap(remark, width)),
    ...difference.peers.flatMap((peer, index) => [
      ...(index === 0 ? [] : [""]),
      ...wrap(differenceSentence(peer), width),
      ...changeGroups(peer, now).flatMap((group) => groupLines(group, width)),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

function groupLines({ title, sign, entries }: ChangeGroup, width: number): readonly string[] {
  const hidden = entries.length - SHOWN_ENTRIES;
  return [
    "",
    `  ${title}`,
    ...entries.slice(0, SHOWN_ENTRIES).flatMap(({ text, about }) => [
      ...wrap(text, width - 4).map((line, index) => `  ${index === 0 ? sign : " "} ${line}`),
      ...indent(
        about.flatMap((one) => wrap(one, width - 6)),
        6,
      ),
    ]),
    ...(hidden > 0 ? [`    and ${hidden} more`] : []),
  ];
}

const MARKDOWN_SIGNS: Readonly<Record<ChangeGroup["sign"], string>> = { "+": "❌", "-": "✅", "~": "ℹ️" };

function markdown(difference: RunDifference, before: RunResults, now: RunResults): string {
  const lines = [
    "## WebSocket conformance: what changed",
    "",
    ...differenceRemarks(difference, before, now).flatMap((remark) => [markdownText(remark), ""]),
    ...difference.peers.flatMap((peer) => [
      `**${markdownText(differenceSentence(peer))}**`,
      "",
      ...changeGroups(peer, now).flatMap(markdownGroup),
    ]),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

function markdownGroup({ title, sign, entries }: ChangeGroup): readonly string[] {
  const hidden = entries.length - SHOWN_ENTRIES;
  return [
    `### ${MARKDOWN_SIGNS[sign]} ${title}`,
    "",
    ...entries
      .slice(0, SHOWN_ENTRIES)
      .flatMap(({ text, about }) => [
        `- ${markdownText(text)}`,
        ...about.map((one) => `  <br>${markdownText(one)}`),
      ]),
    ...(hidden > 0 ? [`- and ${hidden} more`] : []),
    "",
  ];
}
