import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";

import { accepts } from "../../src/child/accepting.js";
import type { PeerExit } from "../../src/run/event.js";
import { fixtureText, lifelines } from "../child/lifelines.js";
import { wireproof } from "./spawn-wireproof.js";
import { CRASHING, eventsOf, tested, unlessOver } from "./started.js";

describe("a server that a case ends", () => {
  const exits = (out: string): PeerExit[] => eventsOf(out).filter((event) => event.type === "peer-exit");
  const red = (out: string): string[] => {
    const last = new Map<string, boolean>();
    for (const event of eventsOf(out)) {
      if (event.type !== "case-end") continue;
      last.set(event.case, event.verdict.outcome !== "pass" || event.verdict.closing !== "ok");
    }
    return [...last].flatMap(([id, isRed]) => (isRed ? [id] : []));
  };

  for (const concurrency of ["1", "32"]) {
    test(`is started again, and only the guilty cases stay red, ${concurrency} in flight`, async () => {
      const args = ["--cases", "1.*,2.*,5.1*", "--concurrency", concurrency];
      const { code, stdout, stderr, out, port } = await tested(CRASHING, args);
      assert.deepEqual([code, stderr], [1, ""]);
      assert.deepEqual(red(out).toSorted(), ["1.1.3", "1.2.3"]);
      const last = eventsOf(out).at(-1);
      assert.ok(last?.type === "run-end" && last.totals.notRun === 0);
      const alone = exits(out).filter(({ cases }) => cases.length === 1);
      const guilty = new Set(alone.flatMap(({ cases }) => cases));
      assert.deepEqual([...guilty].toSorted(), ["1.1.3", "1.2.3"]);
      for (const { because, output } of alone) {
        assert.equal(because, "The command ended with exit status 1.");
        const printed = output.map(({ text }) => text);
        assert.ok(printed.includes("a message of 126 octets: \u001b[31mthis is the end"), printed.join("\n"));
      }
      assert.match(stdout, /✗ The command ended with exit status 1\. In flight: 1\.1\.3\./);
      assert.match(stdout, /a message of 126 octets: \\x1b\[31mthis is the end/);
      assert.match(stdout, new RegExp(`--cases 1\\.[12]\\.3 --start .*${port} 126`));
      assert.equal(await accepts({ host: "127.0.0.1", port }), false);

      const shown = await wireproof(["show", "1.1.3", "--run", join(out, "run.ndjson")]);
      assert.match(shown.stdout, /The process of the peer while this case was in flight\n/);
      assert.match(shown.stdout, / stderr {2}a message of 126 octets: \\x1b\[31mthis is the end\n/);
      assert.match(shown.stdout, / The command ended with exit status 1\.\n/);
      // With others in flight, 1.1.2 may have passed in the moment in which the process ended: then it has these lines, too.
      const other = await wireproof(["show", "1.1.2", "--run", join(out, "run.ndjson")]);
      if (concurrency === "1") assert.doesNotMatch(other.stdout, /this is the end/);
    });
  }
});

describe("an interruption leaves nothing behind", () => {
  for (const [times, expected] of [
    [1, 1],
    [2, 130],
  ] as const) {
    test(`while it is waited for, interrupted ${times === 1 ? "once" : "twice"}`, async (context) => {
      const lines = await lifelines(context);
      let onBegin: (interrupt: () => void) => void = () => undefined;
      const begun = new Promise<() => void>((resolve) => {
        onBegin = resolve;
      });
      const started = tested(fixtureText("family", lines.port), ["--wait", "600", "--reporter", "ndjson=-"], {
        onStdout: (_, child) => onBegin(() => child.kill("SIGINT")),
      });
      const members = await unlessOver(started, Promise.all([lines.next("family"), lines.next("stubborn")]));
      const interrupt = await unlessOver(started, begun);
      interrupt();
      // The family has been asked to end, and its eldest alone has listened.
      await members[0].gone;
      if (times === 2) interrupt();
      await Promise.all(members.map(({ gone }) => gone));
      assert.equal((await started).code, expected);
    });
  }
});
