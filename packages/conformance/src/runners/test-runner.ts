/** What a test found. */
export interface TestResult {
  /** `skipped`: the peer does not implement what the test is about, which is no failure and no success. */
  readonly status: "passed" | "failed" | "skipped";
  /** Why, in lines that are safe to show; empty for a test that passed. */
  readonly text: string;
}

/** A test runner, as far as a suite needs it. Each of the entries for a runner has one. */
export interface TestRunner {
  /** Registers a group. */
  readonly describe: (name: string, body: () => void) => void;
  /** Registers a test. `known`: why it is known to fail, so that it has to. `timeoutMs`: how long it may take. */
  readonly test: (
    name: string,
    about: { readonly known?: string; readonly timeoutMs: number },
    body: () => Promise<TestResult>,
  ) => void;
  /** Registers what is done after all tests of the group. */
  readonly after: (body: () => Promise<void>) => void;
}

/**
 * The functions of a test runner that registers tests by calls: Mocha's, Bun's, Jasmine's, or yours.
 *
 * @example
 * ```ts
 * import { serverSuite, type TestFunctions } from "wireproof";
 *
 * const names: string[] = [];
 * const functions: TestFunctions = {
 *   describe: (_name, body) => body(),
 *   test: (name) => void names.push(name),
 *   after: () => undefined,
 * };
 * serverSuite({ url: "ws://127.0.0.1:9001", cases: "1.1.1", runner: functions });
 * console.assert(names[0]?.startsWith("1.1.1 "));
 * ```
 */
export interface TestFunctions {
  /** Registers a group of tests; it calls `body` before it returns. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Registers a test, which fails if the promise of `body` is rejected. */
  readonly test: (name: string, body: () => Promise<void>) => unknown;
  /** Registers what is done after all tests of the group. */
  readonly after: (body: () => Promise<void>) => unknown;
}

/** A test that failed. Its stack would say nothing about the peer, so it has none. */
export class CaseFailure extends Error {
  override readonly name: string = "CaseFailure";

  constructor(message: string) {
    super(message);
    this.stack = `${this.name}: ${message}`;
  }
}

/** A failure that is no longer one: whoever expects it has to know. */
export function staleFailure(known: string): CaseFailure {
  return new CaseFailure(`It is known to fail (${known}), and it passes now: remove it from \`known\`.`);
}

/**
 * A runner of which nothing is known but that a rejected promise fails a test. What is known to fail passes as long as it
 * fails; what the peer does not implement passes.
 */
export function runnerOf({ describe, test, after }: TestFunctions): TestRunner {
  return {
    describe: (name, body) => void describe(name, body),
    test: (name, { known }, body) =>
      void test(name, async () => {
        const { status, text } = await body();
        if (known === undefined && status === "failed") throw new CaseFailure(text);
        if (known !== undefined && status !== "failed") throw staleFailure(known);
      }),
    after: (body) => void after(body),
  };
}
