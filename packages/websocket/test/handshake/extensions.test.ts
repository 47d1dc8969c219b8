import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { type ExtensionOffer, formatExtension, parseExtensions } from "../../src/handshake/index.js";

describe("Sec-WebSocket-Extensions (RFC 6455 §9.1)", () => {
  const good: readonly (readonly [values: readonly string[], extensions: readonly ExtensionOffer[]])[] = [
    [["foo"], [{ name: "foo", params: [] }]],
    [
      ["foo; bar; baz=2"],
      [
        {
          name: "foo",
          params: [
            ["bar", undefined],
            ["baz", "2"],
          ],
        },
      ],
    ],
    [
      ["foo;bar = 2\t; baz"],
      [
        {
          name: "foo",
          params: [
            ["bar", "2"],
            ["baz", undefined],
          ],
        },
      ],
    ],
    [['foo; a="10"'], [{ name: "foo", params: [["a", "10"]] }]],
    [
      ['foo; a = "1\\0" ; b'],
      [
        {
          name: "foo",
          params: [
            ["a", "10"],
            ["b", undefined],
          ],
        },
      ],
    ],
    [
      ["foo, bar; x"],
      [
        { name: "foo", params: [] },
        { name: "bar", params: [["x", undefined]] },
      ],
    ],
    [
      ["foo; a; a", "foo"],
      [
        {
          name: "foo",
          params: [
            ["a", undefined],
            ["a", undefined],
          ],
        },
        { name: "foo", params: [] },
      ],
    ],
    [[" ,, foo , ,"], [{ name: "foo", params: [] }]],
    [["", "foo", ""], [{ name: "foo", params: [] }]],
    [["__proto__; constructor=toString"], [{ name: "__proto__", params: [["constructor", "toString"]] }]],
  ];
  for (const [values, extensions] of good) {
    test(`takes ${JSON.stringify(values)}`, () => assert.deepEqual(parseExtensions(values), extensions));
  }

  const bad = [
    "",
    " ",
    ",,",
    ";",
    "a;;",
    "a;",
    "a; =1",
    "=",
    "a=1",
    "a b",
    "a; b c",
    "a; b=",
    "a; b=;c",
    'a; b="',
    'a; b="c',
    'a; b="c\\',
    'a; b="c\\"',
    'a; b=""',
    'a; b="c d"',
    'a; b=" c"',
    'a; b="c,d"',
    'a; b="c"d',
    'a; b=c"d"',
    '"a"',
    'a; "b"',
    "é",
    "a; b=é",
    "a\u0000",
    "a\n; b",
    "a/b",
  ];
  for (const value of bad) {
    test(`refuses ${JSON.stringify(value)}`, () => assert.equal(parseExtensions([value]), undefined));
  }

  test("refuses the whole list for one bad element", () => {
    assert.equal(parseExtensions(["good", "also; good=1, b ad"]), undefined);
  });

  test("a quoted value does not go on in the next line", () => {
    assert.equal(parseExtensions(['a; b="c', 'd"']), undefined);
  });

  test("are written so that they are read back", () => {
    assert.equal(
      formatExtension({
        name: "a",
        params: [
          ["b", undefined],
          ["c", "1"],
        ],
      }),
      "a; b; c=1",
    );
    assert.equal(formatExtension({ name: "a", params: [] }), "a");
  });
});
