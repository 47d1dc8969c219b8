import { CASES } from "../cases/index.js";
import { quote } from "../report/escape.js";
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
    if (run === undefined) await io.print(caseText(known(id), io.columns));
    else for (const page of await recordPages(run, id, agent)) await io.print(page);
    return 0;
  },
});

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
