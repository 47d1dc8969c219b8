import assert from "node:assert/strict";
import { test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { failsWith } from "../../src/case/expect.js";
import { kill, text } from "../../src/case/steps.js";
import { caseInfo } from "../../src/run/case-info.js";

const SUBJECT: Case = {
  id: "6.3.1",
  title: "title",
  description: "description",
  expectation: "expectation",
  requirements: ["6455-8.1-1", "6455-7.1.7-1"],
  script: [text("x"), kill(1)],
  expect: { ...failsWith(1007), ending: { by: "peer", codes: [1007], clean: false, sideIsFatal: true } },
  differs: ["late-utf8-failure"],
};

test("a case as the run file describes it", () => {
  const info = caseInfo(SUBJECT);
  assert.deepEqual(info.ending, { by: "peer", codes: [1007], clean: false, sideIsFatal: true });
  assert.equal(info.section, "UTF-8 handling");
  assert.deepEqual(info.requirements[0], {
    id: "6455-8.1-1",
    citation: "RFC 6455 §8.1",
    level: "MUST",
    text: "Text that is not valid UTF-8 fails the connection; this includes the close reason.",
    link: "https://www.rfc-editor.org/rfc/rfc6455#section-8.1",
  });
  assert.match(info.differs[0] ?? "", /§8\.1/);
});

test("what reports show beside the verdict", () => {
  assert.equal("reports" in caseInfo(SUBJECT), false);
  assert.deepEqual(caseInfo({ ...SUBJECT, reports: { time: true, ratio: true } }).reports, {
    time: true,
    ratio: true,
  });
});

test("the version that has it first, unless it is the first one", () => {
  assert.equal("since" in caseInfo(SUBJECT), false);
  assert.equal(caseInfo({ ...SUBJECT, since: "0.2.0" }).since, "0.2.0");
});

test("a section without a name, no flags, no differences, an unknown requirement", () => {
  const { differs: _, ...plain } = SUBJECT;
  const info = caseInfo({ ...plain, id: "99.1", expect: failsWith(1002) });
  assert.deepEqual([info.section, info.differs, info.ending.sideIsFatal], ["Section 99", [], undefined]);
  assert.throws(() => caseInfo({ ...plain, requirements: ["1-1-1"] }), RangeError);
});
