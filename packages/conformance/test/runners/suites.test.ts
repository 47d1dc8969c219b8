import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { CRASHING_SERVER, mutants, startEchoServer, freePort } from "@wireproof/peers";
import { connect } from "@wireproof/websocket";
import { defineCase } from "../../src/case/define-case.js";
import { clientSuite, serverSuite } from "../../src/runners/suites.js";
import type { ClientSuiteOptions, ServerSuiteOptions } from "../../src/runners/suite-options.js";
import type { TestFunctions } from "../../src/runners/test-runner.js";
import type { RunEvent } from "../../src/run/event.js";
import { accepts } from "../../src/child/accepting.js";
import { during } from "../integration/play-run.js";

/** A runner that does nothing by itself. */
class Collected implements TestFunctions {
  readonly tests = new Map<string, () => Promise<void>>();
  readonly groups: string[] = [];
  readonly #after: (() => Promise<void>)[] = [];

  readonly describe = (name: string, body: () => void): void => {
    this.groups.push(name);
    body();
  };
  readonly test = (name: string, body: () => Promise<void>): void => {
    assert.ok(!this.tests.has(name), `two tests have the name ${name}`);
    this.tests.set(name, body);
  };
  readonly after = (body: () => Promise<void>): void => void this.#after.push(body);

  /** Runs tests in their order; the message of each that failed, by the first word of its name. */
  async run(wanted: (name: string) => boolean = () => true): Promise<ReadonlyMap<string, string>> {
    const failures = new Map<string, string>();
    for (const [name, body] of this.tests) {
      if (!wanted(name)) continue;
      await body().catch((error: Error) => failures.set(name.split(" ")[0] ?? "", error.message));
    }
    for (const body of this.#after) await body();
    return failures;
  }
}

function ofServer(options: ServerSuiteOptions): Collected {
  const runner = new Collected();
  serverSuite({ ...options, runner });
  return runner;
}

function ofClient(options: ClientSuiteOptions): Collected {
  const runner = new Collected();
  clientSuite({ ...options, runner });
  return runner;
}

async function echo(url: string): Promise<void> {
  const ws = await connect(url);
  for await (const message of ws) ws.send(message);
}

const SOME = "1.1.*,3.*,5.20,7.1.1";

/** Cases of a user: an echo, and a reserved opcode behind it. */
const OWN = [
  defineCase({
    id: "100.1",
    title: "An empty message between two greetings",
    requirements: ["6455-6.2-1"],
    send: [{ text: "hello" }, { text: "" }, { text: "again" }],
    expect: [{ text: "hello" }, { text: "" }, { text: "again" }],
  }),
  defineCase({
    id: "100.2",
    title: "A greeting, then a reserved opcode",
    requirements: ["6455-5.2-3"],
    send: [
      { text: "hello" },
      { do: "frame", opcode: 3, payload: { pattern: new Uint8Array(), length: 0 }, fin: true, rsv: 0 },
    ],
    expect: [{ text: "hello" }],
    fails: 1002,
    illegal: ["reserved-opcode"],
  }),
];

describe("cases of a user", () => {
  test("are played with both kinds of peers, beside those of the suite", async (context) => {
    const server = await during(context, startEchoServer());
    const cases = ["1.1.1", ...OWN];
    const ofServers = ofServer({ url: server.url, cases });
    assert.ok(ofServers.tests.has("100.1 An empty message between two greetings"));
    assert.deepEqual(await ofServers.run(), new Map());
    assert.deepEqual(await ofClient({ client: echo, cases }).run(), new Map());
  });

  test("fail with a peer that is broken in that way", async (context) => {
    const server = await during(context, mutants.sloppy.start());
    const failures = await ofServer({ url: server.url, cases: OWN }).run();
    assert.match(failures.get("100.2") ?? "", /^100\.2 fail: .*\nRFC 6455 §5\.2 MUST: /);
    assert.equal(failures.get("100.1"), undefined);
  });
});

describe("a server", () => {
  test("that conforms passes every test, whether it is started before or by its function", async (context) => {
    const server = await during(context, startEchoServer());
    assert.deepEqual(await ofServer({ url: server.url, cases: SOME }).run(), new Map());
    const starts: string[] = [];
    const late = ofServer({
      url: async () => {
        starts.push("started");
        return (await during(context, startEchoServer())).url;
      },
      cases: SOME,
    });
    assert.deepEqual(late.groups, [
      "WebSocket server",
      "1 Framing",
      "3 Reserved bits",
      "5 Fragmentation",
      "7 Close handling",
      "On every connection",
    ]);
    assert.deepEqual(starts, []);
    assert.deepEqual(await late.run(), new Map());
    assert.deepEqual(starts, ["started"]);
  });

  test("that is broken fails the tests of its cases and of the rule, with requirement and wire log", async (context) => {
    const server = await during(context, mutants.masked.start());
    const failures = await ofServer({ url: server.url, cases: "1.1.2,5.20" }).run();
    const rule = failures.get("24.3.4") ?? "";
    assert.match(rule, /^24\.3\.4 fail: .*mask/);
    assert.match(rule, /\nRFC 6455 §5\.1 MUST NOT: A server masks no frame\./);
    assert.match(rule, /\nOn \d connections?, first in \d/);
    const failure = failures.get("1.1.2") ?? "";
    assert.match(failure, /^1\.1\.2 fail: /);
    assert.match(failure, /\nwire log, the last lines:\n +\d+\.\d ms {2}[<>=!] /);
    assert.match(failure, /\nAll about this case: npx wireproof show 1\.1\.2$/);
  });

  test("what is known to fail has to fail", async (context) => {
    const server = await during(context, mutants.masked.start());
    const known = { "1.1.2": "issue 1", "24.3.4": "issue 1", "25.2.1": "issue 2" };
    const failures = await ofServer({ url: server.url, cases: "1.1.2", known }).run();
    assert.deepEqual([...failures.keys()], ["25.2.1"]);
    assert.match(failures.get("25.2.1") ?? "", /^It is known to fail \(issue 2\), and it passes now/);
  });

  test("that does not answer fails every test, and says why", async () => {
    const port = await freePort();
    const failures = await ofServer({ url: `ws://127.0.0.1:${port}`, cases: "1.1.1" }).run();
    assert.match(failures.get("1.1.1") ?? "", /^1\.1\.1 was not run: .*refused/);
    assert.match(failures.get("The") ?? "", /refused/);
    assert.match(failures.get("30.2.1") ?? "", /was not run/);
  });

  test("whose function throws fails every test with that", async () => {
    const url = (): never => {
      throw new Error("no port is free");
    };
    const failures = await ofServer({ url, cases: "1.1.1" }).run();
    assert.equal(failures.get("1.1.1"), "1.1.1 was not run: no port is free");
  });

  test("that is started and crashes is found by the last test, and nothing of it is left", async () => {
    const port = await freePort();
    const start = `'${process.execPath}' '${CRASHING_SERVER}' ${port} 125`;
    const options = { url: `ws://127.0.0.1:${port}`, start, cases: "1.1.1,1.1.2,2.1" };
    const failures = await ofServer(options).run();
    assert.match(failures.get("The") ?? "", /ended/);
    assert.ok(!failures.has("2.1"));
    assert.equal(await accepts({ host: "127.0.0.1", port }), false);
  });

  test("a command that cannot be started fails every test", async () => {
    const start = "wireproof-no-such-program";
    const failures = await ofServer({ url: "ws://127.0.0.1:1", start, cases: "1.1.1" }).run();
    assert.match(failures.get("1.1.1") ?? "", /the command cannot be used: there is no program/);
  });

  test("tests that are filtered out cost nothing: the run ends with the last wanted one", async (context) => {
    const server = await during(context, startEchoServer());
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent): void => void events.push(event);
    const runner = ofServer({ url: server.url, cases: "1.*,9.*,12.*", onEvent });
    assert.deepEqual(await runner.run((name) => name.startsWith("1.1.1 ")), new Map());
    const end = events.at(-1);
    assert.ok(end?.type === "run-end" && end.totals.interrupted);
  });
});

describe("a client", () => {
  test("that conforms passes every test, as a function", async () => {
    const runner = ofClient({ client: echo, cases: `${SOME},22.2.1` });
    assert.ok([...runner.tests.keys()].some((name) => name.startsWith("24.3.2 ")));
    assert.deepEqual(await runner.run(), new Map());
  });

  test("that is broken fails", async () => {
    const client = async (url: string): Promise<void> => {
      const ws = await connect(url);
      for await (const _ of ws) ws.send("something else");
    };
    const failures = await ofClient({ client, cases: "1.1.2,1.1.3,7.1.1" }).run();
    assert.deepEqual([...failures.keys()], ["1.1.2", "1.1.3", "7.1.1"]);
  });

  test("whose result a limit decided is played again, alone, before it counts", async () => {
    const plays: string[] = [];
    const client = async (url: string): Promise<void> => {
      const id = new URL(url).searchParams.get("casetuple") ?? "";
      const isFirst = !plays.includes(id);
      plays.push(id);
      if (id !== "1.1.2" || !isFirst) return await echo(url);
      const ws = await connect(url);
      for await (const _ of ws);
    };
    assert.deepEqual(await ofClient({ client, cases: "1.1.1,1.1.2,1.1.3" }).run(), new Map());
    assert.deepEqual(plays, ["1.1.1", "1.1.2", "1.1.3", "1.1.2"]);
  });

  test("that connects to nothing has no result, and what it threw is said", async () => {
    const client = (): never => {
      throw new Error("not implemented");
    };
    const failures = await ofClient({ client, cases: "1.1.1,1.1.2" }).run();
    assert.equal(failures.get("1.1.2"), "1.1.2 was not run: the client did not connect: not implemented");
  });

  test("that never ends is given up after the tests", async () => {
    let isAborted = false;
    const client = async (url: string, signal: AbortSignal): Promise<void> => {
      void echo(url);
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      isAborted = true;
    };
    assert.deepEqual(await ofClient({ client, cases: "1.1.*" }).run(), new Map());
    assert.ok(isAborted);
  });

  test("as a command that opens one URL", async () => {
    const failures = await ofClient({ command: echoProgram(), cases: "1.1.1,1.1.2" }).run();
    assert.deepEqual(failures, new Map());
  });

  test("needs a function or a command, not both", () => {
    assert.throws(() => ofClient({}), /^TypeError: clientSuite takes either/);
    assert.throws(() => ofClient({ client: echo, command: "x" }), TypeError);
  });
});

/** A program that connects to the URL at its end and echoes. */
function echoProgram(): string {
  const library = new URL(import.meta.resolve("@wireproof/websocket")).href;
  const program = `import("${library}").then(async ({ connect }) => {
    const ws = await connect(process.argv[1]);
    for await (const message of ws) ws.send(message);
  })`;
  return `'${process.execPath}' -e '${program}' {url}`;
}
