import assert from "node:assert/strict";
import { test } from "node:test";

import { walkWith, type EchoClient } from "@wireproof/peers";

/** A client that writes down what it is asked to do. */
function fakeClient(
  count: string | null,
): EchoClient & { readonly done: string[]; readonly most: () => number } {
  const done: string[] = [];
  let running = 0;
  let most = 0;
  return {
    done,
    most: () => most,
    echo: async (url) => {
      most = Math.max(most, ++running);
      done.push(url);
      await Promise.resolve();
      running--;
    },
    ask: (url) => {
      done.push(url);
      return Promise.resolve(count);
    },
  };
}

test("all cases in order, then the reports", async () => {
  const client = fakeClient("2");
  await walkWith(client, { url: "ws://h", agent: "a b/1" });
  assert.deepEqual(client.done, [
    "ws://h/getCaseCount",
    "ws://h/runCase?case=1&agent=a%20b%2F1",
    "ws://h/runCase?case=2&agent=a%20b%2F1",
    "ws://h/updateReports?agent=a%20b%2F1",
  ]);
  assert.equal(client.most(), 1);
});

test("chosen cases on several connections, and more to say to the reports", async () => {
  const client = fakeClient(null);
  const report = "shutdownOnComplete=true";
  await walkWith(client, { url: "ws://h", agent: "a", cases: [7, 3, 5], connections: 2, report });
  assert.deepEqual(client.done, [
    "ws://h/runCase?case=7&agent=a",
    "ws://h/runCase?case=3&agent=a",
    "ws://h/runCase?case=5&agent=a",
    "ws://h/updateReports?agent=a&shutdownOnComplete=true",
  ]);
  assert.equal(client.most(), 2);
});

for (const said of [null, "many", "1.5"]) {
  test(`a server that says ${said} when it is asked for its cases`, async () => {
    await assert.rejects(walkWith(fakeClient(said), { url: "ws://h", agent: "a" }), /how many cases/);
  });
}
