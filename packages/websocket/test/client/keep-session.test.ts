import assert from "node:assert/strict";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { keepSessionBehind } from "../../src/client/keep-session.js";

const [OF_NODE, OTHER] = [Symbol("kHandle"), Symbol("kHandler")];

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** Resolves when `reference` has lost its object. Fails with the time limit of the test. */
async function untilCollected(reference: WeakRef<object>): Promise<void> {
  while (reference.deref() !== undefined) {
    await new Promise((resolve) => setImmediate(resolve));
    collect();
  }
}

test(
  "the native session is kept until the native stream is collected",
  { timeout: 10 * 60_000 },
  async () => {
    let ofStream: object | undefined = {};
    const ofSession = ((): WeakRef<object> => {
      const handle = {};
      const stream = { [OF_NODE]: ofStream };
      keepSessionBehind(stream as never, { [OF_NODE]: handle } as never);
      return new WeakRef(handle);
    })();
    for (let round = 0; round < 5; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
    }
    assert.notEqual(ofSession.deref(), undefined);
    assert.notEqual(ofStream, undefined);
    ofStream = undefined;
    await untilCollected(ofSession);
  },
);

test("nothing happens where there are no handles", () => {
  keepSessionBehind({} as never, {} as never);
  keepSessionBehind({ [OF_NODE]: undefined } as never, { [OF_NODE]: {} } as never);
  keepSessionBehind({ [OF_NODE]: {} } as never, { [OTHER]: {} } as never);
});
