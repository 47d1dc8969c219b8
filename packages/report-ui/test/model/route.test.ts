import assert from "node:assert/strict";
import { test } from "node:test";

import { NO_FILTER, formatRoute, parseRoute, type Route } from "../../src/model/route.js";

const ROUTES: readonly Route[] = [
  { view: "matrix", filter: NO_FILTER },
  { view: "matrix", filter: { ...NO_FILTER, verdicts: ["fail", "blocked"], section: "6", sort: "time" } },
  { view: "matrix", filter: { ...NO_FILTER, text: "a&b = ü", level: "MUST NOT" } },
  { view: "case", id: "5.20", agent: "Ünïcode/1.0 & <b>#", filter: NO_FILTER },
  { view: "case", id: "5.20", entry: 12, filter: NO_FILTER },
  { view: "plots", filter: NO_FILTER },
  { view: "catalogue", filter: NO_FILTER },
  { view: "catalogue", id: "9.1.1", filter: NO_FILTER },
];

test("every view has an address that leads back to it", () => {
  for (const route of ROUTES) assert.deepEqual(parseRoute(formatRoute(route)), route);
});

test("links as they are written by hand", () => {
  assert.deepEqual(parseRoute("#case=5.20&agent=ws"), {
    view: "case",
    id: "5.20",
    agent: "ws",
    filter: NO_FILTER,
  });
  assert.equal(formatRoute({ view: "case", id: "5.20", agent: "ws" }), "#case=5.20&agent=ws");
  assert.equal(formatRoute({ view: "plots" }), "#plots");
});

test("what makes no sense is the matrix", () => {
  for (const hash of ["", "#", "#nonsense", "#sort=backwards", "#entry=-1&x=y", "#%ff"]) {
    assert.deepEqual(parseRoute(hash), { view: "matrix", filter: NO_FILTER }, hash);
  }
});
