import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import {
  mintCertificate,
  openUrl,
  URL_FAULTS,
  walkWs,
  type Fault,
  type UrlFaultName,
} from "@wireproof/peers";
import type { Case } from "../../src/case/case.js";
import { CASES } from "../../src/cases/index.js";
import type { CaseEnd, RunEvent } from "../../src/run/event.js";
import { serve, type ServedRun } from "../../src/serve/serve.js";
import { assertNamed } from "./assert-named.js";
import { CLIENT_URLS } from "./client-findings.js";
import { serveRun } from "./serve-run.js";
import { casesOf } from "./verdict-table.js";

/** Over HTTP/1.1. */
const URLS: readonly Case[] = CASES.filter(({ url }) => url !== undefined && url.asks !== "http2-setting");
const DOWNGRADE = "22.3.4";
/** It can only be tried where the tester may listen at port 80. */
const DEFAULT_PORT = "22.1.18.3";

const idsOf = (patterns: string): readonly string[] => casesOf(patterns).map(({ id }) => id);

interface Given {
  readonly events: readonly RunEvent[];
  readonly ends: ReadonlyMap<string, CaseEnd>;
}

/** Gives the client the URL of each case, and returns how they ended. */
async function given(context: TestContext, cases: readonly Case[], fault?: UrlFaultName): Promise<Given> {
  const tls = cases.some(({ id }) => id === DOWNGRADE) ? await mintCertificate() : undefined;
  const options = tls === undefined ? {} : { tls };
  const served = await serve({ cases, port: 0, observer: { givesUrls: () => true }, ...options });
  context.after(() => served.stop());
  const opened = openAll(served, cases, fault, tls?.cert);
  const events: RunEvent[] = [];
  const ends = new Map<string, CaseEnd>();
  for await (const event of served.events) {
    events.push(event);
    if (event.type !== "case-end") continue;
    ends.set(event.case, event);
    if (ends.size === cases.length) served.stop();
  }
  await opened;
  return { events, ends };
}

async function openAll(
  served: ServedRun,
  cases: readonly Case[],
  fault: UrlFaultName | undefined,
  ca: string | undefined,
): Promise<void> {
  for (const one of cases) {
    const port = await served.openUrl(one, "client");
    if (typeof port === "string") served.report(one, "client", { untried: port });
    else {
      await openUrl(port.url, fault, ca);
      await port.close();
    }
  }
}

test("every case that is about the URL is failed by a client with a fault", () => {
  const caught = new Set(Object.values<Fault>(URL_FAULTS).flatMap(({ caughtBy }) => idsOf(caughtBy)));
  assert.deepEqual(
    URLS.map(({ id }) => id).filter((id) => !caught.has(id)),
    [],
  );
});

for (const isSecure of [false, true]) {
  test(`a client without a fault is accused of nothing${isSecure ? " over TLS" : ""}`, async (context) => {
    const cases = URLS.filter(({ id }) => isSecure || id !== DOWNGRADE);
    const { ends } = await given(context, cases);
    assert.equal(ends.size, cases.length);
    const odd = [...ends.values()].filter(({ verdict }) => verdict.outcome !== "pass");
    assert.deepEqual(
      odd.filter(({ case: id, verdict }) => id !== DEFAULT_PORT || verdict.outcome !== "unimplemented"),
      [],
    );
  });
}

describe("a client with one fault fails the cases that are about it", () => {
  for (const [fault, { caughtBy }] of Object.entries<Fault>(URL_FAULTS)) {
    test(fault, async (context) => {
      const expected = idsOf(caughtBy);
      // Only where it matters over TLS, which costs certificates.
      const cases = URLS.filter(({ id }) => (id === DOWNGRADE) === expected.includes(DOWNGRADE));
      const { events, ends } = await given(context, cases, fault as UrlFaultName);
      const wrong = [...ends.values()].filter(({ verdict }) =>
        ["fail", "non-strict"].includes(verdict.outcome),
      );
      const isUntried = ends.get(DEFAULT_PORT)?.verdict.outcome === "unimplemented";
      assert.deepEqual(
        wrong.map(({ case: id }) => id).toSorted(),
        expected.filter((id) => !isUntried || id !== DEFAULT_PORT).toSorted(),
      );
      // Without port 80 there is nothing that could be wrong about it.
      if (isUntried && caughtBy === DEFAULT_PORT) return;
      assertNamed(CLIENT_URLS, fault, { events, ends: [...ends.values()] });
    });
  }
});

test("a client that asks for its cases by URL cannot be given one, and is told so", async (context) => {
  const { ends, notes } = await serveRun(context, walkWs, [...casesOf("1.1.1"), ...URLS]);
  assert.equal(ends.length, 1 + URLS.length);
  const outcomes = new Map(ends.map(({ case: id, verdict }) => [id, verdict.outcome]));
  assert.deepEqual(
    [...outcomes].filter(([, outcome]) => outcome !== "unimplemented"),
    [["1.1.1", "pass"]],
  );
  const first = ends.find(({ case: id }) => id !== "1.1.1");
  assert.match(first?.verdict.because ?? "", /asks for its cases by URL.*test-client --single does/);
  assert.deepEqual(notes, []);
});
