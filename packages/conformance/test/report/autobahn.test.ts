import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { autobahnReporter } from "../../src/report/autobahn.js";
import { globalIndex } from "../../src/report/autobahn/catalogue.js";
import { agentSlug } from "../../src/report/autobahn/file-name.js";
import { octetsRule, payloadRule } from "../../src/report/autobahn/payload-rule.js";
import { byNumber, PythonFloat, pythonJson } from "../../src/report/autobahn/python-json.js";
import { trafficStats } from "../../src/report/autobahn/traffic-stats.js";
import { decodePythonUtf8 } from "../../src/report/autobahn/python-utf8.js";
import type { TrafficCounts, TrafficRecord } from "../../src/record/record.js";
import type { WireEntry } from "../../src/record/wire-log.js";
import type { RunEvent, RunStart } from "../../src/run/event.js";
import { collect } from "./collect.js";
import { assertGolden } from "./golden.js";
import { HOSTILE_AGENT, PEER, RECORD, SAMPLE_START, play, sampleRun } from "./sample-run.js";

const SLUG = agentSlug(HOSTILE_AGENT);

test("index and case files of the sample run", async () => {
  const { stream, files } = await collect(autobahnReporter, sampleRun());
  assert.equal(stream, "");
  assertGolden("autobahn/index.json", files.get("index.json") ?? "");
  for (const name of [`${SLUG}_case_5_20.json`, `${SLUG}_case_6_3_1.json`, "n_code_case_1_1_1.json"]) {
    assertGolden(`autobahn/${name}`, files.get(name) ?? assert.fail(`${name} is missing`));
  }
  for (const [name, text] of files) {
    assert.match(name, /^[a-z0-9_]+\.(json|html)$/);
    if (name.endsWith(".html")) continue;
    assert.match(text, /^[\n -~]*$/, `${name} is ASCII`);
    assert.ok(!text.endsWith("\n"));
  }
});

test("every case file has the 39 keys of the original, sorted", async () => {
  const { files } = await collect(autobahnReporter, sampleRun());
  for (const [name, text] of files) {
    if (name === "index.json" || name.endsWith(".html")) continue;
    const keys = Object.keys(JSON.parse(text) as object);
    assert.equal(keys.length, 39, name);
    assert.deepEqual(keys, [...keys].sort(), name);
  }
  assert.equal(files.size, 2 * (1 + 11 + 11));
});

test("a case that was played again shows the last play", async () => {
  const { files } = await collect(autobahnReporter, sampleRun());
  const file = JSON.parse(files.get(`${SLUG}_case_2_10.json`) ?? "") as Record<string, unknown>;
  assert.equal(file["behavior"], "OK");
  assert.equal(file["result"], "All pongs came in order.");
});

test("index.json: cases sort as strings, cases not run are absent, a run without results is an empty object", async () => {
  const ids = ["1.1.1", "2.1", "2.2", "2.10", "10.1.1"];
  const up: RunEvent = { type: "peer-up", peer: PEER, agent: "10", url: "ws://x" };
  const { files } = await collect(autobahnReporter, [SAMPLE_START, up, ...ids.flatMap((id) => play(id))]);
  const order = [...(files.get("index.json") ?? "").matchAll(/"([\d.]+)": \{\n {9}/g)].map(
    (match) => match[1],
  );
  assert.deepEqual(order, ["1.1.1", "10.1.1", "2.1", "2.10", "2.2"]);
  const empty = await collect(autobahnReporter, [SAMPLE_START, up]);
  assert.equal(empty.files.get("index.json"), "{}");
  assert.deepEqual([...empty.files.keys()], ["index.json", "index.html"]);
});

test("a connection that never opened: no expectations, and under autobahn a duration since 1970", async () => {
  const handshake = { opened: false, request: "GET /", response: null };
  const events = play("1.1.1", { record: { handshake, profile: "autobahn", durationMs: 2 } });
  const up: RunEvent = { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" };
  const { files } = await collect(autobahnReporter, [SAMPLE_START, up, ...events]);
  const file = JSON.parse(files.get("a_case_1_1_1.json") ?? "") as Record<string, unknown>;
  assert.deepEqual([file["expected"], file["expectedClose"], file["httpResponse"]], [{}, {}, "?"]);
  assert.equal(file["duration"], Date.parse("2026-11-22T08:00:01.500Z") + 2);
});

test("the number of a case: in the whole catalogue for a client, in the run for a server", async () => {
  const up: RunEvent = { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" };
  for (const [role, number] of [
    ["client", 301],
    ["server", 12],
  ] as const) {
    const { files } = await collect(autobahnReporter, [
      SAMPLE_START,
      up,
      ...play("10.1.1", { record: { role } }),
    ]);
    const file = JSON.parse(files.get("a_case_10_1_1.json") ?? "") as Record<string, unknown>;
    assert.deepEqual([file["case"], file["isServer"]], [number, role === "server"]);
  }
});

/** Names that file names do not tell apart, one after the other, each with a case of its own result. */
const ALIKE = ["日本語", "中国話", "A b", "A_b", "a b 2", "A/B"];

function alike(start: RunStart): RunEvent[] {
  const peers = ALIKE.map((agent, at) => ({ agent, peer: `peer-${at}` }));
  return [
    start,
    ...peers.map(({ agent, peer }): RunEvent => ({ type: "peer-up", peer, agent, url: "ws://x" })),
    ...peers.flatMap(({ peer }) => play("1.1.1").map((event) => ({ ...event, peer }) as RunEvent)),
  ];
}

for (const [name, start] of [
  ["under modern", SAMPLE_START],
  [
    "in the fuzzing server under autobahn",
    { ...SAMPLE_START, profile: "autobahn", config: { ...SAMPLE_START.config, role: "server" } },
  ],
] as const) {
  test(`agents whose names file names do not tell apart have files of their own, ${name}`, async () => {
    const { files } = await collect(autobahnReporter, alike(start));
    const index = JSON.parse(files.get("index.json") ?? "") as Record<
      string,
      Record<string, { reportfile: string }>
    >;
    const found = ALIKE.map((agent) => index[agent]?.["1.1.1"]?.reportfile ?? assert.fail(agent));
    assert.deepEqual(found, [
      "_case_1_1_1.json",
      "_2_case_1_1_1.json",
      "a_b_case_1_1_1.json",
      "a_b_2_case_1_1_1.json",
      "a_b_2_2_case_1_1_1.json",
      "a_b_3_case_1_1_1.json",
    ]);
    assert.equal(new Set(found.map((file) => file.toLowerCase())).size, ALIKE.length);
    const page = files.get("index.html") ?? "";
    for (const [at, file] of found.entries()) {
      const stored = JSON.parse(files.get(file) ?? "") as { agent: string };
      assert.equal(stored.agent, ALIKE[at]);
      const html = file.replace(/json$/, "html");
      assert.ok(files.has(html), `${html} of ${[...files.keys()].join()}`);
      assert.ok(page.includes(`href="${html.replaceAll("_", "&#95;")}"`), html);
    }
  });
}

test("servers under autobahn share their files where the original's do", async () => {
  const { files } = await collect(autobahnReporter, alike({ ...SAMPLE_START, profile: "autobahn" }));
  assert.equal((JSON.parse(files.get("a_b_case_1_1_1.json") ?? "") as { agent: string }).agent, "A/B");
  assert.equal(Object.keys(JSON.parse(files.get("index.json") ?? "") as object).length, ALIKE.length);
});

test("agentSlug", () => {
  assert.equal(agentSlug("ws 8.23"), "ws_8_23");
  assert.equal(agentSlug("  Tornado/py27 (x) "), "tornado_py27__x");
  assert.equal(agentSlug("***"), "");
  assert.equal(agentSlug("../../etc/passwd"), "etc_passwd");
  assert.equal(agentSlug("x".repeat(5000)).length, 200);
});

test("globalIndex", () => {
  const known = { "1.1.1": 1, "2.1": 17, "2.11": 27, "3.1": 28, "6.1.1": 65, "7.1.1": 210, "7.13.2": 246 };
  for (const [id, index] of Object.entries(known)) assert.equal(globalIndex(id), index, id);
  const later = { "9.1.1": 247, "10.1.1": 301, "12.1.1": 302, "13.1.1": 392, "13.7.18": 517 };
  for (const [id, index] of Object.entries(later)) assert.equal(globalIndex(id), index, id);
  for (const id of ["2.12", "2.0", "20.1.1", "2", "2.1.1"]) assert.equal(globalIndex(id), 0, id);
});

test("payloads: cut above 60 octets to 64, text if what is left is UTF-8", () => {
  const a = (length: number): string => "61".repeat(length);
  assert.equal(payloadRule(a(60), 60), "a".repeat(60));
  assert.equal(payloadRule(a(61), 61), `${"a".repeat(61)} ...`);
  assert.equal(payloadRule(a(200), 200), `${"a".repeat(64)} ...`);
  assert.equal(payloadRule(`${a(63)}c3a4`, 65), `0x${a(63)}c3 ...`);
  assert.equal(payloadRule("fe", 1), "0xfe");
  assert.equal(payloadRule("", 0), "");
  assert.equal(octetsRule(a(61), 61), `${a(61)} ...`);
  assert.equal(octetsRule(a(65), 65), `${a(64)} ...`);
});

test("the UTF-8 decoder of Python 2 accepts surrogates and nothing else that is wrong", () => {
  const decode = (hex: string): string | null => decodePythonUtf8(Buffer.from(hex, "hex"));
  assert.equal(decode("eda080"), "\ud800");
  assert.equal(decode("edbfbf"), "\udfff");
  assert.equal(decode("eda080edb080"), "\ud800\udc00");
  assert.equal(decode("f48fbfbf"), "\u{10ffff}");
  assert.equal(decode("efbfbf"), "\uffff");
  for (const wrong of [
    "80",
    "c080",
    "c1bf",
    "e08080",
    "f0808080",
    "f4908080",
    "f5808080",
    "c3",
    "e282",
    "ff",
    "c341",
  ]) {
    assert.equal(decode(wrong), null, wrong);
  }
});

test("the decoder agrees with the platform's wherever no surrogate is involved", () => {
  for (let code = 0; code <= 0x10ffff; code += 0x101) {
    const text = code >= 0xd800 && code <= 0xdfff ? "x" : String.fromCodePoint(code);
    assert.equal(decodePythonUtf8(Buffer.from(text)), text);
  }
});

describe("the traffic of a compression case", () => {
  const counts = (facts: Partial<TrafficCounts>): TrafficCounts => ({
    wire: 0,
    payload: 0,
    application: 0,
    frames: 0,
    messages: 0,
    ...facts,
  });
  const traffic: TrafficRecord = {
    received: counts({ wire: 17_763, payload: 15_763, application: 16_000, frames: 1000, messages: 1000 }),
    sent: counts({ wire: 21_763, payload: 15_763, application: 16_000, frames: 1000, messages: 1000 }),
    handshake: { received: 228, sent: 394 },
  };

  test("has the 16 figures of the original", () => {
    const figures = JSON.parse(pythonJson(trafficStats({ ...RECORD, traffic }))) as Record<string, number>;
    assert.deepEqual(figures, {
      incomingCompressionRatio: 15_763 / 16_000,
      incomingOctetsAppLevel: 16_000,
      incomingOctetsWebSocketLevel: 15_763,
      incomingOctetsWireLevel: 17_763,
      incomingWebSocketFrames: 1000,
      incomingWebSocketMessages: 1000,
      incomingWebSocketOverhead: 2000 / 15_763,
      outgoingCompressionRatio: 15_763 / 16_000,
      outgoingOctetsAppLevel: 16_000,
      outgoingOctetsWebSocketLevel: 15_763,
      outgoingOctetsWireLevel: 21_763,
      outgoingWebSocketFrames: 1000,
      outgoingWebSocketMessages: 1000,
      outgoingWebSocketOverhead: 6000 / 15_763,
      preopenIncomingOctetsWireLevel: 228,
      preopenOutgoingOctetsWireLevel: 394,
    });
  });
  test("ratios of nothing are null, and whole ones are floats", () => {
    const even = {
      ...traffic,
      received: counts({}),
      sent: counts({ wire: 20, payload: 10, application: 10 }),
    };
    const text = pythonJson(trafficStats({ ...RECORD, traffic: even }));
    assert.match(text, /"incomingCompressionRatio": null,/);
    assert.match(text, /"incomingWebSocketOverhead": null,/);
    assert.match(text, /"outgoingCompressionRatio": 1\.0,/);
    assert.match(text, /"outgoingWebSocketOverhead": 1\.0,/);
    assert.match(text, /"outgoingOctetsAppLevel": 10,/);
  });
  test("is in the file of the case, null where there is none", async () => {
    const up: RunEvent = { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" };
    const { files } = await collect(autobahnReporter, [
      SAMPLE_START,
      up,
      ...play("12.1.1", { record: { traffic } }),
      ...play("12.1.2"),
    ]);
    const statsOf = (name: string): unknown =>
      (JSON.parse(files.get(name) ?? "") as Record<string, unknown>)["trafficStats"];
    assert.equal((statsOf("a_case_12_1_1.json") as Record<string, number>)["outgoingWebSocketFrames"], 1000);
    assert.equal(statsOf("a_case_12_1_2.json"), null);
  });
});

test("whether the wire log was on at the end, and what the matrix shows", async () => {
  const up: RunEvent = { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" };
  const [first] = SAMPLE_START.cases;
  assert.ok(first);
  const start: RunStart = {
    ...SAMPLE_START,
    cases: ["12.1.1", "12.1.2"].map((id) => ({ ...first, id, reports: { time: true, ratio: true } })),
  };
  const off: WireEntry = { dir: "=", log: false };
  const { files } = await collect(autobahnReporter, [
    start,
    up,
    ...play("12.1.1", { wire: [off, { dir: "=", log: true }] }),
    ...play("12.1.2", { wire: [off] }),
  ]);
  const shown = ["1", "2"].map((number) => {
    const file = JSON.parse(files.get(`a_case_12_1_${number}.json`) ?? "") as Record<string, unknown>;
    return [file["createWirelog"], file["reportTime"], file["reportCompressionRatio"], file["wirelog"]];
  });
  const rows = [
    ["WLM", false],
    ["WLM", true],
  ];
  assert.deepEqual(shown, [
    [true, true, true, rows],
    [false, true, true, rows.slice(0, 1)],
  ]);
});

test("floats as Python writes them", () => {
  // What its `repr` says of each.
  const table: readonly (readonly [value: number, text: string])[] = [
    [0, "0.0"],
    [1, "1.0"],
    [-2, "-2.0"],
    [0.5, "0.5"],
    [1 / 3, "0.3333333333333333"],
    [0.0001, "0.0001"],
    [0.00012345, "0.00012345"],
    [10 / 131_072, "7.62939453125e-05"],
    [1e-7, "1e-07"],
    [1.5e-10, "1.5e-10"],
    [1e-100, "1e-100"],
    [1e15, "1000000000000000.0"],
    [1e16, "1e+16"],
    [123456789012345680, "1.2345678901234568e+17"],
    [1e22, "1e+22"],
    [1e100, "1e+100"],
  ];
  for (const [value, text] of table) assert.equal(new PythonFloat(value).toString(), text);
  assert.equal(pythonJson({ a: new PythonFloat(1), b: 1 }), '{\n   "a": 1.0,\n   "b": 1\n}');
});

test("JSON as Python 2 writes it", () => {
  const value = { b: [], a: {}, c: [1, ["x", null, 0.5]], é: '\u007f\n"\\/😀\ud800' };
  const expected =
    '{\n   "a": {},\n   "b": [],\n   "c": [\n      1,\n      [\n         "x",\n         null,\n         0.5\n' +
    '      ]\n   ],\n   "\\u00e9": "\\u007f\\n\\"\\\\/\\ud83d\\ude00\\ud800"\n}';
  assert.equal(pythonJson(value), expected);
  assert.equal(pythonJson(byNumber({ "10": 1, "8": 2 })), '{\n   "8": 2,\n   "10": 1\n}');
  const agents = new Map([
    ["\u{1f600}", 1],
    ["\uffee", 2],
    ["__proto__", 3],
    ["10", 4],
    ["9", 5],
  ]);
  const sorted = '"10": 4,\n   "9": 5,\n   "__proto__": 3,\n   "\\uffee": 2,\n   "\\ud83d\\ude00": 1';
  assert.equal(pythonJson(agents), `{\n   ${sorted}\n}`);
});
