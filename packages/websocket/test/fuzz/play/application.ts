import type { WebSocketConnection } from "../../../src/index.js";
import type { Random } from "../random.js";
import { turns } from "./in-time.js";
import type { Act } from "./reference.js";

/** Mostly nothing, and not more than one thing that ends the connection. */
export function someActs(random: Random): Act[] {
  if (!random.oneIn(3)) return [];
  const pauses = random.some(0, 3, () => act(random, "pause"));
  return random.oneIn(2) ? pauses : [...pauses, act(random, random.pick(["close", "terminate", "throw"]))];
}

function act(random: Random, what: Act["act"]): Act {
  return { at: random.below(12), act: what, turns: random.below(20) };
}

/** Does what the plan has for the message of this number. */
export function actOn(ws: WebSocketConnection<unknown>, acts: readonly Act[], index: number): void {
  for (const { at, act, turns: count } of acts) {
    if (at !== index) continue;
    if (act === "pause") void pauseFor(ws, count);
    else if (act === "close") ws.close(1000);
    else if (act === "terminate") ws.terminate();
    else throw new Error("a handler that fails");
  }
}

async function pauseFor(ws: { pause(): void; resume(): void }, count: number): Promise<void> {
  ws.pause();
  await turns(count);
  ws.resume();
}

/** Keeps the processor busy, as a handler does. */
export function busyFor(micros: number): void {
  if (micros === 0) return;
  const end = performance.now() + micros / 1000;
  while (performance.now() < end);
}
