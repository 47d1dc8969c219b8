import { setMaxListeners } from "node:events";

import { addressesOf } from "../child/accepting.js";
import { parseCommandLine } from "../child/command-line.js";
import { programProblem } from "../child/program.js";
import { StartedServer } from "../child/started-server.js";
import type { RunEvent } from "../run/event.js";
import { run } from "../run/run.js";
import type { RunOptions } from "../run/run-options.js";
import { serve } from "../serve/serve.js";
import { agentNameOf } from "../test-client/client-command.js";
import { testClient } from "../test-client/test-client.js";
import { ClientFunction } from "./client-function.js";
import { planSuite, type Plan, type PlannedTest } from "./plan.js";
import { SuiteResults } from "./results.js";
import type { ClientSuiteOptions, ServerSuiteOptions, SuiteOptions } from "./suite-options.js";
import { runnerOf, type TestFunctions, type TestResult, type TestRunner } from "./test-runner.js";

/** A test may take as long as the cases that are played before it. */
const TEST_TIMEOUT_MS = 300_000;
const WAIT_SECONDS = 10;
const CLIENTS_AT_A_TIME = 8;
const CLIENT_SECONDS = 30;

/**
 * Registers one test for each case that suits servers, one for each rule that holds on every connection, and a last one
 * about the run. Nothing is played before the first of them runs; then many cases are in flight at a time, whatever the
 * runner does. `wireproof/node-test`, `wireproof/vitest` and `wireproof/jest` have this function for their runner.
 *
 * @param options - Which server, which cases, and the functions of the runner.
 * @throws A RangeError for a pattern, a set or a known failure that matches nothing.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { serverSuite } from "wireproof";
 *
 * await using server = createServer({ message: (ws, data) => ws.send(data) });
 * const tests: (() => Promise<void>)[] = [];
 * const after: (() => Promise<void>)[] = [];
 * serverSuite({
 *   url: async () => `ws://127.0.0.1:${(await server.listen(0, "127.0.0.1")).port}`,
 *   cases: "1.1.*",
 *   runner: {
 *     describe: (_name, body) => body(),
 *     test: (_name, body) => void tests.push(body),
 *     after: (body) => void after.push(body),
 *   },
 * });
 * for (const test of [...tests, ...after]) await test();
 * console.assert(tests.length > 8);
 * ```
 */
export function serverSuite(options: ServerSuiteOptions & { readonly runner: TestFunctions }): void {
  registerServerSuite(runnerOf(options.runner), options);
}

/**
 * The same for a client: a function that connects, or a command.
 *
 * @param options - Which client, which cases, and the functions of the runner.
 * @throws A RangeError for a pattern, a set or a known failure that matches nothing; a TypeError without a client, or with
 * two.
 *
 * @example
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { clientSuite } from "wireproof";
 *
 * const tests: (() => Promise<void>)[] = [];
 * const after: (() => Promise<void>)[] = [];
 * clientSuite({
 *   async client(url) {
 *     const ws = await connect(url);
 *     for await (const message of ws) ws.send(message);
 *   },
 *   cases: "1.1.*",
 *   runner: {
 *     describe: (_name, body) => body(),
 *     test: (_name, body) => void tests.push(body),
 *     after: (body) => void after.push(body),
 *   },
 * });
 * for (const test of [...tests, ...after]) await test();
 * console.assert(tests.length > 8);
 * ```
 */
export function clientSuite(options: ClientSuiteOptions & { readonly runner: TestFunctions }): void {
  registerClientSuite(runnerOf(options.runner), options);
}

/** Plays everything, and gives each event to `take`. Settles when nothing is left of what it started. */
type Play = (take: (event: RunEvent) => void, signal: AbortSignal) => Promise<void>;

export function registerServerSuite(runner: TestRunner, options: ServerSuiteOptions): void {
  const plan = planSuite("server", options);
  register(runner, plan, { name: "WebSocket server", ...options }, async (take, signal) => {
    const url = typeof options.url === "string" ? options.url : await options.url();
    const server = await startedServer(options, url);
    try {
      const played = run({ ...runOptions(options, plan), urls: [url], signal, ...given("process", server) });
      for await (const event of played) take(event);
    } finally {
      await server?.stop();
    }
  });
}

export function registerClientSuite(runner: TestRunner, options: ClientSuiteOptions): void {
  const { client, command } = options;
  if ((client === undefined) === (command === undefined))
    throw new TypeError("clientSuite takes either `client` or `command`");
  const plan = planSuite("client", options);
  const play: Play =
    client === undefined
      ? (take, signal) => playCommand(command ?? "", { options, plan, take, signal })
      : (take, signal) => playFunction(client, { options, plan, take, signal });
  register(runner, plan, { name: "WebSocket client", ...options }, play);
}

function register(
  runner: TestRunner,
  { role, rules, groups }: Plan,
  { name = "", testTimeoutMs = TEST_TIMEOUT_MS, onEvent }: SuiteOptions,
  play: Play,
): void {
  const results = new SuiteResults(role, rules);
  const stop = new AbortController();
  // A client may listen to it in every case.
  setMaxListeners(0, stop.signal);
  let playing: Promise<void> | undefined;
  const begin = (): void => {
    playing ??= play((event) => {
      results.take(event);
      onEvent?.(event);
    }, stop.signal).then(
      () => results.end(),
      (error: unknown) => results.end(error),
    );
  };
  const body =
    ({ about, id }: PlannedTest) =>
    (): Promise<TestResult> => {
      begin();
      if (about === "case") return results.ofCase(id);
      return about === "rule" ? results.ofRule(id) : results.ofEnd();
    };
  runner.describe(name, () => {
    for (const group of groups)
      runner.describe(group.name, () => {
        for (const one of group.tests)
          runner.test(one.name, { timeoutMs: testTimeoutMs, ...given("known", one.known) }, body(one));
      });
    runner.after(async () => {
      // Tests that were filtered out need no result.
      stop.abort();
      await playing;
    });
  });
}

async function startedServer(
  { start, waitSeconds = WAIT_SECONDS }: ServerSuiteOptions,
  url: string,
): Promise<StartedServer | undefined> {
  if (start === undefined) return undefined;
  const line = parseCommandLine(start);
  const server = new StartedServer({
    command: start,
    line,
    addresses: addressesOf([url]),
    waitMs: waitSeconds * 1000,
  });
  const because = (await programProblem(line)) ?? (await server.conflict());
  if (because !== null) throw new Error(`the command cannot be used: ${because}`);
  return server;
}

/** What a client is played with. */
interface ClientPlay {
  readonly options: ClientSuiteOptions;
  readonly plan: Plan;
  readonly take: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

async function playFunction(
  client: NonNullable<ClientSuiteOptions["client"]>,
  { options, plan, take, signal }: ClientPlay,
): Promise<void> {
  const { agent = "client", parallel = CLIENTS_AT_A_TIME, timeoutSeconds = CLIENT_SECONDS, tls } = options;
  let caller: ClientFunction | undefined;
  const before = (event: RunEvent): readonly RunEvent[] => {
    caller?.see(event);
    return [];
  };
  const served = await serve({
    ...playOptions(options, plan),
    port: 0,
    signal,
    observer: { repeats: true, before },
    ...given("tls", tls),
  });
  const { url } = served;
  const { cases } = plan;
  const timeoutMs = timeoutSeconds * 1000;
  caller = new ClientFunction({ url, cases, client, agent, parallel, timeoutMs, signal });
  const driving = caller.drive().finally(() => served.stop());
  // Awaited below, after the last event.
  driving.catch(() => undefined);
  for await (const event of served.events) take(event);
  const because = await driving;
  if (because !== undefined && !signal.aborted) throw new Error(because);
}

async function playCommand(command: string, { options, plan, take, signal }: ClientPlay): Promise<void> {
  const line = parseCommandLine(command);
  const because = await programProblem(line);
  if (because !== null) throw new Error(`the command cannot be used: ${because}`);
  const { agent = agentNameOf(line), walks, parallel = 1, timeoutSeconds = CLIENT_SECONDS, tls } = options;
  const tested = await testClient({
    ...playOptions(options, plan),
    command,
    line,
    agent,
    single: walks !== true,
    parallel,
    timeoutMs: timeoutSeconds * 1000,
    signal,
    ...given("tls", tls),
  });
  for await (const event of tested.events) take(event);
}

function playOptions(
  { profile, timeoutScale, loadSilenceSeconds, messages, keepaliveSeconds, http2 }: SuiteOptions,
  { cases, set }: Plan,
): Pick<
  RunOptions,
  | "cases"
  | "set"
  | "profile"
  | "timeoutScale"
  | "loadSilenceSeconds"
  | "messages"
  | "keepaliveSeconds"
  | "http2"
> {
  return {
    cases,
    set,
    ...given("http2", http2),
    ...given("profile", profile),
    ...given("timeoutScale", timeoutScale),
    ...given("loadSilenceSeconds", loadSilenceSeconds),
    ...given("messages", messages),
    ...given("keepaliveSeconds", keepaliveSeconds),
  };
}

function runOptions(options: ServerSuiteOptions, plan: Plan): Omit<RunOptions, "urls"> {
  const { concurrency, insecure, ca, servername, origin, headers, subprotocols } = options;
  return {
    ...playOptions(options, plan),
    ...given("concurrency", concurrency),
    ...given("insecure", insecure),
    ...given("ca", ca),
    ...given("servername", servername),
    ...given("origin", origin),
    ...given("headers", headers),
    ...given("subprotocols", subprotocols),
  };
}

/** The option under its name, or nothing where it is not given. */
function given<N extends string, V>(name: N, value: V | undefined): { readonly [K in N]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [K in N]?: V };
}
