import { join } from "node:path";

import { readGrid, writeGrid } from "../grid/grid-file.js";
import { runGrid, type GridJobEnd } from "../grid/grid.js";
import { prepareGrid } from "../grid/prepare.js";
import { SCENARIOS } from "../grid/scenarios.js";
import { Packages } from "../matrix/packages.js";
import { escapeText } from "../report/escape.js";
import { count } from "../report/words.js";
import { systemClock } from "../time/clock.js";
import { SUITE_VERSION } from "../version.js";
import { command, type Command } from "./command.js";
import { ExitCode } from "./exit-code.js";
import {
  chosenStacks,
  modulesOf,
  namesPositional,
  progress,
  stacksOption,
  withResults,
} from "./matrix-options.js";
import { numberBetween, oneOf, plainText, several, single, toggle, withDefault } from "./option.js";
import { UsageError } from "./usage-error.js";

const names = SCENARIOS.map(({ name }) => name);

/** `wireproof matrix grid`: every client against every server. */
export const matrixGridCommand: Command = command({
  name: "matrix grid",
  summary: "Lets every client of the stacks talk to every server, and says who is at fault.",
  details:
    "Each pair plays short scenarios: open, text, binary, a fragmented message of 1 MiB, compression, a Ping, a subprotocol, and closing from each side. A proxy between the two changes nothing and reads along. A scenario works if the client says so and the octets show what it demands; if it fails, the octets tell which side is at fault, or that they do not tell. What was played before is not played again as long as both programs, what is installed for them and the suite are the same. After an interruption, the same command goes on where it stopped. Exit code 1 means that a program could not be built or started, or that the run was interrupted; scenarios that fail are results, not errors of the run.",
  positionals: [namesPositional],
  options: {
    stacks: stacksOption,
    client: several("NAME", "Only this client, against all the servers.", plainText),
    server: several("NAME", "Only this server, against all the clients.", plainText),
    scenario: several("NAME", "Only this scenario.", oneOf(names)),
    results: withDefault(
      single("DIR", "Folder of the results: grid.json is written there.", plainText),
      "interop/results",
    ),
    runs: withDefault(single("DIR", "Folder for what is built, in builds/.", plainText), "wireproof-matrix"),
    jobs: withDefault(
      single(
        "N",
        "Servers that run, and programs that are built, at the same time, from 1 to 64.",
        numberBetween(1, 64, "integer"),
      ),
      2,
    ),
    again: toggle("Play also what is unchanged."),
  },
  examples: [
    { line: "matrix grid", description: "Every client against every server of interop/stacks." },
    { line: "matrix grid ws gorilla", description: "Both clients against both servers." },
    {
      line: "matrix grid --client ws --scenario deflate",
      description: "One client, one scenario, all servers.",
    },
  ],
  action: async (values, names, io) => {
    const all = chosenStacks(values.stacks, names);
    const file = join(values.results, "grid.json");
    const print = progress(io);
    const say = (line: string): void => print(escapeText(line));
    const [clients, servers] = [values.client, values.server].map((chosen) =>
      chosen.length === 0 ? all : chosenStacks(values.stacks, chosen),
    );
    return withResults(values, async () => {
      const stored = readGrid(file);
      const { failed, ...programs } = await prepareGrid(
        { clients: clients ?? [], servers: servers ?? [] },
        {
          packages: new Packages(modulesOf(values.stacks)),
          stacks: values.stacks,
          modules: modulesOf(values.stacks),
          builds: join(values.runs, "builds"),
          jobs: values.jobs,
          suite: SUITE_VERSION,
          say,
          signal: io.signal,
        },
      );
      if (programs.clients.length === 0) throw new UsageError("no client of the grid is available here");
      if (programs.servers.length === 0) throw new UsageError("no server is available here");
      let isComplete = failed === 0;
      const played = await runGrid({
        ...programs,
        scenarios: SCENARIOS.filter(
          ({ name }) => values.scenario.length === 0 || values.scenario.includes(name),
        ),
        stored,
        again: values.again,
        jobs: values.jobs,
        clock: systemClock,
        suite: SUITE_VERSION,
        signal: io.signal,
        save: (results) => writeGrid(file, results),
        onEnd: (end) => {
          if (end.because !== null) isComplete = false;
          say(endText(end));
        },
      });
      say(`${count(played, "scenario")} played${played === 0 ? ": nothing has changed" : ""}`);
      return isComplete && !io.signal.aborted ? ExitCode.expected : ExitCode.unexpected;
    });
  },
});

/** `ws deflate: 12 work, 1 unsupported, 2 fail: node (fault of the client), okhttp (nobody knows whose fault)`. */
function endText({ server, scenario, results, because }: GridJobEnd): string {
  const of = (outcome: string): number => results.filter(({ result }) => result.outcome === outcome).length;
  const failing = results.filter(({ result }) => result.outcome === "fails");
  const whose = failing.map(({ client, result }) => {
    const { fault = null } = result;
    if (fault === null) return `${client} (the octets do not tell why)`;
    return `${client} (fault of ${fault === "both" ? "both" : `the ${fault}`})`;
  });
  const counts = [`${of("works")} work`, `${of("unsupported")} unsupported`, `${failing.length} fail`];
  const list = whose.length === 0 ? "" : `: ${whose.join(", ")}`;
  return `${server} ${scenario}: ${counts.join(", ")}${list}${because === null ? "" : `; ${because}`}`;
}
