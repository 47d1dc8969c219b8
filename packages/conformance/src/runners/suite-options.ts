import type { Case } from "../case/case.js";
import type { RunEvent } from "../run/event.js";
import type { RunOptions } from "../run/run-options.js";

/**
 * What suites of servers and of clients share.
 *
 * @example
 * ```ts
 * import type { SuiteOptions } from "wireproof";
 *
 * const options: SuiteOptions = { cases: "1.*,5.*", known: { "5.19": "issue 12: pongs come late" } };
 * console.assert(options.known?.["5.19"] !== "");
 * ```
 */
export interface SuiteOptions extends Pick<
  RunOptions,
  "profile" | "timeoutScale" | "loadSilenceSeconds" | "messages" | "keepaliveSeconds" | "http2"
> {
  /** Name of the group of all tests. Default `WebSocket server` or `WebSocket client`. */
  readonly name?: string;
  /** Patterns of ids as for `--cases`, and cases of your own. Default: every case of the set. */
  readonly cases?: string | readonly (string | Case)[];
  /** Patterns of cases to leave out. Default: none. */
  readonly exclude?: string | readonly string[];
  /** Name of the set to choose from, see {@link SETS}. Default `all`. */
  readonly set?: string;
  /**
   * What is known to fail, and why: ids, or beginnings of ids with an asterisk. Such a test has to fail. If it passes, or
   * if nothing matches, that is an error. Default: nothing.
   */
  readonly known?: Readonly<Record<string, string>>;
  /** How long one test may take, in milliseconds, where the runner has limits. Default 300,000. */
  readonly testTimeoutMs?: number;
  /** Called with every event of the run, for example to store it. Default: nothing is called. */
  readonly onEvent?: (event: RunEvent) => void;
}

/**
 * Options of {@link serverSuite}.
 *
 * @example
 * ```ts
 * import type { ServerSuiteOptions } from "wireproof";
 *
 * const options: ServerSuiteOptions = { url: "ws://127.0.0.1:9001", start: "PORT=9001 node server.js" };
 * console.assert(options.cases === undefined);
 * ```
 */
export interface ServerSuiteOptions
  extends
    SuiteOptions,
    Pick<
      RunOptions,
      "concurrency" | "insecure" | "ca" | "servername" | "origin" | "headers" | "subprotocols"
    > {
  /** Where the server is: ws:// or wss://. A function is called when the first test runs, so that it may start the server. */
  readonly url: string | (() => string | Promise<string>);
  /** A command that starts the server, as for `--start`; it is ended after the tests. Default: it runs already. */
  readonly start?: string;
  /** With `start`: seconds until it has to accept connections, 0.1 to 600. Default 10. */
  readonly waitSeconds?: number;
}

/**
 * Options of {@link clientSuite}: a command or a function that connects.
 *
 * @example
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import type { ClientSuiteOptions } from "wireproof";
 *
 * const options: ClientSuiteOptions = {
 *   async client(url) {
 *     const ws = await connect(url);
 *     for await (const message of ws) ws.send(message);
 *   },
 * };
 * console.assert(options.command === undefined);
 * ```
 */
export interface ClientSuiteOptions extends SuiteOptions {
  /**
   * Connects to a URL, sends each message back, and returns when the connection is over. It is called once for each case.
   * If it throws, that is its way to say that it refused the connection. The signal is aborted when the tests are over.
   */
  readonly client?: (url: string, signal: AbortSignal) => unknown;
  /** A command that does so, as for `wireproof test-client`; `{url}` stands for the URL. */
  readonly command?: string;
  /** The command walks through all cases by itself, instead of opening one URL. Default false. */
  readonly walks?: boolean;
  /** How many cases are in flight, 1 to 64. Default 8, and 1 for a command. */
  readonly parallel?: number;
  /** Its name in events. Default `client`, or the name of its file. */
  readonly agent?: string;
  /** How long the client may bring no new result, in seconds. Default 30. */
  readonly timeoutSeconds?: number;
  /** Certificate and key in PEM: the tester is then at a wss:// URL. Default: plain TCP. */
  readonly tls?: { readonly cert: string; readonly key: string };
}
