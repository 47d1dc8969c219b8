/** Reads the text format of Prometheus (version 0.0.4), strictly. */
import assert from "node:assert/strict";

export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Values by their labels as they stand in the text, such as `{a="b"}`, or "" for none. */
  readonly samples: ReadonlyMap<string, number>;
}

/** The families by name. Throws an AssertionError for anything that Prometheus does not take, or that is told twice. */
export function parseMetrics(text: string): ReadonlyMap<string, Family> {
  const families = new Map<string, Family & { readonly samples: Map<string, number> }>();
  assert.ok(text.endsWith("\n"), "the last line ends");
  let current: (Family & { readonly samples: Map<string, number> }) | undefined;
  const lines = text.slice(0, -1).split("\n");
  for (let at = 0; at < lines.length; at++) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(lines[at]!) ?? [];
    if (kind === "HELP") {
      const [, same, type = ""] = /^# TYPE (\S+) (counter|gauge)$/.exec(lines[++at] ?? "") ?? [];
      assert.equal(same, name, "the type follows the help");
      assert.ok(!families.has(name), `${name} comes once`);
      current = { name, type, help: rest, samples: new Map() };
      families.set(name, current);
      continue;
    }
    const [, sample, labels = "", value] = SAMPLE.exec(lines[at]!) ?? [];
    assert.ok(current !== undefined && sample === current.name, `line ${at + 1}: ${lines[at]}`);
    assert.ok(!current.samples.has(labels), `${sample}${labels} comes once`);
    current.samples.set(labels, Number(value));
  }
  return families;
}

const LABEL = String.raw`[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\"n])*"`;
const SAMPLE = new RegExp(String.raw`^([a-zA-Z_:][\w:]*)(\{${LABEL}(?:,${LABEL})*\})? (\d+(?:\.\d+)?)$`);
