import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { CASES } from "../../src/cases/index.js";
import { isControlProblem, readControl } from "../../src/serve/control-url.js";

const SELECTED = CASES.slice(2, 7);
const [FIRST, SECOND] = SELECTED;

/** What a target means, in a word and the values that go with it. */
function read(target: string): readonly unknown[] {
  const control = readControl(target, SELECTED);
  if (isControlProblem(control)) return [control.status, control.sentence];
  const { do: what, ...rest } = control;
  return [what, ...Object.values(rest).map((value) => (typeof value === "object" ? value?.id : value))];
}

const UNDERSTOOD: readonly (readonly [string, readonly unknown[]])[] = [
  ["/getCaseCount", ["count"]],
  ["/getCaseCount?agent=x", ["count"]],
  ["//getCaseCount", ["count"]],
  ["ws://127.0.0.1:9001/getCaseCount", ["count"]],
  ["/getCaseInfo?case=2", ["info", SECOND?.id]],
  ["/runCase?case=1&agent=ws", ["run", FIRST?.id, "ws"]],
  ["/runCase?agent=ws&case=1", ["run", FIRST?.id, "ws"]],
  ["/runCase?&agent=ws&&x=y&case=1&", ["run", FIRST?.id, "ws"]],
  ["/runCase?case=5&agent=Tornado/py27", ["run", SELECTED[4]?.id, "Tornado/py27"]],
  ["/runCase?case=1&agent=Tornado%2Fpy27", ["run", FIRST?.id, "Tornado/py27"]],
  ["/runCase?case=1&agent=a+b", ["run", FIRST?.id, "a b"]],
  ["/runCase?case=1&agent=a%20b", ["run", FIRST?.id, "a b"]],
  ["/runCase?case=1&agent=a%2Bb", ["run", FIRST?.id, "a+b"]],
  ["/runCase?case=1&agent=a b", ["run", FIRST?.id, "a b"]],
  ["/runCase?case=1&agent=a=b", ["run", FIRST?.id, "a=b"]],
  ["/runCase?case=1&agent=100%", ["run", FIRST?.id, "100%"]],
  ["/runCase?case=1&agent=%C3%BC", ["run", FIRST?.id, "ü"]],
  ["/runCase?case=1&agent=%FC", ["run", FIRST?.id, "\ufffd"]],
  [`/runCase?case=1&agent=${Buffer.from("ü").toString("latin1")}`, ["run", FIRST?.id, "ü"]],
  ["/runCase?case=+1&agent=__proto__", ["run", FIRST?.id, "__proto__"]],
  [`/runCase?casetuple=${SECOND?.id}&agent=a`, ["run", SECOND?.id, "a"]],
  [`/runCase?casetuple=${SECOND?.id}&agent=a&case=1`, ["run", FIRST?.id, "a"]],
  ["/getCaseStatus?case=1&agent=a", ["status", FIRST?.id, "a"]],
  ["/updateReports?agent=a", ["report", "a", false]],
  ["/updateReports?agent=a&case=0", ["report", "a", false]],
  ["/updateReports", ["report", undefined, false]],
  ["/updateReports?shutdownOnComplete=true&agent=a", ["report", "a", true]],
  ["/updateReports?agent=a&shutdownOnComplete=yes", ["report", "a", true]],
  ["/updateReports?agent=a&shutdownOnComplete=no", ["report", "a", false]],
  ["/stopServer", ["stop"]],
  ["/", ["obey"]],
  ["/runcase?case=1&agent=a", ["obey"]],
];

describe("what a URL means", () => {
  for (const [target, meaning] of UNDERSTOOD) {
    test(target, () => assert.deepEqual(read(target), meaning));
  }
});

const REFUSED: readonly (readonly [string, number, RegExp])[] = [
  ["/runCase", 400, /names no case/],
  ["/runCase?case=1", 400, /names no agent/],
  ["/runCase?case=1&agent=", 400, /names no agent/],
  ["/runCase?agent=a", 400, /names no case/],
  ["/runCase?case=0&agent=a", 404, /no case "0": this run has the cases 1 to 5/],
  ["/runCase?case=6&agent=a", 404, /no case "6"/],
  ["/runCase?case=99999999999999999999&agent=a", 404, /no case/],
  ["/runCase?case=-1&agent=a", 400, /is not a number/],
  ["/runCase?case=1.5&agent=a", 400, /is not a number/],
  ["/runCase?case=1&case=1&agent=a", 400, /parameter case 2 times/],
  ["/runCase?case=1&agent=a&agent=a", 400, /parameter agent 2 times/],
  ["/runCase?casetuple=99.1&agent=a", 404, /"99.1" is not among the 5 cases/],
  [`/runCase?case=1&agent=${"a".repeat(201)}`, 400, /longer than 200/],
  ["/getCaseInfo", 400, /names no case/],
  ["/getCaseStatus?case=1", 400, /names no agent/],
  ["/runCase?case=%1b%5b31m&agent=a", 400, /case="\\x1b\[31m" is not a number/],
];

describe("a URL that makes no sense", () => {
  for (const [target, status, sentence] of REFUSED) {
    test(target.slice(0, 60), () => {
      const [found, text] = read(target);
      assert.equal(found, status);
      assert.match(String(text), sentence);
    });
  }
});
