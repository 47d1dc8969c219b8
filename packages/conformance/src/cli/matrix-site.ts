import { ManifestError } from "../matrix/manifest.js";
import { ResultsError } from "../matrix/stored-file.js";
import { escapeText } from "../report/escape.js";
import { count } from "../report/words.js";
import { readSiteData } from "../site/site-data.js";
import { writeSite } from "../site/write-site.js";
import { command, type Command } from "./command.js";
import { plainText, single, withDefault } from "./option.js";
import { openFolder } from "./report-folder.js";
import { scriptLines } from "./script-text.js";
import { UsageError } from "./usage-error.js";

/** `wireproof matrix site`: a static site of what is stored of all stacks. */
export const matrixSiteCommand: Command = command({
  name: "matrix site",
  summary: "Makes a static site of the results of all stacks.",
  details:
    "The site needs no server and asks for nothing from anywhere: it can be opened from a disk, or copied to any web server. It has a page for each stack, requirement and case, the interop grid, the proxies, a feed of changes, badges, and the files that it was made of. A finding that nobody looked at is shown as unreviewed, and is nobody's fault so far.",
  positionals: [
    { name: "out", description: "The folder of the site. What is in it stays, unless a page has its name." },
  ],
  options: {
    results: withDefault(single("DIR", "What matrix run has stored.", plainText), "interop/results"),
    stacks: withDefault(single("DIR", "The stacks, a folder each.", plainText), "interop/stacks"),
    runs: single("DIR", "Run files, which the site offers for download.", plainText),
  },
  examples: [
    { line: "matrix site public", description: "The site, in public." },
    { line: "matrix site public --runs wireproof-runs", description: "The same, with the whole run files." },
  ],
  action: async ({ results, stacks, runs }, [out = ""], io) => {
    try {
      const data = readSiteData(results, stacks);
      await openFolder(out);
      const sources = { results, scriptOf: scriptLines, ...(runs === undefined ? {} : { runs }) };
      const pages = await writeSite(data, sources, out);
      await io.print(`${count(pages, "page")} in ${escapeText(out)}\n`);
      return 0;
    } catch (error) {
      if (error instanceof ResultsError || error instanceof ManifestError)
        throw new UsageError(escapeText(error.message));
      throw error;
    }
  },
});
