import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseExtensions } from "../../src/wire/extension-header.js";

describe("headers that follow the grammar", () => {
  const table: readonly (readonly [name: string, values: readonly string[], parsed: unknown])[] = [
    ["none", [], []],
    ["a name", ["a"], [{ name: "a", parameters: [] }]],
    ["names in another case", ["A; B"], [{ name: "a", parameters: [["b", null]] }]],
    ["a value", ["a; b=1"], [{ name: "a", parameters: [["b", "1"]] }]],
    ["a value in quotes", ['a; b="1"'], [{ name: "a", parameters: [["b", "1"]] }]],
    ["an escape in quotes", ['a; b="\\1\\0"'], [{ name: "a", parameters: [["b", "10"]] }]],
    [
      "a parameter twice",
      ["a;b;b=1"],
      [
        {
          name: "a",
          parameters: [
            ["b", null],
            ["b", "1"],
          ],
        },
      ],
    ],
    [
      "blanks and tabs everywhere",
      [" a ;\tb = 1 , c "],
      [
        { name: "a", parameters: [["b", "1"]] },
        { name: "c", parameters: [] },
      ],
    ],
    [
      "empty elements",
      [", a,,\tb,"],
      [
        { name: "a", parameters: [] },
        { name: "b", parameters: [] },
      ],
    ],
    [
      "several lines",
      ["a", "b"],
      [
        { name: "a", parameters: [] },
        { name: "b", parameters: [] },
      ],
    ],
  ];
  for (const [name, values, parsed] of table) {
    test(name, () => assert.deepEqual(parseExtensions(values), parsed));
  }
});

describe("headers that do not", () => {
  const table: readonly string[] = [
    "",
    " ,\t,",
    ";",
    "a;",
    "a; ;b",
    "a;=1",
    "a; b=",
    "a; b=;c",
    "a b",
    "a; b c",
    "a; b=1 2",
    "a=1",
    'a; b=""',
    'a; b="1',
    'a; b="1\\',
    'a; b="1 0"',
    'a; b="1"0',
    '"a"',
    "a\u0000",
    "ä",
    "a; b=(1)",
  ];
  for (const value of table) test(JSON.stringify(value), () => assert.equal(parseExtensions([value]), null));
});

test("what was written is read again", () => {
  const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9a-z-]{1,8}$/);
  const parameter = fc.tuple(token, fc.option(token));
  const extension = fc.record(
    { name: token, parameters: fc.array(parameter, { maxLength: 4 }) },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(fc.array(extension, { minLength: 1, maxLength: 4 }), (extensions) => {
      const text = extensions.map(({ name, parameters }) =>
        [name, ...parameters.map(([key, value]) => (value === null ? key : `${key}=${value}`))].join("; "),
      );
      assert.deepEqual(parseExtensions([text.join(", ")]), extensions);
    }),
  );
});

test("any text is either read or refused", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom("a", "=", ";", ",", " ", "\t", '"', "\\", "1") }),
  );
  fc.assert(
    fc.property(fc.array(text, { maxLength: 3 }), (values) => {
      const parsed = parseExtensions(values);
      assert.ok(parsed === null || parsed.length >= values.length);
    }),
  );
});
