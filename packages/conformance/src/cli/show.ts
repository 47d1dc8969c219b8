import { LINT_RULES, type LintRule } from "../case/lint-rules.js";
import { citation, requirement, rfcLink } from "../case/requirements.js";
import { CASES } from "../cases/index.js";
import { quote } from "../report/escape.js";
import { wrap } from "../report/layout.js";
import { caseText } from "./case-text.js";
import { command, type Command } from "./command.js";
import { didYouMean } from "./nearest.js";
import { plainText, several, single } from "./option.js";
import { recordPages } from "./show-record.js";
import { UsageError } from "./usage-error.js";

/** `wireproof show`: a case, or what happened when it was played. */
export const showCommand: Command = command({
  name: "show",
  summary: "Shows what a case does; with --run, its whole record from a stored run.",
  positionals: [{ name: "id", description: "Id of a case, such as 5.20." }],
  options: {
    run: single("FILE", "The run file in which the case was played.", plainText),
    agent: several("NAME", "Only the record of this peer, by its name in the run.", plainText),
  },
  examples: [
    { line: "show 5.20", description: "What is sent, and what has to come back." },
    { line: "show 5.20 --run wireproof-report/run.ndjson", description: "What happened in a run." },
  ],
  action: async ({ run, agent }, [id = ""], io) => {
    if (run === undefined && agent.length > 0) throw new UsageError("--agent needs --run FILE");
    const rule = LINT_RULES.find((one) => one.id === id);
    if (rule !== undefined && run === undefined) await io.print(ruleText(rule, io.columns));
    else if (run === undefined) await io.print(caseText(known(id), io.columns));
    else for (const page of await recordPages(run, id, agent)) await io.print(page);
    return 0;
  },
});

/** A rule of every connection. */
function ruleText({ id, title, role, requirements }: LintRule, columns: number): string {
  const who = role === "both" ? "clients and servers" : `${role}s`;
  const lines = [
    `${id}  ${title}`,
    "",
    ...wrap(
      `This is no case: it is checked on every connection of every case, of ${who}. The end of a run says what was found.`,
      columns,
    ),
    "",
    ...requirements.flatMap((one) => {
      const { level, text } = requirement(one);
      return [`${citation(one)} ${level}  ${rfcLink(one)}`, `  ${text}`];
    }),
  ];
  return `${lines.join("\n")}\n`;
}

function known(id: string): (typeof CASES)[number] {
  const found = CASES.find((one) => one.id === id);
  if (found !== undefined) return found;
  const hint =
    didYouMean(
      id,
      CASES.map((one) => one.id),
    ) || "; see wireproof list";
  throw new UsageError(`there is no case ${quote(id)}${hint}`);
}
