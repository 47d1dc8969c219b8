/**
 * Wireproof in Jest: one test a case.
 *
 * @packageDocumentation
 */
import { runInThisContext } from "node:vm";

import type { ClientSuiteOptions, ServerSuiteOptions } from "./suite-options.js" with {
  "resolution-mode": "import",
};
import type * as Suites from "./suites.js" with { "resolution-mode": "import" };
import type * as Runners from "./test-runner.js" with { "resolution-mode": "import" };

// Jest runs test files in a context of its own, in which it loads modules by itself, and ES modules only behind a flag or
// on new versions of Node. So Node loads the suite, in its own context: sockets and timers are the real ones there,
// whatever a test file fakes.
const node = runInThisContext("process") as NodeJS.Process;
const load = node.getBuiltinModule("node:module").createRequire(__filename);
const { registerClientSuite, registerServerSuite } = load("./suites.js") as typeof Suites;
const { CaseFailure } = load("./test-runner.js") as typeof Runners;

/**
 * Registers one Jest test for each case that suits servers. What is known to fail is a `test.failing`, which fails where
 * it passes; what the server does not implement passes, since Jest cannot skip a test that runs.
 *
 * @param options - Which server, and which cases.
 * @throws A RangeError for a pattern, a set or a known failure that matches nothing.
 *
 * @example
 * ```ts
 * import type { ServerSuiteOptions } from "wireproof";
 *
 * // const { serverSuite } = require("wireproof/jest");
 * const options: ServerSuiteOptions = { url: "ws://127.0.0.1:9001", cases: "7.*" };
 * console.assert(options.cases === "7.*");
 * ```
 */
export function serverSuite(options: ServerSuiteOptions): void {
  registerServerSuite(runner(), options);
}

/**
 * Registers one Jest test for each case that suits clients.
 *
 * @param options - Which client, and which cases.
 * @throws A RangeError for a pattern, a set or a known failure that matches nothing; a TypeError without a client, or with
 * two.
 *
 * @example
 * ```ts
 * import type { ClientSuiteOptions } from "wireproof";
 *
 * // const { clientSuite } = require("wireproof/jest");
 * const options: ClientSuiteOptions = { command: "node echo-client.js {url}", walks: false };
 * console.assert(options.walks === false);
 * ```
 */
export function clientSuite(options: ClientSuiteOptions): void {
  registerClientSuite(runner(), options);
}

/** What is used of Jest, which its users have installed. */
interface Jest {
  readonly describe: (name: string, body: () => void) => void;
  readonly test: JestTest & { readonly failing: JestTest };
  readonly afterAll: (body: () => Promise<void>) => void;
}
type JestTest = (name: string, body: () => Promise<void>, timeoutMs: number) => void;

function runner(): Runners.TestRunner {
  // Only Jest can load this, and it can do so where it has no globals, too.
  const { describe, test, afterAll } = require("@jest/globals") as Jest;
  return {
    describe,
    test: (name, { known, timeoutMs }, body) => {
      const register = known === undefined ? test : test.failing;
      const checked = async (): Promise<void> => {
        const { status, text } = await body();
        if (status === "failed") throw new CaseFailure(text);
      };
      register(name, checked, timeoutMs);
    },
    after: afterAll,
  };
}
