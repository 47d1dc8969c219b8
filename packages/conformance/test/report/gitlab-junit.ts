/**
 * Reads JUnit XML as GitLab does, as far as its documentation ("Unit test reports", "JUnit XML format specification") and its
 * parser (lib/gitlab/ci/parsers/test/junit.rb) say: our own words for what they take, and nothing of what they leave.
 */
export interface GitLabTest {
  /** `testcase/@classname`: shown as the suite. */
  readonly suite: string;
  readonly name: string;
  readonly seconds: number;
  readonly status: "failed" | "error" | "skipped" | "success";
  /** The content of the element that decides the status: shown as the output. */
  readonly output: string;
}

/** Status by the first of these elements that a test case has; whatever else it has, it is a success. */
const STATUSES = [
  ["failure", "failed"],
  ["error", "error"],
  ["skipped", "skipped"],
] as const;

/** Older versions read XML with a parser for which the attribute `type` may say how to convert the content. */
const CONVERTED =
  /^(?:array|file|string|symbol|yaml|integer|float|decimal|boolean|date|dateTime|base64Binary|hexBinary|hash)$/;

/** The tests that GitLab shows. Of several with the same suite and name it takes the first one. */
export function readAsGitLab(xml: string): readonly GitLabTest[] {
  const tests = new Map<string, GitLabTest>();
  for (const suites of elements(xml, "testsuites").slice(0, 1)) {
    for (const suite of elements(suites.content, "testsuite")) {
      for (const one of elements(suite.content, "testcase")) {
        const test = testOf(one);
        const key = `${test.suite}\n${test.name}`;
        if (!tests.has(key)) tests.set(key, test);
      }
    }
  }
  return [...tests.values()];
}

function testOf({ attributes, content }: Element): GitLabTest {
  const found = STATUSES.map(([element, status]) => ({
    status,
    element: elements(content, element)[0],
  })).find(({ element }) => element !== undefined);
  const type = found?.element?.attributes.get("type") ?? "";
  if (CONVERTED.test(type)) throw new Error(`the content of type ${type} would be converted`);
  return {
    suite: attributes.get("classname") ?? "",
    name: attributes.get("name") ?? "",
    seconds: Number(attributes.get("time")),
    status: found?.status ?? "success",
    output: unescaped(found?.element?.content ?? ""),
  };
}

interface Element {
  readonly attributes: ReadonlyMap<string, string>;
  readonly content: string;
}

/** Elements of this name that contain none of the same name. */
function elements(xml: string, name: string): readonly Element[] {
  const pattern = new RegExp(`<${name}((?: [\\w-]+="[^"]*")*)(?:/>|>([^]*?)</${name}>)`, "g");
  return [...xml.matchAll(pattern)].map(([, attributes = "", content = ""]) => ({
    attributes: new Map(
      [...attributes.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [
        key,
        unescaped(value),
      ]),
    ),
    content,
  }));
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(
    /&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi,
    (_, decimal?: string, hex?: string, name = "") =>
      name === ""
        ? String.fromCodePoint(decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal))
        : (ENTITIES[name as string] ?? ""),
  );
}
