import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { isPythonServerAvailable, pythonWithWebsockets } from "@wireproof/peers";
import { fixtureText, lifelines } from "../child/lifelines.js";
import { downOf, exitsOf, notesOf, notPassed, notRun, tested } from "../test-client/tested.js";
import { wireproof } from "./spawn-wireproof.js";

const FOUR = ["--cases", "1.1.1,1.1.2,1.2.1,7.1.1"];

describe("a client that walks through the cases", () => {
  test("whatever it prints is bounded", async () => {
    const run = await tested(FOUR, "chatty");
    assert.deepEqual([run.code, notPassed(run)], [0, {}], run.stdout);
    const output = run.events.flatMap((event) => (event.type === "peer-output" ? [event] : []));
    for (const { lines } of output) {
      assert.ok(lines.reduce((sum, { text }) => sum + text.length, 0) <= 8192);
    }
    assert.ok(output.some(({ omitted }) => omitted > 1000));
  });

  test("that does not exit is ended", async () => {
    const run = await tested([...FOUR, "--timeout", "3"], "stay");
    assert.deepEqual([run.code, exitsOf(run), notRun(run)], [0, [], 0], run.stdout);
    assert.match(notesOf(run).join(), /has a result for every case but did not exit/);
  });

  test("has time to go on behind a case that is repeated with longer limits", async () => {
    // It is silent in all three, until the tester gives up: for longer than an idle client may stay, when repeated.
    const run = await tested(["--cases", "1.1.1,2.2,2.3,2.4"], "pongless");
    assert.deepEqual([exitsOf(run), notRun(run), notesOf(run)], [[], 0, []], run.stdout);
    assert.deepEqual(Object.keys(notPassed(run)), ["2.2", "2.3", "2.4"]);
  });

  test("that begins again and again is ended", async () => {
    const run = await tested([...FOUR, "--timeout", "3"], "endless");
    assert.equal(notRun(run), 0);
    assert.match(notesOf(run).join(), /did not exit/);
  });
});

describe("a client whose loop ends at the first connection that cannot be opened", () => {
  // Three of these six it has to refuse.
  const CASES = ["--cases", "1.1.1,22.2.1,22.2.3,22.3.6.2,22.4.2,22.4.8"];

  for (const status of [0, 1]) {
    test(`with status ${status}, is started again where that was right, and it is no finding`, async () => {
      const run = await tested(CASES, `aborts ${status}`);
      assert.deepEqual([run.code, exitsOf(run), notRun(run), notPassed(run)], [0, [], 0, {}], run.stdout);
      const starts = run.events.filter((event) => event.type === "case-start");
      assert.equal(starts.length, 6, run.stdout);
    });
  }

  test("is started again as long as every start brings a result", async () => {
    // It has to refuse them all.
    const cases = "22.2.1,22.2.2.*,22.2.4.*,22.2.7.*";
    const run = await tested(["--cases", cases], "aborts 1");
    assert.deepEqual([run.code, exitsOf(run), notRun(run), notPassed(run)], [0, [], 0, {}], run.stdout);
  });

  test("and that opens one address", async () => {
    const run = await tested([...CASES, "--single"], "abortsOne");
    assert.deepEqual([run.code, exitsOf(run), notRun(run), notPassed(run)], [0, [], 0, {}], run.stdout);
  });
});

describe("a client that is started once for each case", () => {
  test("gets the URLs of cases that are about that, and may refuse them", async () => {
    const cases = ["--cases", "1.1.1,22.1.2.*,22.1.11,22.1.12.3,22.3.4", "--single"];
    const run = await tested(cases, "abortsOne");
    assert.deepEqual([run.code, exitsOf(run), notRun(run)], [0, [], 0], run.stdout);
    assert.deepEqual(notPassed(run), { "22.3.4": "unimplemented" });
    const refused = run.events.find((event) => event.type === "case-end" && event.case === "22.1.11");
    assert.match(JSON.stringify(refused), /did not open the URL: it ended with exit status 1/);
  });

  test("and does not echo: what needs an echo is blocked, and the rest is judged", async () => {
    const cases = [
      "--cases",
      "1.1.1,1.1.2,1.2.2,2.1,22.1.1,22.1.2.1,22.2.1,22.2.3",
      "--timeout-scale",
      "0.2",
    ];
    const run = await tested([...cases, "--single"], "mute");
    assert.deepEqual([run.code, notRun(run)], [1, 0], run.stdout);
    const failed = { "1.1.1": "fail", "1.1.2": "fail", "1.2.2": "fail" };
    // It takes any answer.
    assert.deepEqual(notPassed(run), { ...failed, "2.1": "blocked", "22.2.1": "fail", "22.2.3": "blocked" });
    const blocked = run.events.find((event) => event.type === "case-end" && event.case === "2.1");
    assert.match(JSON.stringify(blocked), /Not played, because the peer echoes no message \(1\.1\.1: /);
  });
});

/** How often the client was started, and its peer summed up. */
function countOf({ stdout }: { readonly stdout: string }, word: RegExp): number {
  return [...stdout.matchAll(word)].length;
}

describe("an asynchronous client, which goes on while its connections are closing", () => {
  const SECTION = ["--cases", "1.*,7.1.1,7.7.*"];

  test("that has walked through and ends with 0 is through: one start, no finding, one report", async () => {
    const run = await tested(SECTION, "hurries");
    assert.deepEqual([run.code, exitsOf(run), notRun(run), notesOf(run)], [0, [], 0, []], run.stdout);
    assert.deepEqual(notPassed(run), { "7.7.8": "informational" });
    const starts = run.events.filter((event) => event.type === "case-start");
    assert.equal(starts.length, 30, run.stdout);
    assert.equal(countOf(run, / Cases /g), 1, run.stdout);
  });

  test("that leaves every closing handshake to the deadlines: a few repeats decide for all, one report", async () => {
    const run = await tested(SECTION, "hurriesMute");
    assert.deepEqual([run.code, exitsOf(run), notRun(run), notesOf(run)], [1, [], 0, []], run.stdout);
    const attempts = run.events.flatMap((event) => (event.type === "case-start" ? [event.attempt] : []));
    assert.ok(attempts.length > 30 && attempts.length < 40, String(attempts.length));
    assert.equal(countOf(run, / Cases /g), 1, run.stdout);
  });

  test("that flees while its last cases are in flight: they are played again, once", async () => {
    const run = await tested(FOUR, "flees");
    assert.deepEqual([exitsOf(run), notRun(run)], [[], 0], run.stdout);
    const attempts = run.events.flatMap((event) => (event.type === "case-start" ? [event.attempt] : []));
    assert.ok(attempts.length <= 8 && Math.max(...attempts) === 2, JSON.stringify(attempts));
    assert.match(
      notesOf(run)[0] ?? "",
      /^The client ended before the connections of its last cases were closed/,
    );
    assert.equal(notesOf(run).length, 2);
  });
});

const NO_PYTHON = (await isPythonServerAvailable()) ? false : "no Python with the package websockets";
const WALK_PY = fileURLToPath(new URL("../../../../peers/python/walk.py", import.meta.url));

describe("a client that knows nothing of us: Python's websockets", { skip: NO_PYTHON }, () => {
  for (const secure of [[], ["--tls"]]) {
    test(`over ${secure.length === 0 ? "ws" : "wss"}`, async () => {
      const python = (await pythonWithWebsockets()) ?? assert.fail();
      const args = ["--cases", "1.1.1,2.2,5.9,7.9.1,12.1.1", "--messages", "enough", ...secure];
      const run = await tested(args, [python, WALK_PY]);
      assert.deepEqual([run.code, notPassed(run), notRun(run)], [0, {}, 0], run.stdout);
      assert.equal(run.events.find((event) => event.type === "peer-up")?.agent, "walk.py");
    });
  }
});

describe("a client that a message ends", () => {
  for (const connections of [1, 8]) {
    test(`is started again, and only the guilty cases fail, ${connections} at a time`, async () => {
      const run = await tested(["--cases", "1.*,7.1.1"], `dies 126 ${connections}`);
      assert.equal(run.code, 1, run.stdout);
      assert.deepEqual(notPassed(run), { "1.1.3": "fail", "1.2.3": "fail" });
      assert.equal(notRun(run), 0);
      const alone = exitsOf(run).filter(({ cases }) => cases.length === 1);
      assert.deepEqual([...new Set(alone.flatMap(({ cases }) => cases))].toSorted(), ["1.1.3", "1.2.3"]);
      for (const { because, code, output } of alone) {
        assert.deepEqual([because, code], ["The command ended with exit status 7.", 7]);
        assert.match(
          output.map(({ text }) => text).join("\n"),
          /a deadly message: \u001b\[31mthis is the end/,
        );
      }
      assert.match(run.stdout, /✗ The command ended with exit status 7\. In flight: 1\.1\.3\./);
      assert.match(run.stdout, /a deadly message: \\x1b\[31mthis is the end/);
      assert.match(run.stdout, /Again +wireproof test-client --cases 1\.1\.3 -- '.*client\.js dies '/);
      const shown = await wireproof(["show", "1.1.3", "--run", join(run.out, "run.ndjson")]);
      assert.match(shown.stdout, / stderr {2}a deadly message: \\x1b\[31mthis is the end\n/);
      assert.match(shown.stdout, / The command ended with exit status 7\.\n/);
    });
  }

  test("between two cases is a finding too, and it goes on, but not for ever", async () => {
    const run = await tested(FOUR, "breaks 1");
    assert.equal(run.code, 3);
    assert.deepEqual([notPassed(run), notRun(run)], [{}, 3]);
    assert.deepEqual(
      exitsOf(run).map(({ cases, after }) => [cases.length, after]),
      Array.from({ length: 4 }, () => [0, "1.1.1"]),
    );
    assert.match(downOf(run) ?? "", /not started again: it ended 3 times in a row without a new result\.$/);
  });
});

describe("a client that opens one URL", () => {
  test("several at a time, one of which measures time", async () => {
    const run = await tested(["--cases", "1.1.*,9.7.1", "--single", "--parallel", "4"], "echo");
    assert.deepEqual([run.code, notPassed(run), notRun(run)], [0, {}, 0], run.stdout);
    const alone = run.events.find((event) => event.type === "case-end" && event.case === "9.7.1");
    assert.ok(alone?.type === "case-end" && !alone.record.concurrent);
  });

  test("its exit status is none of our business where the case went well", async () => {
    const run = await tested([...FOUR, "--single"], "echo 3");
    assert.deepEqual([run.code, exitsOf(run)], [0, []], run.stdout);
  });

  test("it need not exit, not even when it is asked to", async () => {
    const run = await tested([...FOUR, "--single"], "echoStays");
    assert.deepEqual([run.code, notPassed(run), exitsOf(run)], [0, {}, []], run.stdout);
  });

  test("one that connects again does not replace its result", async () => {
    const run = await tested([...FOUR, "--single"], "echoAgain");
    assert.deepEqual([run.code, notPassed(run), notRun(run)], [0, {}, 0], run.stdout);
    assert.ok(run.events.every((event) => event.type !== "case-end" || event.attempt === 1));
  });

  test("its death is a finding, and belongs to its case", async () => {
    const run = await tested(["--cases", "1.1.1,1.1.3,1.1.4", "--single"], "echoKilled 126");
    assert.equal(run.code, 1);
    assert.deepEqual(notPassed(run), { "1.1.3": "fail" });
    assert.deepEqual(
      exitsOf(run).map(({ cases, signal }) => [cases, signal]),
      [[["1.1.3"], "SIGKILL"]],
    );
    const end = run.events.findIndex((event) => event.type === "case-end" && event.case === "1.1.3");
    assert.equal(run.events[end - 1]?.type, "peer-exit");
    assert.match(run.stdout, /test-client --cases 1\.1\.3 --single -- /);
  });

  test("one that never connects is given up", async () => {
    const run = await tested([...FOUR, "--single"], ["sh", "-c", "echo sorry; exit 4"]);
    assert.deepEqual([run.code, notRun(run)], [3, 4]);
    assert.match(downOf(run) ?? "", /^3 times in a row the command ended with exit status 4 before/);
    assert.match(run.stdout, /sorry/);
  });
});

describe("a client that does nothing", () => {
  for (const mode of ["stay", "stubborn", "family"]) {
    test(`it never connects (${mode}), and nothing of it is left behind`, async (context) => {
      const lines = await lifelines(context);
      const running = tested([...FOUR, "--timeout", "3"], [fixtureText(mode, lines.port)]);
      await lines.next(mode);
      const run = await running;
      assert.equal(run.code, 3);
      assert.match(
        downOf(run) ?? "",
        /brought no new result for 3 s and was ended before it had opened a conn/,
      );
      await lines.allGone();
    });
  }

  test("it asks for the number of cases, for ever", async () => {
    const run = await tested([...FOUR, "--timeout", "3"], "curious");
    assert.equal(run.code, 3);
    assert.match(
      downOf(run) ?? "",
      /brought no new result for 3 s and was ended before it had asked for a case/,
    );
  });

  test("behind every case: it is waited for a third of the time when it was silent once, and played on", async () => {
    const run = await tested(
      ["--cases", "1.1.1,1.1.2,1.1.3,1.1.4,1.1.5,1.1.6,1.1.7", "--timeout", "3"],
      "hangsAtOnce",
    );
    assert.deepEqual([notPassed(run), notRun(run)], [{}, 0], run.stdout);
    const waits = exitsOf(run).map(({ because }) => /for (\d+) s and was ended/.exec(because)?.[1]);
    assert.deepEqual([waits[0], new Set(waits.slice(1))], ["3", new Set(["1"])]);
    assert.ok(waits.length >= 6);
  });

  test("behind some cases: it is ended and started again as long as that brings something", async () => {
    const run = await tested([...FOUR, "--timeout", "3"], "hangs");
    assert.equal(run.code, 3);
    assert.deepEqual([notPassed(run), notRun(run)], [{}, 2]);
    assert.match(exitsOf(run)[0]?.because ?? "", /brought no new result for 3 s and was ended/);
    assert.deepEqual([exitsOf(run)[0]?.code, exitsOf(run)[0]?.signal], [null, null]);
  });
});
