import assert from "node:assert/strict";
import { describe, test } from "node:test";
import {
  KEEPALIVE_FAULTS,
  keepaliveMutant,
  strictMutant,
  walkWith,
  type EchoClient,
  type KeepaliveFaultName,
  type KeepaliveTraits,
} from "@wireproof/peers";
import { connect, createServer, type Handlers } from "@wireproof/websocket";
import { CASES } from "../../src/cases/index.js";
import type { Verdict } from "../../src/judge/verdict.js";
import { assertNamed } from "./assert-named.js";
import { KEEPALIVE_SERVER } from "./server-findings.js";
import { during, playRun } from "./play-run.js";
import { serveRun } from "./serve-run.js";
import { casesOf } from "./verdict-table.js";

const NEEDS_PINGS = CASES.filter(({ keepalive }) => keepalive === true);
const OBSERVED = "28.1.8";
/** Seconds between the Pings of the server. */
const INTERVAL = 0.05;

function outcomesOf(verdicts: ReadonlyMap<string, Verdict>): readonly string[] {
  return NEEDS_PINGS.map(({ id }) => `${id} ${verdicts.get(id)?.outcome}`);
}

describe("a server that sends Pings by itself", { concurrency: 2 }, () => {
  const servers: readonly (readonly [does: string, traits: KeepaliveTraits])[] = [
    ["and keeps a connection whose Pings are not answered", {}],
    ["and gives up", { givesUp: true }],
  ];
  for (const [does, traits] of servers) {
    test(`${does}, is accused of nothing`, async (context) => {
      const peer = await during(context, keepaliveMutant(INTERVAL, { givesUp: false, ...traits }).start());
      // The one that gives up has more time than it needs.
      const cases = traits.givesUp === true ? casesOf(OBSERVED) : NEEDS_PINGS;
      const keepaliveSeconds = traits.givesUp === true ? 10 : INTERVAL;
      const { verdicts } = await playRun(peer.url, cases, { keepaliveSeconds });
      const { because = "" } = verdicts.get(OBSERVED) ?? {};
      if (traits.givesUp === true) {
        assert.match(
          because,
          /the peer sent a Ping, and 2 in all; it ended the connection with close code 1011/,
        );
        return;
      }
      assert.deepEqual(outcomesOf(verdicts), ["28.1.6 pass", "28.1.8 informational"]);
      assert.match(because, /sent a Ping.*; it kept the connection although none was answered/);
    });
  }
  for (const [name, { caughtBy }] of Object.entries(KEEPALIVE_FAULTS)) {
    test(`with the fault ${name} fails the case about it`, async (context) => {
      const traits = { givesUp: false, fault: name as KeepaliveFaultName };
      const peer = await during(context, keepaliveMutant(INTERVAL, traits).start());
      const run = await playRun(peer.url, NEEDS_PINGS, { keepaliveSeconds: INTERVAL });
      const failed = run.ends.filter(({ verdict }) => verdict.outcome === "fail").map(({ case: id }) => id);
      assert.deepEqual(
        failed,
        casesOf(caughtBy).map(({ id }) => id),
      );
      assertNamed(KEEPALIVE_SERVER, name, run);
      const [finding] = run.events.flatMap((event) => (event.type === "findings" ? event.findings : []));
      assert.match(finding?.because ?? "", /: it fails the connection with close code 1002 instead\.$/);
    });
  }
});

test("a server that sends none cannot be tried", async (context) => {
  const peer = await during(context, strictMutant().start());
  const { verdicts } = await playRun(peer.url, NEEDS_PINGS, { keepaliveSeconds: INTERVAL });
  assert.deepEqual(outcomesOf(verdicts), ["28.1.6 unimplemented", "28.1.8 unimplemented"]);
});

test("without the option these cases are not played", async (context) => {
  const peer = await during(context, strictMutant().start());
  const { ends } = await playRun(peer.url, [...NEEDS_PINGS, ...casesOf("1.1.1")]);
  assert.deepEqual(
    ends.map(({ case: id }) => id),
    ["1.1.1"],
  );
});

test("every case that needs Pings and judges is failed by such a server with a fault", () => {
  const caught = new Set(Object.values(KEEPALIVE_FAULTS).flatMap(({ caughtBy }) => casesOf(caughtBy)));
  const judged = NEEDS_PINGS.filter(({ expect }) => expect.informational !== true);
  assert.deepEqual([...caught], judged);
});

describe("@wireproof/websocket with a heartbeat is accused of nothing", { concurrency: 2 }, () => {
  const heartbeat = { intervalMs: 50, timeoutMs: 60_000 };
  const expected = ["28.1.6 pass", "28.1.8 informational"];
  test("as a server", async () => {
    await using server = createServer({ heartbeat, message: (ws, data) => ws.send(data) });
    const { port } = await server.listen(0, "127.0.0.1");
    const { verdicts } = await playRun(`ws://127.0.0.1:${port}`, NEEDS_PINGS, { keepaliveSeconds: 0.2 });
    assert.deepEqual(outcomesOf(verdicts), expected);
  });
  test("as a client", async (context) => {
    const { verdicts } = await serveRun(
      context,
      (options) => walkWith(pingingClient(), options),
      NEEDS_PINGS,
      {
        keepaliveSeconds: 0.2,
      },
    );
    assert.deepEqual(outcomesOf(verdicts), expected);
  });

  function pingingClient(): EchoClient {
    const visit = (url: string, message: NonNullable<Handlers["message"]>): Promise<void> =>
      new Promise((resolve) => {
        connect(url, { heartbeat, message, close: () => resolve() }).catch(() => resolve());
      });
    return {
      echo: (url) => visit(url, (ws, data) => ws.send(data)),
      ask: async (url) => {
        let said: string | null = null;
        await visit(url, (_ws, data) => {
          said ??= String(data);
        });
        return said;
      },
    };
  }
});
