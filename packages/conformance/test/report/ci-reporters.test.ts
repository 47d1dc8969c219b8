import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { validateXML } from "xmllint-wasm";
import { badgeReporter } from "../../src/report/badge.js";
import { githubReporter } from "../../src/report/github.js";
import { junitReporter } from "../../src/report/junit.js";
import { markdownReporter } from "../../src/report/markdown.js";
import { sarifReporter } from "../../src/report/sarif.js";
import { tapReporter } from "../../src/report/tap.js";
import type { RunEvent } from "../../src/run/event.js";
import { collect } from "./collect.js";
import { FOUND, foundRun, perfectRun } from "./found-run.js";
import { readAsGitLab } from "./gitlab-junit.js";
import { assertGolden, assertHarmless } from "./golden.js";
import { PEER, SAMPLE_START, play } from "./sample-run.js";

const RUNS: readonly (readonly [string, () => RunEvent[]])[] = [
  ["hostile", foundRun],
  ["perfect", perfectRun],
];

const XSD = readFileSync(fileURLToPath(new URL("../../../test/data/junit.xsd", import.meta.url)), "utf8");

async function xmlProblems(contents: string, schema?: string): Promise<readonly string[]> {
  const xml = [{ fileName: "report.xml", contents }];
  const { errors } =
    schema === undefined
      ? await validateXML({ xml, normalization: "format" })
      : await validateXML({ xml, schema: [{ fileName: "junit.xsd", contents: schema }] });
  return errors.map(({ rawMessage }) => rawMessage);
}

describe("junit", () => {
  for (const [name, events] of RUNS) {
    test(`the ${name} run, by the schema`, async () => {
      const { stream } = await collect(junitReporter, events());
      assertGolden(`reporters/${name}.junit.xml`, stream);
      assertHarmless(stream);
      assert.deepEqual(await xmlProblems(stream, XSD), []);
    });
  }

  test("the schema finds what is wrong", async () => {
    const { stream } = await collect(junitReporter, perfectRun());
    for (const [from, to] of [
      ["<properties>", "<property><properties>"],
      ['classname="', 'file="'],
      ["</testcase>", "<properties/></testcase>"],
      ["<testsuites ", '<testsuites skipped="0" '],
    ] as const) {
      const broken = stream
        .replace(/\/>\n {2}<\/testsuite>/, "></testcase>\n  </testsuite>")
        .replace(from, to);
      assert.notDeepEqual(await xmlProblems(broken, XSD), [], to);
    }
  });

  test("the counts are those of the elements, and GitLab can tell the test cases apart", async () => {
    const { stream } = await collect(junitReporter, foundRun());
    const number = (pattern: RegExp): number => [...stream.matchAll(pattern)].length;
    const [, tests, failures, errors] =
      /<testsuites [^>]*tests="(\d+)" failures="(\d+)" errors="(\d+)"/.exec(stream) ?? [];
    assert.equal(number(/<testcase /g), Number(tests));
    assert.equal(number(/<failure /g), Number(failures));
    assert.equal(number(/<error /g), Number(errors));
    const keys = [...stream.matchAll(/<testcase name="([^"]*)" classname="([^"]*)"/g)].map(
      ([, name, classname]) => `${classname} ${name}`,
    );
    assert.equal(new Set(keys).size, keys.length);
  });

  test("GitLab shows every test, and of each that is not a success why", async () => {
    for (const [, events] of RUNS) {
      const { stream } = await collect(junitReporter, events());
      const shown = readAsGitLab(stream);
      assert.equal(shown.length, [...stream.matchAll(/<testcase /g)].length);
      for (const { suite, name, seconds, status, output } of shown) {
        assert.ok(suite !== "" && name !== "" && seconds >= 0, name);
        assert.equal(output.trim() !== "", status !== "success", name);
      }
    }
    const shown = readAsGitLab((await collect(junitReporter, foundRun())).stream);
    const failed = shown.find(({ name }) => name === "6455-5.5.1-5/no-close-frame/server");
    assert.equal(failed?.status, "failed");
    assert.match(failed.suite, /\.Findings$/);
    assert.match(failed.output, /RFC 6455 §5\.5\.1/);
    assert.equal(shown.find(({ name }) => name.startsWith("10.1.1 "))?.status, "error");
  });

  test("GitLab would miss what another form says", async () => {
    const { stream } = await collect(junitReporter, foundRun());
    const all = readAsGitLab(stream).length;
    // Without classes, the same case of two peers is one test, and text in an attribute is not shown.
    assert.ok(readAsGitLab(stream.replaceAll(/ classname="[^"]*"/g, "")).length < all);
    const silent = stream.replaceAll(/(<failure [^>]*)>[^<]*<\/failure>/g, "$1/>");
    assert.ok(readAsGitLab(silent).some(({ status, output }) => status === "failed" && output === ""));
    assert.throws(() => readAsGitLab(stream.replaceAll('type="MUST"', 'type="yaml"')), /would be converted/);
  });

  test("findings come first; a warning is skipped, what has no result is an error", async () => {
    const { stream } = await collect(junitReporter, foundRun());
    const at = (text: string): number => {
      const found = stream.indexOf(text);
      assert.ok(found >= 0, text);
      return found;
    };
    assert.ok(at("none/crash/server") < at("6455-5.5.1-5/no-close-frame/server"));
    assert.ok(at("6455-5.5.1-5/no-close-frame/server") < at('name="1.1.1 '));
    assert.match(stream, /name="6455-7\.1\.7-3\/no-close-frame\/server"[^>]*>\n\s*<skipped type="SHOULD"/);
    assert.match(stream, /name="10\.1\.1 [^>]*>\n\s*<error type="not-run"/);
    // A pass beside an unclean end is none.
    assert.match(stream, /name="2\.1 [^>]*>\n\s*<failure type="unclean"/);
  });
});

describe("tap", () => {
  for (const [name, events] of RUNS) {
    test(`the ${name} run`, async () => {
      const { stream } = await collect(tapReporter, events());
      assertGolden(`reporters/${name}.tap`, stream);
      assertHarmless(stream);
      const points = tapPoints(stream);
      assert.equal(points.length, Number(/^1\.\.(\d+)$/m.exec(stream)?.[1]));
      assert.deepEqual(
        points.map(({ number }) => number),
        points.map((_, index) => index + 1),
      );
      assert.equal(
        points.every(({ ok }) => ok),
        name === "perfect",
      );
    });
  }

  test("no text of a peer becomes a directive", async () => {
    const { stream } = await collect(tapReporter, foundRun());
    const skipped = tapPoints(stream).filter(({ directive }) => directive !== "");
    assert.deepEqual(
      skipped.map(({ description }) => description.replace(/^.*: /, "")),
      ["6455-7.1.7-3/no-close-frame/server", "4648-3.5-1/violation/server"],
    );
  });
});

interface TapPoint {
  readonly ok: boolean;
  readonly number: number;
  readonly description: string;
  readonly directive: string;
}

/** Reads TAP 14 as far as we write it, and throws for a line that is nothing of it. */
function tapPoints(text: string): readonly TapPoint[] {
  const points: TapPoint[] = [];
  const [version, plan, ...rest] = text.trimEnd().split("\n");
  assert.equal(version, "TAP version 14");
  assert.match(plan ?? "", /^1\.\.\d+$/);
  let isBlock = false;
  for (const line of rest) {
    if (isBlock) {
      isBlock = line !== "  ...";
      if (!isBlock || line === "  details:") continue;
      const scalar = /^ {2}(?:[a-z]+: | {2}- )(".*")$/.exec(line)?.[1];
      assert.equal(typeof JSON.parse(scalar ?? ""), "string", line);
    } else if (line === "  ---") isBlock = true;
    else if (!line.startsWith("# ")) {
      const found = /^(ok|not ok) (\d+) - ((?:\\.|[^\\#])*?)(?: # (SKIP .*))?$/.exec(line);
      assert.ok(found, line);
      const [, ok, number, description = "", directive = ""] = found;
      points.push({ ok: ok === "ok", number: Number(number), description, directive });
    }
  }
  return points;
}

describe("markdown", () => {
  for (const [name, events] of RUNS) {
    test(`the ${name} run`, async () => {
      const { stream } = await collect(markdownReporter, events());
      assertGolden(`reporters/${name}.md`, stream);
      assertHarmless(stream);
    });
  }

  test("what a peer says makes no element, link, mention, cell or heading", async () => {
    const { stream } = await collect(markdownReporter, foundRun());
    const outside = stream.replaceAll(/^( *)(`{3,})text\n[^]*?^\1\2$/gm, "").replaceAll(/(`+) ?.*? ?\1/g, "");
    const allowed = /<(?:!-- --|\/?details|\/?summary)>/g;
    assert.doesNotMatch(
      outside.replaceAll(allowed, " "),
      /<|\]\((?!https:\/\/www\.rfc-editor\.org\/)|(?:https?:\/\/)evil|www\.evil/,
    );
    assert.doesNotMatch(outside, /@octocat|#1\b|\$x|^- item/m);
    const cells = [...stream.matchAll(/^\| `.*$/gm)].map(([row]) => row.split("|").length);
    assert.deepEqual([...new Set(cells)], [5]);
  });

  test("hundreds of failures stay readable", async () => {
    const ids = Array.from({ length: 600 }, (_, index) => `1.1.${index + 1}`);
    const [info] = SAMPLE_START.cases;
    assert.ok(info);
    const events: RunEvent[] = [
      { ...SAMPLE_START, cases: ids.map((id) => ({ ...info, id })) },
      { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" },
      ...ids.flatMap((id) => play(id, { verdict: { outcome: "fail", because: "x".repeat(5000) } })),
    ];
    const { stream } = await collect(markdownReporter, events);
    assert.ok(stream.length < 200_000, String(stream.length));
    assert.match(stream, /And 1\.1\.101–1\.1\.600\./);
  });
});

describe("github", () => {
  for (const [name, events] of RUNS) {
    test(`the ${name} run`, async () => {
      const { stream } = await collect(githubReporter, events());
      assertGolden(`reporters/${name}.github.txt`, stream);
      assertHarmless(stream);
      for (const line of stream.trimEnd().split("\n")) {
        assert.match(line, /^::(?:error|warning|notice) title=[^,:\n]*::/);
        assert.doesNotMatch(line.slice(2), /\n::/);
      }
    });
  }

  test("a file of the project is where they are shown", async () => {
    const { stream } = await collect(githubReporter, perfectRun(), { source: "src/a,b:c%.ts" });
    assert.match(stream, /^::notice file=src\/a%2Cb%3Ac%25\.ts,line=1,title=/);
  });

  test("no more than GitHub shows", async () => {
    const [, error] = FOUND;
    assert.ok(error);
    const findings = Array.from({ length: 30 }, (_, index) => ({ ...error, id: `x/${index}` }));
    const events: RunEvent[] = [
      SAMPLE_START,
      { type: "peer-up", peer: PEER, agent: "a", url: "ws://x" },
      { type: "findings", peer: PEER, connections: 1, findings },
    ];
    const { stream } = await collect(githubReporter, events);
    assert.equal([...stream.matchAll(/^::error /gm)].length, 10);
  });
});

describe("sarif", () => {
  for (const [name, events] of RUNS) {
    test(`the ${name} run, by the schema of OASIS`, async () => {
      const { stream } = await collect(sarifReporter, events());
      assertGolden(`reporters/${name}.sarif`, stream);
      assertHarmless(stream);
      assert.deepEqual(sarifProblems(JSON.parse(stream)), []);
    });
  }

  test("the schema finds what is wrong", async () => {
    const { stream } = await collect(sarifReporter, foundRun());
    for (const [from, to] of [
      ['"level": "error"', '"level": "fatal"'],
      ['"startLine": 1', '"startLine": 0'],
      ['"results"', '"findings"'],
    ] as const) {
      assert.notDeepEqual(sarifProblems(JSON.parse(stream.replace(from, to))), [], to);
    }
  });

  test("rules are requirements and cases; fingerprints stay, wherever it was seen first", async () => {
    const { stream } = await collect(sarifReporter, foundRun(), { source: "./src/my server.ts" });
    const [run] = (JSON.parse(stream) as { runs: SarifRun[] }).runs;
    assert.ok(run);
    const { rules } = run.tool.driver;
    assert.deepEqual(
      run.results.slice(0, 4).map(({ ruleId, level }) => [ruleId, level]),
      [
        ["crash", "error"],
        ["6455-5.5.1-5", "error"],
        ["6455-7.1.7-3", "warning"],
        ["4648-3.5-1", "note"],
      ],
    );
    for (const { ruleId, ruleIndex, locations } of run.results) {
      assert.equal(rules[ruleIndex]?.id, ruleId);
      assert.equal(locations[0]?.physicalLocation.artifactLocation.uri, "src/my%20server.ts");
    }
    const severity = (id: string): unknown =>
      rules.find((rule) => rule.id === id)?.properties["security-severity"];
    assert.deepEqual(["crash", "6455-5.5.1-5", "6455-7.1.7-3", "4648-3.5-1"].map(severity), [
      "9.0",
      "7.0",
      "4.0",
      undefined,
    ]);
    assert.ok(run.results.some(({ ruleId }) => ruleId === "6.3.1"));
    // A finding says so already. The second peer was not found to do anything: there the cases have to say it.
    const about792 = run.results.filter(({ ruleId }) => ruleId === "7.9.2");
    assert.equal(about792.length, 1);
    const later = foundRun().map((event) =>
      event.type === "findings"
        ? { ...event, findings: event.findings.map((one) => ({ ...one, first: "5.20", because: "Else." })) }
        : event,
    );
    const again = (JSON.parse((await collect(sarifReporter, later)).stream) as { runs: SarifRun[] }).runs[0];
    assert.deepEqual(
      again?.results.map(({ partialFingerprints }) => partialFingerprints),
      run.results.map(({ partialFingerprints }) => partialFingerprints),
    );
    const hashes = run.results.map(
      ({ partialFingerprints }) => partialFingerprints["primaryLocationLineHash"],
    );
    assert.equal(new Set(hashes).size, hashes.length);
  });
});

interface SarifRun {
  readonly tool: {
    readonly driver: {
      readonly rules: readonly {
        readonly id: string;
        readonly properties: Readonly<Record<string, unknown>>;
      }[];
    };
  };
  readonly results: readonly {
    readonly ruleId: string;
    readonly ruleIndex: number;
    readonly level: string;
    readonly partialFingerprints: Readonly<Record<string, string>>;
    readonly locations: readonly {
      readonly physicalLocation: { readonly artifactLocation: { readonly uri: string } };
    }[];
  }[];
}

type Validate = ((value: unknown) => boolean) & { readonly errors?: readonly unknown[] | null };

const require = createRequire(import.meta.url);
const validateSarif = sarifValidator();

function sarifValidator(): Validate {
  const { default: Ajv } = require("ajv-draft-04") as {
    default: new (options: object) => { compile: (schema: unknown) => Validate };
  };
  const schema: unknown = require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json");
  return new Ajv({ strict: false, unicodeRegExp: false, validateFormats: false, allErrors: true }).compile(
    schema,
  );
}

function sarifProblems(value: unknown): readonly unknown[] {
  return validateSarif(value) ? [] : (validateSarif.errors ?? []);
}

describe("badge", () => {
  test("one for each peer, as JSON and as an image", async () => {
    const { files } = await collect(badgeReporter, foundRun());
    assert.deepEqual(
      [...files.keys()],
      ["badge", "badge-2", "badge-3"].flatMap((name) => [`${name}.json`, `${name}.svg`]),
    );
    for (const [name, text] of files) {
      assertGolden(`reporters/hostile.${name}`, text);
      if (name.endsWith(".svg")) assert.deepEqual(await xmlProblems(text), []);
    }
    const message = (name: string): unknown =>
      (JSON.parse(files.get(name) ?? "") as { message: unknown }).message;
    assert.deepEqual(["badge.json", "badge-3.json"].map(message), ["2 faults", "not tested completely"]);
  });

  test("a run that is in order is green, one that was cut short is not", async () => {
    const color = async (events: readonly RunEvent[]): Promise<unknown> =>
      (JSON.parse((await collect(badgeReporter, events)).files.get("badge.json") ?? "") as { color: unknown })
        .color;
    assert.equal(await color(perfectRun()), "brightgreen");
    assert.equal(await color(perfectRun().slice(0, -1)), "lightgrey");
    assert.equal(await color([SAMPLE_START]), "lightgrey");
  });
});
