import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { isAboutNegotiation, type Case } from "../../src/case/case.js";
import { message, pongWith, type Trace } from "../../src/case/expect.js";
import { CASES } from "../../src/cases/index.js";
import { judge } from "../../src/judge/judge.js";
import { isBehindClose, VIOLATIONS, type ViolationName } from "../../src/record/violation.js";
import type { CaseRecord, CloseRecord, HandshakeRecord, Profile } from "../../src/record/record.js";
import { contradictionsOf } from "./contradictions.js";
import { idealRecord, recordOf } from "../support/sample-record.js";
import { caseOf } from "../support/some-case.js";

const PROFILES: readonly Profile[] = ["modern", "autobahn"];
const FORBIDDEN = [1005, 1006, 1015];
const NAMES = Object.keys(VIOLATIONS) as ViolationName[];

/** How a connection can end: everything that the tester can cause, and nothing else. */
const ENDS: fc.Arbitrary<Partial<CloseRecord>> = fc
  .record({
    remote: fc.constantFrom(null, "", "61", 0, 1000, 1001, 1002, 1004, 1005, 1007, 1009, 1011, 1016, 4242),
    local: fc.constantFrom(null, 1000, 1002),
    byTester: fc.boolean(),
    failed: fc.boolean(),
    tcp: fc.constantFrom("ended-by-peer", "reset-by-peer", "ended-by-tester"),
  })
  .map(({ remote, local, byTester, failed, tcp }) => {
    const remoteCode = typeof remote === "number" ? remote : null;
    const remotePayload = typeof remote === "number" ? remote.toString(16).padStart(4, "0") : remote;
    const closedByTester = byTester && local !== null;
    const droppedByTester = tcp === "ended-by-tester";
    const closeTimeout = droppedByTester && closedByTester && remotePayload === null && !failed;
    const dropTimeout = droppedByTester && remotePayload !== null && !failed;
    const clean = remotePayload !== null && !dropTimeout;
    return {
      remoteCode,
      remotePayload,
      localCode: local,
      localPayload: local === null ? null : local.toString(16).padStart(4, "0"),
      closedByTester,
      failedByTester: failed,
      droppedByTester,
      closeTimeout,
      dropTimeout,
      clean,
      notCleanReason: clean ? null : reasonOf({ closeTimeout, dropTimeout, droppedByTester }),
      tcp,
      ...(remotePayload === null ? {} : { remoteAfterEvents: 1 }),
    };
  });

function reasonOf(
  close: Pick<CloseRecord, "closeTimeout" | "dropTimeout" | "droppedByTester">,
): string | null {
  if (close.closeTimeout) return "the peer did not answer the Close frame within 1000 ms";
  if (close.dropTimeout) return "the peer did not close TCP within 1000 ms of the closing handshake";
  return close.droppedByTester ? null : "the peer closed TCP without a closing handshake";
}

const HANDSHAKES: fc.Arbitrary<HandshakeRecord | undefined> = fc.constantFrom<HandshakeRecord | undefined>(
  undefined,
  undefined,
  undefined,
  { opened: false, request: "", response: null, problem: "the opening handshake was not answered in time" },
  { opened: false, request: "", response: "", status: 400, problem: "it was answered with HTTP 400" },
  {
    opened: false,
    request: "",
    response: "",
    status: 101,
    problem: "the hash is wrong",
    requirement: "6455-4.1-25",
  },
);

const RECORDS: fc.Arbitrary<readonly [Case, CaseRecord]> = fc
  .record({
    judged: fc.constantFrom(...CASES),
    close: ENDS,
    handshake: HANDSHAKES,
    role: fc.constantFrom("client", "server"),
    timers: fc.subarray(["kill", "close", "settled", "until"]),
    violations: fc.subarray(NAMES, { maxLength: 2 }),
    closingViolations: fc.subarray(
      ["masked-frame", "rsv", "data-after-close", "close-after-close", "control-after-closing"] as const,
      {
        maxLength: 1,
      },
    ),
    events: fc.constantFrom("none", "expected", "tolerated", "cut", "message", "pong"),
    undeclared: fc.constantFrom<readonly string[]>([], [], [], ["wrong-mask"]),
    opensWithout: fc.boolean(),
  })
  .map((facts) => {
    const { judged, close, handshake, role, timers, undeclared } = facts;
    const record = idealRecord(judged, {
      close,
      role,
      timers,
      undeclared,
      trace: traceOf(judged, facts.events),
      ...(handshake === undefined ? {} : { handshake }),
      ...(facts.opensWithout && judged.deflate !== undefined ? { extension: null } : {}),
    });
    const inEvents = facts.violations.filter((name) => name !== "close-code" && !isBehindClose(name));
    const hasClosed = close.remotePayload !== null && close.remotePayload !== undefined;
    const inClosing: readonly ViolationName[] = [
      ...(FORBIDDEN.includes(close.remoteCode ?? 0) ? (["close-code"] as const) : []),
      ...(hasClosed ? facts.closingViolations : []),
    ];
    const violations = recordOf({ violations: [...inEvents, ...inClosing] }).violations.map((one, i) =>
      i < inEvents.length ? one : { ...one, closing: true as const },
    );
    return [judged, { ...record, violations }] as const;
  });

function traceOf(judged: Case, kind: string): Trace {
  const { pass, nonStrict } = judged.expect;
  switch (kind) {
    case "none":
      return [];
    case "tolerated":
      return nonStrict ?? pass;
    case "cut":
      return pass.slice(0, -1);
    case "message":
      return [...pass, message("never sent")];
    case "pong":
      return [pongWith("heartbeat"), ...pass];
    default:
      return pass;
  }
}

test("no verdict on a record that can be contradicts it, or itself", () => {
  fc.assert(
    fc.property(RECORDS, ([judged, record]) => {
      for (const profile of PROFILES) {
        const verdict = judge(judged, { ...record, profile }, profile);
        const found = contradictionsOf({ judged, record, verdict, profile });
        assert.deepEqual(
          found,
          [],
          `${judged.id}, ${profile}: ${verdict.because} | ${verdict.closingBecause}`,
        );
      }
    }),
    { numRuns: 3000 },
  );
});

describe("every case of the catalogue, whatever happened", () => {
  for (const judged of CASES.filter(({ expect }) => expect.informational !== true)) {
    test(`${judged.id} fails because of a MUST`, () => {
      const trace = [message("never sent")];
      const verdict = judge(judged, idealRecord(judged, { trace, extension: null }), "modern");
      if (judged.deflate !== undefined && !isAboutNegotiation(judged)) {
        return assert.equal(verdict.outcome, "unimplemented");
      }
      if (verdict.outcome === "fail") {
        assert.deepEqual(
          contradictionsOf({ judged, record: idealRecord(judged), verdict, profile: "modern" }),
          [],
        );
      }
    });
  }
});

describe("a contradiction is found where there is one", () => {
  const judged = caseOf("3.2");
  const record = idealRecord(judged);
  const verdict = judge(judged, record, "modern");
  const table: readonly (readonly [name: string, change: Partial<typeof verdict>])[] = [
    ["a failure under modern names no MUST", { outcome: "fail", requirement: "6455-5.5.3-3" }],
    ["a failure under modern names no MUST", { outcome: "fail" }],
    ["non-strict under modern names no SHOULD", { outcome: "non-strict", requirement: "6455-5.2-2" }],
    ["blocked although the connection opened", { outcome: "blocked" }],
    [
      "it is said to have done nothing, and has",
      { because: "The peer neither sent a Close frame nor closed TCP." },
    ],
    [
      "it is said to have sent no Close frame, and has",
      { because: "The peer closed TCP without a closing handshake." },
    ],
    [
      "the tester had to start, and did not",
      { closingBecause: "The tester ended the connection, not the peer." },
    ],
    [
      "a requirement broken in a closing that is in order",
      { closing: "ok", closingRequirement: "6455-7.4.1-1" },
    ],
  ];
  for (const [name, change] of table) {
    test(name, () => {
      const found = contradictionsOf({
        judged,
        record,
        verdict: { ...verdict, ...change },
        profile: "modern",
      });
      assert.ok(found.includes(name), found.join());
    });
  }
});
