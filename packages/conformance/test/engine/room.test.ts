import assert from "node:assert/strict";
import { test } from "node:test";
import { Room } from "../../src/engine/room.js";

/** A room in which everybody who enters is written down. */
function roomOf(size: number): {
  room: Room;
  entered: string[];
  ask: (name: string, amount: number) => Promise<void>;
} {
  const room = new Room(size);
  const entered: string[] = [];
  const ask = async (name: string, amount: number): Promise<void> => {
    await room.enter(amount);
    entered.push(name);
  };
  return { room, entered, ask };
}

/** Everything that can happen without anybody leaving has happened. */
async function settled(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
}

test("whoever fits in enters at once, to the last bit", async () => {
  const { entered, ask } = roomOf(10);
  const all = [ask("a", 4), ask("b", 6), ask("nothing", 0)];
  await Promise.all(all);
  assert.deepEqual(entered, ["a", "b", "nothing"]);
});

test("who does not fit in waits until enough others have left", async () => {
  const { room, entered, ask } = roomOf(10);
  void ask("a", 4);
  void ask("b", 4);
  void ask("c", 7);
  await settled();
  assert.deepEqual(entered, ["a", "b"]);
  room.leave(4);
  await settled();
  assert.deepEqual(entered, ["a", "b"]);
  room.leave(4);
  await settled();
  assert.deepEqual(entered, ["a", "b", "c"]);
});

test("nobody overtakes who waits, so that the large ones come in too", async () => {
  const { room, entered, ask } = roomOf(10);
  void ask("a", 6);
  void ask("large", 9);
  void ask("small", 1);
  await settled();
  assert.deepEqual(entered, ["a"]);
  room.leave(6);
  await settled();
  assert.deepEqual(entered, ["a", "large", "small"]);
});

test("one that leaves may let several in, as many as fit", async () => {
  const { room, entered, ask } = roomOf(10);
  void ask("a", 10);
  for (const name of ["b", "c", "d"]) void ask(name, 4);
  room.leave(10);
  await settled();
  assert.deepEqual(entered, ["a", "b", "c"]);
  room.leave(4);
  await settled();
  assert.deepEqual(entered, ["a", "b", "c", "d"]);
});

test("what is larger than the whole room gets it alone", async () => {
  const { room, entered, ask } = roomOf(10);
  void ask("a", 1);
  void ask("huge", 99);
  void ask("b", 1);
  await settled();
  assert.deepEqual(entered, ["a"]);
  room.leave(1);
  await settled();
  assert.deepEqual(entered, ["a", "huge"]);
  room.leave(99);
  await settled();
  assert.deepEqual(entered, ["a", "huge", "b"]);
});
