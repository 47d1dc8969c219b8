/** docs/reconnecting.md says what the sources say, and its programs run. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { DEFAULT_BACKOFF, DEFAULT_BUFFER, ErrorCode, WebSocketError } from "../../src/reconnecting/index.js";
import { mayConnectAgain } from "../../src/reconnecting/failed-connect.js";
import { failure } from "../../src/reconnecting/verdict.js";
import { startServer } from "../support/live-server.js";

/** From dist/test/reconnecting. */
const PACKAGE = fileURLToPath(new URL("../../../", import.meta.url));
const page = readFileSync(`${PACKAGE}../../docs/reconnecting.md`, "utf8");
const run = promisify(execFile);

test("every option, handler, member and state is named", () => {
  const named = (heading: string, names: readonly string[]): void => {
    assert.ok(names.length > 0, heading);
    const text = section(heading);
    for (const name of names) assert.match(text, new RegExp(`\`"?${name}\\b`), `${heading}: ${name}`);
  };
  named("Options", membersOf("options.ts", "interface CommonReconnectingOptions"));
  named("Options", membersOf("over-connect.ts", "interface ReconnectingOptions"));
  named("Handlers", membersOf("options.ts", "interface ReconnectingHandlers"));
  named("Members", membersOf("surface.ts", "interface ReconnectingWebSocket"));
  named("Members", ["counters"]);
  named("States", membersOf("machine.ts", "interface StateChange"));
  named("States", ["connecting", "open", "waiting", "closed"]);
  named("States", membersOf("verdict.ts", "interface ConnectionEnd"));
});

test("the defaults", () => {
  const defaults = (heading: string): Record<string, string> =>
    Object.fromEntries(rowsOf(heading).map(([name = "", value = ""]) => [name, value]));
  const written = (values: object): Record<string, string> =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]: [string, unknown]) => [
        name,
        typeof value === "number"
          ? value.toLocaleString("en-US", { maximumFractionDigits: 3 })
          : JSON.stringify(value),
      ]),
    );
  assert.deepEqual(defaults("When it waits, and how long"), written(DEFAULT_BACKOFF));
  assert.deepEqual(defaults("Messages without a connection"), written(DEFAULT_BUFFER));
});

test("what ends it, code for code and status for status", () => {
  for (const [what = "", afterwards] of rowsOf("When it gives up")) {
    const mayGoOn = afterwards === "waiting";
    const numbers = (text: string): number[] => (text.match(/\b\d{3,4}\b/g) ?? []).map(Number);
    if (what.startsWith("close code"))
      for (const code of numbers(what))
        assert.equal(mayConnectAgain({ ...failure(undefined, true), code }), mayGoOn, `${what}: ${code}`);
    if (what.startsWith("status")) {
      const [asked = "", others = ""] = what.split("5xx");
      const go = (status: number): boolean => mayConnectAgain({ ...failure(undefined, false), status });
      for (const status of [...numbers(asked), 500, 502, 599]) assert.equal(go(status), true, `${status}`);
      for (const status of [...numbers(others), 400, 404]) assert.equal(go(status), false, `${status}`);
    }
    for (const [code] of what.matchAll(/WIREPROOF_\w+/g)) {
      assert.ok(Object.values<string>(ErrorCode).includes(code));
      const error = new WebSocketError(code as ErrorCode, "…");
      assert.equal(mayConnectAgain(failure(error, false)), mayGoOn, code);
    }
  }
});

const programs = [...page.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code = ""]) => code);
/** What each program prints, in the order of the page. */
const PRINTED = ["hello\n", "connecting\nopen\nclosed\n", "", 'resumed {"since":0}\nmessage 1\n', ""];

test("every program on the page is one of these", () => {
  assert.equal(programs.length, PRINTED.length);
});

for (const [index, printed] of PRINTED.entries())
  test(`program ${index + 1} prints ${JSON.stringify(printed)}, and ends`, async (context) => {
    const live = await startServer(context, {
      message: (ws, data) => {
        ws.send(data);
        // Only the first program iterates for ever.
        if (data === "hello") ws.close(1000);
      },
    });
    const code = programs[index]!.replaceAll("wss://example.com", `ws://127.0.0.1:${live.port}`);
    const { stdout, stderr } = await run(process.execPath, ["--input-type=module", "-e", code], {
      cwd: PACKAGE,
    });
    assert.equal(stdout, printed);
    assert.equal(stderr, "");
  });

function section(heading: string): string {
  const [, text] = page.split(`\n## ${heading}\n`);
  assert.ok(text !== undefined, `there is no heading "${heading}"`);
  return text.split("\n## ", 1)[0]!;
}

/** The cells of the first table under a heading, without the marks of code. */
function rowsOf(heading: string): string[][] {
  const lines = section(heading).split("\n");
  const from = lines.findIndex((line) => line.startsWith("|"));
  const table = lines.slice(
    from,
    lines.findIndex((line, at) => at > from && !line.startsWith("|")),
  );
  return table.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

/** The names that an interface declares, out of its source. */
function membersOf(file: string, declaration: string): string[] {
  const source = readFileSync(`${PACKAGE}src/reconnecting/${file}`, "utf8");
  const from = source.indexOf(declaration);
  const body = source.slice(from, source.indexOf("\n}", from));
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)(?:\?)?[:(]/gm)].map(([, name]) => name!);
}
