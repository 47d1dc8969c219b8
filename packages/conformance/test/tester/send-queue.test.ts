import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SendQueue } from "../../src/tester/send-queue.js";
import { FakeClock } from "../support/fake-clock.js";
import { FakeTransport } from "../support/fake-transport.js";

interface Queue {
  readonly clock: FakeClock;
  readonly transport: FakeTransport;
  readonly queue: SendQueue;
  /** The text of every write that was made, in brackets if it was queued. */
  readonly wrote: string[];
}

function start(): Queue {
  const clock = new FakeClock();
  const transport = new FakeTransport();
  const wrote: string[] = [];
  const queue = new SendQueue(transport, clock, (octets, queued) => {
    const text = Buffer.from(octets).toString();
    wrote.push(queued ? `[${text}]` : text);
  });
  return { clock, transport, queue, wrote };
}

function written({ transport }: Queue): readonly string[] {
  return transport.writes.map((octets) => Buffer.from(octets).toString());
}

test("what is neither chopped nor sync goes out at once", () => {
  const rig = start();
  rig.queue.send(Buffer.from("ab"));
  rig.queue.send(Buffer.from("cd"));
  assert.deepEqual(written(rig), ["ab", "cd"]);
  assert.deepEqual(rig.wrote, ["ab", "cd"]);
});

test("a chopped frame goes out slice by slice, one for each turn of the event loop", () => {
  const rig = start();
  rig.queue.send(Buffer.from("abcde"), { chop: 2 });
  assert.deepEqual(written(rig), ["ab"]);
  rig.clock.turnOnce();
  assert.deepEqual(written(rig), ["ab", "cd"]);
  rig.clock.turnOnce();
  assert.deepEqual(written(rig), ["ab", "cd", "e"]);
  assert.deepEqual(rig.wrote, ["[ab]", "[cd]", "[e]"]);
});

test("of a frame only the first octets are chopped, if so asked", () => {
  const rig = start();
  rig.queue.send(Buffer.from("abcdefgh"), { chop: 2, chopFirst: 3 });
  rig.clock.settle();
  assert.deepEqual(rig.wrote, ["[ab]", "[cd]", "[efgh]"]);
});

test("a sync frame goes out whole and alone", () => {
  const rig = start();
  rig.queue.send(Buffer.from("abc"), { sync: true });
  rig.queue.send(Buffer.from("def"), { sync: true });
  assert.deepEqual(written(rig), ["abc"]);
  rig.clock.turnOnce();
  assert.deepEqual(rig.wrote, ["[abc]", "[def]"]);
});

test("no slice follows before the system has taken the one before", () => {
  const rig = start();
  rig.transport.isHolding = true;
  rig.queue.send(Buffer.from("ab"), { chop: 1 });
  rig.clock.settle();
  assert.deepEqual(written(rig), ["a"]);
  rig.transport.release();
  assert.deepEqual(written(rig), ["a"]);
  rig.clock.turnOnce();
  assert.deepEqual(written(rig), ["a", "b"]);
});

test("what comes after a queued write is queued, so that the order is kept", () => {
  const rig = start();
  rig.queue.send(Buffer.from("ab"), { chop: 1 });
  rig.queue.send(Buffer.from("plain"));
  rig.queue.send(Buffer.from("cd"), { chop: 1 });
  rig.clock.settle();
  assert.deepEqual(rig.wrote, ["[a]", "[b]", "plain", "[c]", "[d]"]);
  rig.queue.send(Buffer.from("at once again"));
  assert.equal(written(rig).at(-1), "at once again");
});

test("an empty chopped frame is no write", () => {
  const rig = start();
  rig.queue.send(new Uint8Array(0), { chop: 1 });
  rig.clock.settle();
  assert.deepEqual(written(rig), []);
  rig.queue.send(Buffer.from("a"));
  assert.deepEqual(written(rig), ["a"]);
});

describe("the sender is notified when the system has taken the last octet", () => {
  const deliveries = [
    ["at once", {}],
    ["sync", { sync: true }],
    ["chopped", { chop: 2 }],
  ] as const;
  for (const [name, delivery] of deliveries) {
    test(name, () => {
      const rig = start();
      let sent = 0;
      rig.transport.isHolding = true;
      rig.queue.send(Buffer.from("abcd"), delivery, () => sent++);
      if (name === "chopped") {
        rig.transport.release();
        rig.clock.turnOnce();
      }
      assert.equal(sent, 0);
      rig.transport.release();
      assert.equal(sent, 1);
    });
  }
  test("behind a queued write", () => {
    const rig = start();
    const sent: string[] = [];
    rig.queue.send(Buffer.from("ab"), { sync: true });
    rig.queue.send(Buffer.from("cd"), {}, () => sent.push("cd"));
    assert.deepEqual(sent, []);
    rig.clock.turnOnce();
    assert.deepEqual(sent, ["cd"]);
  });
});

describe("whenEmpty", () => {
  test("calls back at once if nothing is queued", () => {
    const { queue } = start();
    let calls = 0;
    queue.whenEmpty(() => calls++);
    assert.equal(calls, 1);
  });
  test("calls back when the last write has gone out and the loop has turned, in order", () => {
    const rig = start();
    const calls: string[] = [];
    rig.queue.send(Buffer.from("ab"), { chop: 1 });
    rig.queue.whenEmpty(() => calls.push(`first after ${written(rig).length}`));
    rig.queue.whenEmpty(() => calls.push("second"));
    rig.clock.turnOnce();
    assert.deepEqual(calls, []);
    rig.clock.turnOnce();
    assert.deepEqual(calls, ["first after 2", "second"]);
  });
});

describe("stop", () => {
  test("nothing more is sent, neither what is queued nor what is new", () => {
    const rig = start();
    rig.queue.send(Buffer.from("abc"), { chop: 1 });
    rig.queue.stop();
    rig.queue.send(Buffer.from("new"));
    rig.clock.settle();
    assert.deepEqual(written(rig), ["a"]);
  });
  test("no waiting callback is called", () => {
    const rig = start();
    let calls = 0;
    rig.queue.send(Buffer.from("abc"), { chop: 1 });
    rig.queue.whenEmpty(() => calls++);
    rig.queue.stop();
    rig.clock.settle();
    assert.equal(calls, 0);
  });
});

describe("everything is taken", () => {
  const taken = ({ queue }: Queue): (() => boolean) => {
    let isTaken = false;
    queue.whenTaken(() => {
      isTaken = true;
    });
    return () => isTaken;
  };

  test("at once if nothing was sent", () => {
    assert.equal(taken(start())(), true);
  });
  test("when the system has taken the last octet of a chopped frame, not when it was queued", () => {
    const rig = start();
    rig.queue.send(Buffer.from("abc"), { chop: 1 });
    const isTaken = taken(rig);
    rig.clock.turnOnce();
    assert.deepEqual([isTaken(), rig.queue.taken], [false, 2]);
    rig.transport.isHolding = true;
    rig.clock.turnOnce();
    assert.equal(isTaken(), false);
    rig.transport.release();
    assert.deepEqual([isTaken(), rig.queue.taken], [true, 3]);
  });
  test("behind an ordinary write as well", () => {
    const rig = start();
    rig.transport.isHolding = true;
    rig.queue.send(Buffer.from("abc"));
    const isTaken = taken(rig);
    assert.equal(isTaken(), false);
    rig.transport.release();
    assert.equal(isTaken(), true);
  });
  test("never once nothing more is sent", () => {
    const rig = start();
    rig.transport.isHolding = true;
    rig.queue.send(Buffer.from("abc"));
    const isTaken = taken(rig);
    rig.queue.stop();
    rig.transport.release();
    assert.equal(isTaken(), false);
  });
});
