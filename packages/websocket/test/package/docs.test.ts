/** docs/websocket.md says what the sources say, and leaves nothing out. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ErrorCode, DEFAULT_SERVER_LIMITS } from "@wireproof/websocket";
import { REQUEST_PROBLEMS, RESPONSE_PROBLEMS } from "../../src/handshake/problem.js";
import { STRICT } from "../../src/protocol/limits.js";
import { VIOLATIONS } from "../../src/protocol/violation.js";
import { REFUSALS } from "../../src/server/refuse.js";
import { newCounters } from "../../src/session/counters.js";
import { CHANNELS } from "../../src/session/diagnostics.js";
import { DEFAULT_LIVENESS } from "../../src/session/liveness.js";
import { resolveCompression } from "../../src/session/settings.js";

/** From dist/test/package. */
const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8");
const page = read("../../docs/websocket.md");

test("every violation with its close code, its section and its sentence", () => {
  const rows = Object.values(VIOLATIONS).map((it) => [it.id, String(it.closeCode), it.section, it.message]);
  assert.deepEqual(table("Why a connection was failed"), rows);
});

test("every reason to refuse a request with its status", () => {
  const [requests, refusals] = tables("Why a server refuses a request");
  assert.deepEqual(
    requests,
    Object.values(REQUEST_PROBLEMS).map((it) => [it.id, String(it.status), it.section, it.sentence]),
  );
  assert.deepEqual(
    refusals,
    Object.values(REFUSALS).map((it) => [it.problem, String(it.status), it.body]),
  );
});

test("every reason to refuse an answer", () => {
  const rows = Object.values(RESPONSE_PROBLEMS).map((it) => [it.id, it.section || "–", it.sentence]);
  assert.deepEqual(table("Why a client refuses an answer"), rows);
});

test("every error code", () => {
  assert.deepEqual(firstCells(table("Errors")), Object.values(ErrorCode));
});

test("every limit with its default", () => {
  const rows = new Map(table("Limits").map(([name, value]) => [name, value]));
  const expected = Object.entries(DEFAULT_SERVER_LIMITS).map(([name, value]): [string, string] => [
    name,
    typeof value === "number" ? value.toLocaleString("en-US") : `"${value}"`,
  ]);
  assert.deepEqual(Object.fromEntries(rows), Object.fromEntries(expected));
});

test("the heartbeat, compression and leniencies with their defaults", () => {
  const heartbeat = Object.entries(DEFAULT_LIVENESS).map(([name, value]) => [
    name,
    value.toLocaleString("en-US"),
  ]);
  assert.deepEqual(
    table("Heartbeat").map((row) => row.slice(0, 2)),
    heartbeat,
  );
  const [server, client] = [resolveCompression(true, "server")!, resolveCompression(true, "client")!];
  const compression = Object.entries(server).map(([name, value]) => [
    name,
    name === "contextTakeover"
      ? `servers ${server[name]}, clients ${client[name]}`
      : value.toLocaleString("en-US"),
  ]);
  assert.deepEqual(
    table("Compression").map((row) => row.slice(0, 2)),
    compression,
  );
  assert.deepEqual(firstCells(table("Leniencies")), Object.keys(STRICT));
});

test("every option, handler, member, counter and channel is named", () => {
  const named = (heading: string, names: readonly string[]): void => {
    const text = section(heading);
    for (const name of names)
      assert.match(
        text,
        new RegExp(`\`(?:await )?(?:server\\.|ws\\.)?${name.replaceAll(".", "\\.")}\\b`),
        `${heading}: ${name}`,
      );
  };
  named("Server", members("src/server/options.ts", "interface ServerOptions"));
  named("Server", members("src/session/options.ts", "interface CommonOptions"));
  named("Server", members("src/server/options.ts", "interface UpgradeRequest"));
  named("Server", publicMembers("src/server/server.ts", "class Server"));
  named("Client", members("src/client/options.ts", "interface ConnectOptions"));
  named("Client", members("src/session/options.ts", "interface CommonOptions"));
  named("Handlers", members("src/session/handlers.ts", "interface Handlers"));
  named("A connection", publicMembers("src/session/connection.ts", "class WebSocketConnection"));
  named("Observing", Object.keys(newCounters()));
  named(
    "Observing",
    Object.values(CHANNELS).map(({ name }) => String(name)),
  );
});

/** The text under a heading, with the headings below it. */
function section(heading: string): string {
  const lines = page.split("\n");
  const from = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, "") === heading);
  assert.ok(from >= 0, `there is no heading "${heading}"`);
  const depth = lines[from]!.indexOf(" ");
  const length = lines.slice(from + 1).findIndex((line) => /^#+ /.test(line) && line.indexOf(" ") <= depth);
  return lines.slice(from, length < 0 ? undefined : from + 1 + length).join("\n");
}

/** The rows of the tables under a heading, without the marks of code. */
function tables(heading: string): string[][][] {
  return section(heading)
    .split(/\n(?!\|)/)
    .map((part) => part.split("\n").filter((line) => line.startsWith("|")))
    .filter((lines) => lines.length > 2)
    .map((lines) => lines.slice(2).map((line) => line.split("|").slice(1, -1).map(plain)));
}

function table(heading: string): string[][] {
  return tables(heading)[0] ?? [];
}

function plain(cell: string): string {
  return cell.trim().replaceAll("`", "");
}

function firstCells(rows: readonly (readonly string[])[]): string[] {
  return rows.map(([first = ""]) => first);
}

/** The names that an interface declares, out of its source. */
function members(path: string, declaration: string): string[] {
  const source = read(path);
  const from = source.indexOf(declaration);
  const body = source.slice(from, source.indexOf("\n}", from));
  return [...body.matchAll(/^ {2}(?:readonly )?(\w+)(?:\?)?[:(]/gm)].map(([, name]) => name!);
}

function publicMembers(path: string, declaration: string): string[] {
  const source = read(path);
  const from = source.indexOf(declaration);
  const body = source.slice(from, source.indexOf("\n}", from));
  const names = [...body.matchAll(/^ {2}(?:readonly |get |async )*(\w+)[:(]/gm)].map(([, name]) => name!);
  return names.filter((name) => name !== "constructor");
}
