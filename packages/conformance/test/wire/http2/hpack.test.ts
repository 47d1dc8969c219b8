import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFields, HpackDecoder, HpackError, type Field } from "../../../src/wire/http2/hpack.js";

/** Decodes heads one after the other on one connection; hexadecimal, blanks do not matter. */
function decode(...blocks: readonly string[]): (readonly Field[])[] {
  const decoder = new HpackDecoder();
  return blocks.map((block) => decoder.decode(Buffer.from(block.replaceAll(" ", ""), "hex")));
}

function assertFails(why: RegExp, ...blocks: readonly string[]): void {
  assert.throws(
    () => decode(...blocks),
    (error: unknown) => error instanceof HpackError && why.test(error.message),
  );
}

const REQUESTS: readonly (readonly Field[])[] = [
  [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
  ],
  [
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
    ["cache-control", "no-cache"],
  ],
  [
    [":method", "GET"],
    [":scheme", "https"],
    [":path", "/index.html"],
    [":authority", "www.example.com"],
    ["custom-key", "custom-value"],
  ],
];

test("three requests of RFC 7541, as plain strings and in the Huffman code (C.3, C.4)", () => {
  assert.deepEqual(
    decode(
      "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
      "8286 84be 5808 6e6f 2d63 6163 6865",
      "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65",
    ),
    REQUESTS,
  );
  assert.deepEqual(
    decode(
      "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
      "8286 84be 5886 a8eb 1064 9cbf",
      "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
    ),
    REQUESTS,
  );
});

test("a literal that is kept, one that is not, one that never is, and an index (C.2)", () => {
  assert.deepEqual(decode("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"), [
    [["custom-key", "custom-header"]],
  ]);
  assert.deepEqual(decode("040c 2f73 616d 706c 652f 7061 7468"), [[[":path", "/sample/path"]]]);
  assert.deepEqual(decode("1008 7061 7373 776f 7264 0673 6563 7265 74"), [[["password", "secret"]]]);
  assert.deepEqual(decode("82"), [[[":method", "GET"]]]);
});

test("the table of three answers in 256 octets: old fields make room for new ones (C.5)", () => {
  const [first, second, third] = decode(
    // In front, the size of the table that the example presumes.
    "3fe101 4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
    "4803 3330 37c1 c0bf",
    "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31",
  );
  const date = "Mon, 21 Oct 2013 20:13:21 GMT";
  const rest: readonly Field[] = [
    ["cache-control", "private"],
    ["date", date],
    ["location", "https://www.example.com"],
  ];
  assert.deepEqual(first, [[":status", "302"], ...rest]);
  assert.deepEqual(second, [[":status", "307"], ...rest]);
  assert.deepEqual(third, [
    [":status", "200"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
    ["location", "https://www.example.com"],
    ["content-encoding", "gzip"],
    ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
  ]);
});

test("a field that is larger than the table empties it (RFC 7541 §4.4)", () => {
  // 62 is the first dynamic entry: there before, and gone behind a field of 40 octets in a table of 64.
  const kept = "4001 6101 62";
  assert.deepEqual(decode(`3f21 ${kept} be`), [
    [
      ["a", "b"],
      ["a", "b"],
    ],
  ]);
  assertFails(/no field with the index 62/, `3f21 ${kept} 4001 6128 ${"78".repeat(40)} be`);
});

test("the size of the table becomes 0 and 4096 again, and what was in it is gone (RFC 7541 §4.2)", () => {
  assertFails(/no field with the index 62/, "4001 6101 62", "20 3fe11f be");
  const [, again] = decode("4001 6101 62", "20 3fe11f 4001 6301 64 be");
  assert.deepEqual(again, [
    ["c", "d"],
    ["c", "d"],
  ]);
});

test("the table holds 4096 octets and no more: the oldest of 124 fields goes", () => {
  // Each counts 1 + 1 + 32 octets: 120 of them fit.
  const fields = Array.from(
    { length: 121 },
    (_, at) => `4001 61 01 ${(at + 1).toString(16).padStart(2, "0")}`,
  );
  // The oldest that is left has the index 62 + 119, which is 127 + 54.
  const [found] = decode(`${fields.join("")} ff36`);
  assert.deepEqual(found?.at(-1), ["a", String.fromCharCode(2)]);
  assertFails(/no field with the index 182/, `${fields.join("")} ff37`);
});

test("what no decoder may accept", () => {
  assertFails(/no field with the index 0/, "80");
  assertFails(/no field with the index 62/, "be");
  assertFails(/no field with the index 70/, "7f07 0161");
  assertFails(/larger than the setting allows/, "3fe21f");
  assertFails(/changes behind a field/, "82 20");
  assertFails(/ends inside a field/, "3f");
  assertFails(/ends inside a field/, "40");
  assertFails(/ends inside a field/, "4001 61");
  assertFails(/ends inside a string/, "4005 61");
  assertFails(/not well coded/, "4001 61 81 ff ".replace("81 ff", "84 ffffffff"));
  assertFails(/integer is too/, "ff ffff ffff ffff ff7f");
  assertFails(/integer is too/, "3f 8080 8080 8080 8080 00");
});

test("a head that is small packed and large unpacked is not read to its end", () => {
  const large = `4001 61 7fa11e ${"78".repeat(4000)}`;
  assertFails(/more than 65536 octets, unpacked/, `${large}${"be".repeat(16)}`);
  assert.equal(decode(`${large}${"be".repeat(15)}`)[0]?.length, 16);
  // Fields without octets count as well.
  assertFails(/more than 65536 octets, unpacked/, "82".repeat(1700));
});

test("any field can be written, and reads back as it was", () => {
  const fields: readonly Field[] = [
    [":status", "200"],
    [":status", "200"],
    ["", ""],
    ["Upper", "a\r\nb\0"],
    ["x".repeat(127), "y".repeat(70_000 / 7)],
    ["latin", "\xe9\xff"],
  ];
  assert.deepEqual(new HpackDecoder().decode(encodeFields(fields)), fields);
});
