import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { readClientSpec, readMassConnectSpec, readServingSpec } from "../../src/config/autobahn-spec.js";
import { SpecError } from "../../src/config/spec-error.js";

describe("fuzzingclient.json", () => {
  test("as it is found: a blank line first, tabs, noise, no final newline", () => {
    const spec = readClientSpec(
      '\n{\n\t"options": {"failByDrop": false},\n\t"enable-ssl": 0,\n\t"outdir": "./reports/servers",\n' +
        '\t"servers": [{"agent": "websock server", "url": "ws://localhost:9001", "options": {"version": 18}}],\n' +
        '\t"cases": ["*"],\n\t"exclude-cases": [""],\n\t"exclude-agent-cases": {}}',
    );
    assert.equal(spec.outdir, "./reports/servers");
    assert.deepEqual(spec.options, { failByDrop: false });
    const [server] = spec.servers;
    assert.deepEqual([server?.agent, server?.url], ["websock server", "ws://localhost:9001"]);
    assert.deepEqual(server?.options, { version: 18 });
    assert.deepEqual(spec.exclude, [""]);
    assert.deepEqual(spec.notes, ['"enable-ssl" is ignored']);
  });

  test("everything but the cases may be missing", () => {
    const spec = readClientSpec('{"cases": ["1.*"]}');
    assert.deepEqual([spec.outdir, spec.servers, spec.everything], ["./reports/servers/", [], false]);
    assert.deepEqual([spec.exclude, spec.excludeByAgent, spec.options], [[], {}, {}]);
    assert.deepEqual(spec.notes, []);
  });

  test("a key in another spelling is named, with what was meant", () => {
    const { notes } = readClientSpec(
      '{"cases": ["*"], "excludeCases": ["9.*"], "_comment": "", "servers": []}',
    );
    assert.deepEqual(notes, ['"excludeCases" is ignored; did you mean exclude-cases?']);
  });

  test("a byte order mark is no fault, and suite: all is read", () => {
    assert.equal(readClientSpec('\uFEFF{"cases": ["*"], "suite": "all"}').everything, true);
  });

  const BROKEN: readonly (readonly [string, RegExp])[] = [
    ['{"cases": ["*"],}', /^this is not JSON: /],
    ["[]", /^this is not an object: /],
    ["{}", /^"cases": /],
    ['{"cases": "*"}', /^"cases": /],
    ['{"cases": ["*"], "servers": [{"agent": "a"}]}', /^"servers \[0\] url": /],
    ['{"cases": ["*"], "exclude-agent-cases": {"a": "1.*"}}', /^"exclude-agent-cases a": /],
  ];
  for (const [text, message] of BROKEN) {
    test(`${text} is an error in a sentence`, () => {
      assert.throws(
        () => readClientSpec(text),
        (error) => error instanceof SpecError && message.test(error.message),
      );
    });
  }
});

describe("fuzzingserver.json", () => {
  test("dead keys are named", () => {
    const spec = readServingSpec(
      '{"url": "ws://0.0.0.0:9001", "webport": 8080, "protocols": ["a"], "cases": ["*"], "debug": true}',
    );
    assert.equal(spec.outdir, "./reports/clients/");
    assert.deepEqual(spec.notes, [
      '"debug" is ignored',
      "webport is ignored: set the port of the pages with -u",
      "protocols is ignored: the server selects no subprotocol",
    ]);
  });

  test("an empty list of subprotocols needs no note, and a URL is needed", () => {
    assert.deepEqual(readServingSpec('{"url": "ws://a:1", "protocols": [], "cases": []}').notes, []);
    assert.throws(() => readServingSpec('{"cases": []}'), SpecError);
  });
});

test("massconnect.json: what is missing is as in the original", () => {
  const spec = readMassConnectSpec('{"servers": [{"uri": "ws://a:1", "desc": "x"}]}');
  assert.deepEqual(spec, {
    connections: 10_000,
    batchSize: 100,
    batchDelayMs: 10,
    retryDelayMs: 10,
    servers: [{ name: "ws://a:1", url: "ws://a:1" }],
    notes: [],
  });
  assert.throws(() => readMassConnectSpec('{"servers": []}'), SpecError);
  assert.throws(
    () => readMassConnectSpec('{"servers": [{"uri": "a"}], "options": {"batchsize": 0}}'),
    SpecError,
  );
});
