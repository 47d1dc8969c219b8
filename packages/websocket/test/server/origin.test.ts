import assert from "node:assert/strict";
import { test } from "node:test";
import type { TestContext } from "node:test";
import { runInNewContext } from "node:vm";
import type { ServerOptions } from "../../src/server/options.js";
import { certificate, startServer } from "../support/live-server.js";
import { RawClient } from "../support/raw-client.js";
import type { HeaderChanges } from "../support/raw-client.js";

async function statuses(
  t: TestContext,
  options: ServerOptions,
  requests: readonly HeaderChanges[],
): Promise<number[]> {
  const live = await startServer(t, options);
  const answers = [];
  for (const headers of requests) {
    const client = await RawClient.connect(t, live);
    answers.push((await client.ask({ headers })).status);
  }
  return answers;
}

const Host = "example.com:8080";

test("by default, pages of the same origin may connect, and programs", async (t) => {
  const requests = [
    { Host, Origin: "http://example.com:8080" },
    { Host, Origin: "HTTP://EXAMPLE.COM:8080" },
    { Host },
    { Host, Origin: "http://evil.example" },
    { Host, Origin: "http://example.com:8081" },
    { Host, Origin: "http://example.com" },
    { Host, Origin: "http://example.com.evil.example:8080" },
    { Host, Origin: "null" },
    { Host, Origin: "" },
    { Host, Origin: "http://example.com:8080/" },
    { Host, Origin: "http://a@example.com:8080" },
    { Host, Origin: "file://" },
  ];
  assert.deepEqual(
    await statuses(t, {}, requests),
    [101, 101, 101, 403, 403, 403, 403, 403, 403, 403, 403, 403],
  );
});

test("over TLS, a page that came without it is of another origin", async (t) => {
  const tls = await certificate();
  const requests = [{ Origin: "https://localhost" }, { Origin: "http://localhost" }];
  assert.deepEqual(await statuses(t, { tls }, requests), [101, 403]);
});

test("by a list, by a function, or not at all", async (t) => {
  const requests = [{ Origin: "https://app.example" }, { Origin: "https://a.app.example" }, {}];
  const list = ["https://app.example"];
  assert.deepEqual(await statuses(t, { origin: list }, requests), [101, 403, 101]);
  assert.deepEqual(await statuses(t, { origin: [/https:\/\/\w+\.app\.example/] }, requests), [403, 101, 101]);
  assert.deepEqual(await statuses(t, { origin: "any" }, requests), [101, 101, 101]);
  const origin = (it: string | undefined): boolean => it !== undefined;
  assert.deepEqual(await statuses(t, { origin }, requests), [101, 101, 403]);
});

test("a function that throws, or is not sure, refuses every client", async (t) => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  const throwing = (): boolean => {
    throw new Error("the list is not there");
  };
  assert.deepEqual(await statuses(t, { origin: throwing }, [{}, {}]), [500, 500]);
  assert.deepEqual(warnings, ["the list is not there", "the list is not there"]);
  for (const answer of [1, "yes", undefined, [], () => true]) {
    assert.deepEqual(await statuses(t, { origin: () => answer as never }, [{}]), [403]);
  }
});

test("a function may take its time: a promise is awaited, and only true is permission", async (t) => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on("warning", onWarning);
  t.after(() => process.off("warning", onWarning));
  // Of another realm, such as a test runner's.
  const foreign = runInNewContext("Promise.resolve(true)") as Promise<boolean>;
  const answers: readonly [() => Promise<boolean>, number][] = [
    [() => Promise.resolve(true), 101],
    [() => foreign, 101],
    [() => Promise.resolve(false), 403],
    [() => Promise.resolve("yes") as never, 403],
    [() => Promise.reject(new Error("no list")), 500],
  ];
  for (const [origin, status] of answers) {
    assert.deepEqual(await statuses(t, { origin }, [{}]), [status]);
    const upgrade = (): { data: undefined } => ({ data: undefined });
    assert.deepEqual(await statuses(t, { origin, upgrade }, [{}]), [status]);
  }
  assert.deepEqual(warnings, ["no list", "no list"]);
  const never = (): Promise<boolean> => new Promise(() => {});
  assert.deepEqual(await statuses(t, { origin: never, limits: { handshakeMs: 50 } }, [{}]), [503]);
});

test("hosts: a page whose name was made to resolve to this server is not served", async (t) => {
  const requests = [
    { Host: "example.com", Origin: "http://example.com" },
    { Host: "example.com:9999" },
    { Host: "localhost:8080" },
    { Host: "localhost:8081" },
    { Host: "evil.example", Origin: "http://evil.example" },
  ];
  const hosts = ["example.com", "localhost:8080"];
  assert.deepEqual(await statuses(t, { hosts }, requests), [101, 101, 101, 421, 421]);
});
