import { jobTitle } from "../matrix/job.js";
import { versionText } from "../matrix/matrix-run.js";
import { Packages } from "../matrix/packages.js";
import { escapeText } from "../report/escape.js";
import { command, type Command } from "./command.js";
import { chosenJobs, chosenStacks, modulesOf, namesPositional, stackOptions } from "./matrix-options.js";

/** `wireproof matrix list`: which stacks can be tested here. */
export const matrixListCommand: Command = command({
  name: "matrix list",
  summary: "Lists the stacks that can be tested here, and what the others lack.",
  details:
    "A stack is a folder with a manifest, stack.json, and a program that echoes. What is installed in another version than the manifest names is said behind the version.",
  positionals: [namesPositional],
  options: { ...stackOptions },
  examples: [{ line: "matrix list", description: "Every role of every stack of interop/stacks." }],
  action: async (values, names, io) => {
    const stacks = chosenStacks(values.stacks, names);
    const packages = new Packages(modulesOf(values.stacks));
    const jobs = chosenJobs(stacks, values).map((job) => ({ title: jobTitle(job), stack: job.stack }));
    const isWhole = values.role === undefined && !values.http1 && !values.http2;
    const proxies = stacks.filter((stack) => isWhole && stack.proxy !== undefined);
    const rows = [...jobs, ...proxies.map((stack) => ({ title: `${stack.folder} proxy`, stack }))];
    for (const { title, stack } of rows) {
      const here = await packages.availability(stack);
      const text = here.available
        ? `available, ${versionText(here)}`
        : `not available here: ${escapeText(here.because)}`;
      await io.print(`${title}: ${text}\n`);
    }
    return 0;
  },
});
