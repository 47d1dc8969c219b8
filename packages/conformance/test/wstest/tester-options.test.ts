/** What the options of a spec file do to the tester, each beside what happens without it. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { mutants, rawClient, startEchoServer, type Mutant } from "@wireproof/peers";
import { CASES } from "../../src/cases/index.js";
import { protocolOptions } from "../../src/config/autobahn-options.js";
import type { CaseRecord } from "../../src/record/record.js";
import { serve } from "../../src/serve/serve.js";
import { during, finished, playRun } from "../integration/play-run.js";
import type { RunEvent } from "../../src/run/event.js";

type Options = Readonly<Record<string, unknown>>;
type Context = Parameters<typeof during>[0];
type Start = () => ReturnType<Mutant["start"]>;

function caseOf(id: string): (typeof CASES)[number] {
  return CASES.find((one) => one.id === id) ?? assert.fail(id);
}

async function recordOf(context: Context, start: Start, id: string, options: Options): Promise<CaseRecord> {
  const { url } = await during(context, start());
  const { testerOptions, timeouts } = protocolOptions(options, "client");
  const { ends } = await playRun(url, [caseOf(id)], {
    profile: "autobahn",
    messages: "enough",
    peers: [{ testerOptions, timeouts }],
  });
  return ends.at(-1)?.record ?? assert.fail();
}

describe("a tester that is the client", { concurrency: true }, () => {
  test("echoCloseCodeReason: a Close frame is answered with its own code", async (context) => {
    const play = (options: Options): Promise<CaseRecord> =>
      recordOf(context, () => startClosing(4321, "bye"), "1.1.2", options);
    const { close } = await play({});
    assert.deepEqual([close.remoteCode, close.localCode, close.localReason], [4321, 1000, null]);
    const { close: echoed } = await play({ echoCloseCodeReason: true });
    assert.deepEqual([echoed.remoteCode, echoed.localCode, echoed.localReason], [4321, 4321, "bye"]);
  });

  test("closeHandshakeTimeout: how long the answer to a Close frame is waited for", async (context) => {
    const { close } = await recordOf(context, () => mutants.noclose.start(), "7.1.2", {
      closeHandshakeTimeout: 0.05,
    });
    assert.ok(close.closeTimeout);
    assert.match(close.notCleanReason ?? "", /within 50 ms/);
  });

  test("serverConnectionDropTimeout: how long the end of TCP is waited for", async (context) => {
    const options = { serverConnectionDropTimeout: 0.06 };
    const { close } = await recordOf(context, () => mutants.nodrop.start(), "7.1.2", options);
    assert.ok(close.dropTimeout);
    assert.match(close.notCleanReason ?? "", /within 60 ms/);
  });

  test("maxMessagePayloadSize and maxFramePayloadSize: what is larger is refused", async (context) => {
    const play = async (options: Options): Promise<number | null> =>
      (await recordOf(context, startEchoServer, "1.1.2", options)).close.localCode;
    assert.equal(await play({ maxMessagePayloadSize: 125 }), 1000);
    assert.equal(await play({ maxMessagePayloadSize: 124 }), 1009);
    assert.equal(await play({ maxFramePayloadSize: 124 }), 1008);
  });

  test("autoFragmentSize: messages are sent in parts", async (context) => {
    const play = async (options: Options): Promise<CaseRecord> =>
      recordOf(context, startEchoServer, "9.7.3", options);
    const { frames } = await play({});
    assert.equal(frames.sent["0"], undefined);
    const { frames: cut, loop } = await play({ autoFragmentSize: 40 });
    assert.equal(loop?.matched, loop?.wanted);
    assert.equal(cut.sent["0"], cut.sent["1"]);
  });

  test("utf8validateIncoming: text is taken as it comes", async (context) => {
    const play = async (options: Options): Promise<readonly string[]> => {
      const { violations } = await recordOf(context, () => mutants.sloppy.start(), "6.3.1", options);
      return violations.map(({ violation }) => violation);
    };
    assert.ok((await play({})).includes("invalid-utf8"));
    assert.deepEqual(await play({ utf8validateIncoming: false }), []);
  });

  test("openHandshakeTimeout: how long the answer to the request is waited for", async (context) => {
    const { url } = await during(context, mutants.silent.start());
    const { timeouts } = protocolOptions({ openHandshakeTimeout: 0.07 }, "client");
    const { down } = await playRun(url, [caseOf("1.1.1")], { profile: "autobahn", peers: [{ timeouts }] });
    assert.match(down?.because ?? "", /within 70 ms/);
  });
});

describe("a tester that is the server", () => {
  test("failByDrop and closeHandshakeTimeout hold for clients as well", async (context) => {
    const { testerOptions, timeouts } = protocolOptions(
      { failByDrop: true, closeHandshakeTimeout: 0.05 },
      "server",
    );
    const cases = ["1.1.2", "7.1.2"].map(caseOf);
    const server = await serve({ cases, port: 0, profile: "autobahn", testerOptions, timeouts });
    context.after(() => server.stop());
    const walking = (async () => {
      await rawClient({ neverMasks: true }).echo(`${server.url}/runCase?case=1&agent=a`);
      await rawClient({ neverCloses: true }).echo(`${server.url}/runCase?case=2&agent=a`);
      server.stop();
    })();
    const events: RunEvent[] = [];
    for await (const event of server.events) events.push(event);
    await walking;
    const [unmasked, mute] = finished(events).ends.map(({ record }) => record.close);
    assert.deepEqual([unmasked?.droppedByTester, unmasked?.localCode, unmasked?.clean], [true, null, false]);
    assert.match(mute?.notCleanReason ?? "", /within 50 ms/);
  });
});

/** Answers the first message by closing. */
async function startClosing(code: number, reason: string): ReturnType<Mutant["start"]> {
  const { createServer } = await import("@wireproof/websocket");
  const server = createServer({ message: (ws) => ws.close(code, reason) });
  const { port } = await server.listen(0, "127.0.0.1");
  return { url: `ws://127.0.0.1:${port}`, port, close: () => server.close({ drainMs: 100 }) };
}
