/**
 * Wireproof in `node:test`: one test a case.
 *
 * @packageDocumentation
 */
import { after, describe, test } from "node:test";

import type { ClientSuiteOptions, ServerSuiteOptions } from "./suite-options.js";
import { registerClientSuite, registerServerSuite } from "./suites.js";
import { CaseFailure, staleFailure, type TestRunner } from "./test-runner.js";

/**
 * Registers one `node:test` test for each case that suits servers. What is known to fail is a `todo`, and fails where it
 * passes; what the server does not implement is skipped.
 *
 * @param options - Which server, and which cases.
 * @throws A RangeError for a pattern, a set or a known failure that matches nothing.
 *
 * @example
 * ```ts
 * import type { serverSuite } from "wireproof/node-test";
 *
 * const options: Parameters<typeof serverSuite>[0] = { url: "ws://127.0.0.1:9001", set: "2026.1" };
 * console.assert(options.set === "2026.1");
 * ```
 */
export function serverSuite(options: ServerSuiteOptions): void {
  registerServerSuite(NODE_TEST, options);
}

/**
 * Registers one `node:test` test for each case that suits clients.
 *
 * @param options - Which client, and which cases.
 * @throws A RangeError for a pattern, a set or a known failure that matches nothing; a TypeError without a client, or with
 * two.
 *
 * @example
 * ```ts
 * import type { clientSuite } from "wireproof/node-test";
 *
 * const options: Parameters<typeof clientSuite>[0] = { command: "node echo-client.js {url}" };
 * console.assert(options.walks === undefined);
 * ```
 */
export function clientSuite(options: ClientSuiteOptions): void {
  registerClientSuite(NODE_TEST, options);
}

const NODE_TEST: TestRunner = {
  describe: (name, body) => void describe(name, body),
  test: (name, { known, timeoutMs }, body) =>
    void test(name, { timeout: timeoutMs }, async (context) => {
      const { status, text } = await body();
      if (known === undefined && status === "skipped") context.skip(text);
      if (known !== undefined && status !== "failed") throw staleFailure(known);
      if (known !== undefined) context.todo(known);
      if (status === "failed") throw new CaseFailure(text);
    }),
  after: (body) => after(body),
};
