import assert from "node:assert/strict";
import { test } from "node:test";

import { CASES } from "../../src/cases/index.js";
import { caseText } from "../../src/cli/case-text.js";
import { showCommand } from "../../src/cli/show.js";
import { fakeIo } from "./fake-io.js";

async function shown(id: string): Promise<string> {
  const io = fakeIo();
  assert.equal(await showCommand.run([id], io), 0);
  return io.written();
}

test("a case is shown in words and in wire lines", async () => {
  const text = await shown("5.20");
  const lines = text.split("\n").map((line) => line.trim());
  assert.match(text, /^5\.20 {2}\S/);
  for (const line of [
    '> TEXT "fragment1" [9 octets, more to come]',
    '> PING "pongme 1!" [9 octets]',
    '= wait for PONG "pongme 1!" [9 octets], at most 1000 ms',
    '< PONG "pongme 2!" [9 octets]',
    "Each frame is a separate write.",
  ]) {
    assert.ok(lines.includes(line), `${line} is missing in\n${text}`);
  }
  assert.match(text, /^Requires +RFC 6455 §5\.4 MUST: /m);
  assert.ok(text.includes("https://www.rfc-editor.org/rfc/rfc6455#section-5.4"));
});

test("since when a case is there, and whether the original has it", async () => {
  assert.match(await shown("1.1.1"), /\nSince +0\.1\.0; a case of Autobahn\|Testsuite\n/);
  assert.match(await shown("22.4.2"), /\nSince +0\.1\.0\n/);
  assert.match(await shown("24.1.1"), /\nSince +0\.2\.0\n/);
});

test("whether a frozen set scores a case, or why it does not", async () => {
  const line = async (id: string): Promise<string> => /^Set 2026\.1.*$/m.exec(await shown(id))?.[0] ?? "";
  assert.match(await line("1.1.1"), /^Set 2026\.1 +scored$/);
  assert.match(await line("13.1.1"), / not scored, extension: /);
});

test("close codes, pauses, chops and illegal parts are named", async () => {
  assert.match(await shown("7.9.2"), /> CLOSE 999 /);
  assert.match(await shown("7.9.2"), /Illegal on purpose: a close code that is reserved or not defined\./);
  assert.match(await shown("6.4.3"), /\n {2}= pause /);
  assert.match(await shown("3.4"), /Every frame is cut into writes of 1 octet\./);
  assert.match(await shown("6.2.3"), /in fragments of 1 octet/);
});

test("an echo loop says what is sent, how often and in which pieces", async () => {
  for (const [id, line] of [
    ["9.7.1", '> echo loop: 1,000 messages, each TEXT "" [0 octets]'],
    ["9.8.2", "> echo loop: 1,000 messages, each BINARY 0xfefefefefefefefefefefefefefefefe [16 octets]"],
    ["12.1.1", "> echo loop: 1,000 messages of 16 characters of the corpus json, compressed"],
    [
      "12.2.18",
      "> echo loop: 1,000 messages of 131,072 octets of the corpus bitmap, compressed, in fragments of 32,768 octets",
    ],
  ] as const) {
    const text = await shown(id);
    assert.ok(text.includes(`\n  ${line}\n`), text);
    assert.match(text, /\nThe peer\n {2}echoes every message of the echo loop\n/);
    assert.match(text, /\n {2}The wire log is off while it runs\.\n/);
  }
});

test("a compression case says what is offered, and what is accepted", () => {
  const subject = CASES.find(({ id }) => id === "13.7.1");
  assert.ok(subject?.deflate);
  const text = caseText(subject, 1000);
  assert.equal(subject.deflate.offers.length, 3);
  for (const offer of subject.deflate.offers) assert.ok(text.includes(`"${offer}"`), text);
  assert.match(text, /As a server it takes the first offer with client_max_window_bits, sets it to 9/);
});

for (const columns of [40, 80, 200]) {
  test(`every case can be shown in ${columns} columns`, () => {
    for (const one of CASES) {
      const text = caseText(one, columns);
      assert.doesNotMatch(text, /undefined|\[object|NaN/, one.id);
      // oxlint-disable-next-line no-control-regex -- control characters are what it looks for
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/, one.id);
    }
  });
}

const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /^show needs id/],
  [["5.21"], /^there is no case "5\.21"; did you mean 5\.\d+\?$/],
  [["zebra"], /^there is no case "zebra"; see wireproof list$/],
  [["5.20", "--agent", "x"], /^--agent needs --run FILE$/],
];

for (const [args, sentence] of REFUSED) {
  test(`show ${args.join(" ")} is refused`, async () => {
    await assert.rejects(showCommand.run(args, fakeIo()), { name: "UsageError", message: sentence });
  });
}

test("a file that is missing or no run file is refused in a sentence", async () => {
  for (const file of ["/nonexistent/run.ndjson", import.meta.filename]) {
    await assert.rejects(showCommand.run(["5.20", "--run", file], fakeIo()), { name: "RunFileError" });
  }
});

test("a rule of every connection is shown with its requirements", async () => {
  const text = await shown("24.3.2");
  assert.match(text, /^24\.3\.2 {2}Every frame of a client has a fresh masking key\.\n/);
  assert.match(text, /no case: it is checked on every connection of every case, of clients\./);
  assert.ok(text.includes("RFC 6455 §5.3 MUST  https://www.rfc-editor.org/rfc/rfc6455#section-5.3"));
  assert.match(await shown("30.2.1"), /of clients and\s+servers\./);
});
