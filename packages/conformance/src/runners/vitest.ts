/**
 * Wireproof in Vitest: one test a case.
 *
 * @packageDocumentation
 */
import { afterAll, describe, test } from "vitest";

import type { ClientSuiteOptions, ServerSuiteOptions } from "./suite-options.js";
import { registerClientSuite, registerServerSuite } from "./suites.js";
import { CaseFailure, type TestRunner } from "./test-runner.js";

/**
 * Registers one Vitest test for each case that suits servers. What is known to fail is a `test.fails`, which fails where
 * it passes; what the server does not implement is skipped.
 *
 * @param options - Which server, and which cases.
 * @throws A RangeError for a pattern, a set or a known failure that matches nothing.
 *
 * @example
 * ```ts
 * import type { ServerSuiteOptions } from "wireproof";
 *
 * // import { serverSuite } from "wireproof/vitest";
 * const options: ServerSuiteOptions = { url: "ws://127.0.0.1:9001", cases: "5.*" };
 * console.assert(options.cases === "5.*");
 * ```
 */
export function serverSuite(options: ServerSuiteOptions): void {
  registerServerSuite(VITEST, options);
}

/**
 * Registers one Vitest test for each case that suits clients.
 *
 * @param options - Which client, and which cases.
 * @throws A RangeError for a pattern, a set or a known failure that matches nothing; a TypeError without a client, or with
 * two.
 *
 * @example
 * ```ts
 * import type { ClientSuiteOptions } from "wireproof";
 *
 * // import { clientSuite } from "wireproof/vitest";
 * const options: ClientSuiteOptions = { command: "node echo-client.js {url}", parallel: 4 };
 * console.assert(options.parallel === 4);
 * ```
 */
export function clientSuite(options: ClientSuiteOptions): void {
  registerClientSuite(VITEST, options);
}

const VITEST: TestRunner = {
  describe,
  test: (name, { known, timeoutMs }, body) => {
    const register = known === undefined ? test : test.fails;
    register(name, { timeout: timeoutMs }, async (context) => {
      const { status, text } = await body();
      if (known === undefined && status === "skipped") context.skip(text);
      if (status === "failed") throw new CaseFailure(text);
    });
  },
  after: afterAll,
};
