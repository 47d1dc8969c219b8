import assert from "node:assert/strict";
import { test } from "node:test";

import { WebSocket } from "../../src/web/index.js";
import { Tasks } from "../../src/web/tasks.js";
import { Happenings, startServer } from "../support/live-server.js";
import { closed } from "./support.js";

test("the first task runs at once, and each other one behind all microtasks of the one before", async () => {
  const seen: string[] = [];
  const idle = new Promise<void>((resolve) => {
    const tasks = new Tasks({ onRest() {}, onIdle: resolve });
    for (const name of ["a", "b", "c"])
      tasks.run(() => {
        seen.push(name);
        void Promise.resolve()
          .then(() => seen.push(`${name}1`))
          .then(() => seen.push(`${name}2`));
      });
    assert.deepEqual(seen, ["a"]);
    assert.ok(tasks.areSeveral);
  });
  await idle;
  assert.deepEqual(seen, ["a", "a1", "a2", "b", "b1", "b2", "c", "c1", "c2"]);
});

test("answers to several messages of one read keep their order, with Blobs among them and close behind", async (t) => {
  const answers = new Happenings<string>();
  const { url } = await startServer(t, {
    open(ws) {
      for (const text of ["1", "2", "3", "4"]) ws.send(text);
    },
    message: (_ws, data) => answers.add(String(data)),
  });
  const ws = new WebSocket(url);
  ws.addEventListener("message", ({ data }) => {
    ws.send(data === "2" ? new Blob(["blob 2"]) : new TextEncoder().encode(`octets ${data}`));
    if (data === "4") ws.close(1000);
  });
  assert.ok((await closed(ws)).wasClean);
  for (const expected of ["octets 1", "blob 2", "octets 3", "octets 4"])
    assert.equal(await answers.next(), expected);
});

test("many messages in one read, with slow listeners, leave turns of the event loop to others", async (t) => {
  const count = 2_000;
  const { url } = await startServer(t, {
    compression: false,
    open(ws) {
      for (let index = 0; index < count; index++) ws.send("x");
      ws.close(1000);
    },
  });
  const ws = new WebSocket(url);
  let received = 0;
  let turns = 0;
  const others = (): void => {
    turns++;
    if (received < count) setImmediate(others);
  };
  ws.addEventListener("message", () => {
    if (++received === 1) others();
    // So long does a listener take that does something.
    for (const end = performance.now() + 0.1; performance.now() < end;);
  });
  assert.ok((await closed(ws)).wasClean);
  assert.equal(received, count);
  assert.ok(turns > 5, `${turns} turns for ${count} messages`);
});
