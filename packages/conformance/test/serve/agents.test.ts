import assert from "node:assert/strict";
import { test } from "node:test";
import { Agents } from "../../src/serve/agents.js";

test("every new name becomes a peer of its own, once", () => {
  const seen: string[] = [];
  const agents = new Agents((agent, from) => seen.push(`${agent.peer} ${agent.name} ${from}`));
  agents.enter("a", "::1");
  agents.enter("b", "::1");
  agents.enter("a", "::2");
  assert.deepEqual(seen, ["peer-1 a ::1", "peer-2 b ::1"]);
  assert.deepEqual([agents.size, agents.names], [2, ["a", "b"]]);
});

test("repeats of a case are counted, for each agent by itself", () => {
  const agents = new Agents(() => undefined);
  agents.enter("a", "");
  agents.enter("b", "");
  const attempts = ["a", "a", "b"].map((name) => agents.nextAttempt(name, "1.1.1"));
  assert.deepEqual([...attempts, agents.nextAttempt("a", "1.1.2")], [1, 2, 1, 1]);
});

test("whoever waits for a result gets it when it is there, all of them, and once", () => {
  const agents = new Agents(() => undefined);
  const outcomes: string[] = [];
  agents.enter("a", "");
  agents.whenSettled("a", "1.1.1", (outcome) => outcomes.push(`first ${outcome}`));
  agents.whenSettled("a", "1.1.1", (outcome) => outcomes.push(`second ${outcome}`));
  agents.whenSettled("a", "1.1.1", (outcome) => outcomes.push(`gone ${outcome}`))();
  agents.whenSettled("b", "1.1.1", (outcome) => outcomes.push(`other ${outcome}`));
  agents.settle("a", "1.1.1", "fail");
  agents.settle("a", "1.1.1", "pass");
  agents.whenSettled("a", "1.1.1", (outcome) => outcomes.push(`late ${outcome}`));
  assert.deepEqual(outcomes, ["first fail", "second fail", "late pass"]);
});

test("there is an end to inventing names", () => {
  const agents = new Agents(() => undefined);
  for (let n = 0; n < 1000; n++) assert.ok(agents.enter(`agent ${n}`, ""));
  assert.equal(agents.enter("one more", ""), null);
  assert.ok(agents.enter("agent 7", ""));
});
