/** What docs/configuration.md and docs/baseline.md show is run as it stands there, with another port. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { CRASHING_SERVER, mutants, freePort } from "@wireproof/peers";
import { parseCommandLine } from "../../src/child/command-line.js";
import { openBaseline } from "../../src/cli/baseline-options.js";
import { CLIENT } from "../test-client/tested.js";
import { wireproofHere } from "./run-here.js";
import { wireproof } from "./spawn-wireproof.js";
import { eventsOf } from "./started.js";
import { temporaryFolder } from "./temporary-folder.js";

const root = temporaryFolder();
let folders = 0;

/** The blocks of a page in this language. */
function blocks(page: string, language: string): readonly string[] {
  const text = readFileSync(fileURLToPath(new URL(`../../../../../docs/${page}`, import.meta.url)), "utf8");
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, found]) => found === language)
    .map(([, , block = ""]) => block);
}

/** The lines of its shell blocks, each as the words behind `npx wireproof`. */
function lines(page: string): readonly (readonly string[])[] {
  return blocks(page, "sh")
    .flatMap((block) => block.trim().split("\n"))
    .map((line) => {
      const { program, args } = parseCommandLine(line);
      assert.deepEqual([program, args[0]], ["npx", "wireproof"]);
      return args.slice(1);
    });
}

/** A folder with the server and the client that the pages name. */
function project(): string {
  const cwd = join(root, String(++folders));
  mkdirSync(cwd);
  const load = (file: string): string => `await import(${JSON.stringify(pathToFileURL(file).href)});`;
  writeFileSync(join(cwd, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(cwd, "server.js"),
    `process.argv.push(process.env.PORT, "-1"); ${load(CRASHING_SERVER)}`,
  );
  writeFileSync(join(cwd, "client.js"), `process.argv.splice(2, 0, "walk"); ${load(CLIENT)}`);
  return cwd;
}

describe("docs/configuration.md", () => {
  for (const [at, block] of blocks("configuration.md", "json").entries()) {
    test(`its configuration ${at + 1} is run`, async () => {
      const cwd = project();
      writeFileSync(join(cwd, "wireproof.config.json"), block.replaceAll("9001", String(await freePort())));
      // The first one has whole sections.
      const run = await wireproof(["run", ...(at === 0 ? ["--cases", "1.1.1,7.1.1"] : [])], { cwd });
      assert.equal(run.code, 0, run.stderr + run.stdout);
      const ends = eventsOf(join(cwd, "wireproof-report")).flatMap((event) =>
        event.type === "case-end" ? [event] : [],
      );
      const outcomes = ends.map(({ verdict }) => `${verdict.outcome} ${verdict.because}`).toSorted();
      const passed = "pass The events are exactly those expected.";
      const skipped = ["skipped Skipped: capability deflate.", "skipped Skipped: capability limit."];
      assert.deepEqual(outcomes, at === 0 ? [passed, passed, passed, passed] : [passed, ...skipped]);
    });
  }

  test("its module is run", async () => {
    const cwd = project();
    writeFileSync(join(cwd, "wireproof.config.mjs"), blocks("configuration.md", "js").join("\n"));
    const env = { PORT: String(await freePort()) };
    const run = await wireproof(["run", "--cases", "1.1.1", "--quiet"], { cwd, env });
    assert.deepEqual([run.code, run.stdout, run.stderr], [0, "", ""]);
  });

  for (const line of lines("configuration.md").filter(([command]) => command === "list")) {
    test(line.join(" "), async () => {
      const { code, stdout } = await wireproofHere(line);
      assert.equal(code, 0);
      assert.match(stdout, /^\d+ .+ \(\d+ cases?/);
    });
  }
});

describe("docs/baseline.md", () => {
  test("its lines write a file that is refused without reasons", async () => {
    const cwd = join(root, String(++folders));
    mkdirSync(cwd);
    const peer = await mutants.sloppy.start();
    try {
      for (const line of lines("baseline.md")) {
        const here = line.map((word) => (word.startsWith("ws://") ? peer.url : word));
        const { code, stderr } = await wireproof(here, { cwd });
        assert.equal(code, 0, stderr);
        const again = await wireproof(
          here.filter((word) => word !== "--update-baseline"),
          { cwd },
        );
        assert.equal(again.code, 2);
        assert.match(again.stderr, /wireproof-baseline\.json: findings\[0\]\.reason is empty: say why "/);
      }
    } finally {
      await peer.close();
    }
  });

  for (const [at, block] of blocks("baseline.md", "json").entries()) {
    test(`its baseline ${at + 1} can be used`, () => {
      const file = join(root, `baseline-${at}.json`);
      writeFileSync(file, block);
      assert.doesNotThrow(() => openBaseline({ baseline: file, updateBaseline: false }));
    });
  }
});
