import { accepts, untilAccepted, type Address } from "../child/accepting.js";
import { Child, within } from "../child/child.js";
import { parseCommandLine } from "../child/command-line.js";
import { OutputRing } from "../child/output-ring.js";

import { freePort } from "../matrix/free-port.js";
import { SCENARIO_VARIABLE, UNSUPPORTED_EXIT, type Scenario } from "./scenarios.js";

/** A program of a stack that is ready to be started. */
export interface GridProgram {
  /** Name of the stack's folder. */
  readonly stack: string;
  /** Version of the implementation. */
  readonly version: string;
  /** Changes when the program, what is installed for it, or the suite does. */
  readonly digest: string;
  /** The folder in which it is started. */
  readonly folder: string;
  /** The command, with `{port}` or `{url}`. No shell runs it. */
  readonly start: string;
}

export interface GridServerProgram extends GridProgram {
  /** Path of its URL. */
  readonly path: string;
}

/** How a start came out. `because` is a clause that follows the name of the program. */
export type Start =
  | { readonly outcome: "up" }
  | { readonly outcome: "unsupported" }
  | { readonly outcome: "failed"; readonly because: string };

/** A Java server on a busy machine takes this long to listen. */
const START_MS = 60_000;
/** Another program may take its port before it does. */
const ATTEMPTS = 2;
/** How long a server that accepts nothing any more may take to end. */
const EXIT_MS = 2000;
const OUTPUT_KEPT = 8192;

/** The server of one scenario, started for all clients, and started again when it has ended too early. */
export class GridServer {
  readonly #program: GridServerProgram;
  readonly #scenario: Scenario;
  #child: Child | undefined;
  #port = 0;

  constructor(program: GridServerProgram, scenario: Scenario) {
    this.#program = program;
    this.#scenario = scenario;
  }

  get port(): number {
    return this.#port;
  }

  /** Starts it unless it runs, and waits until it accepts connections. */
  async up(signal: AbortSignal): Promise<Start> {
    if (this.#child?.isRunning === true) return { outcome: "up" };
    let start = await this.#start(signal);
    for (let attempt = 1; start.outcome === "failed" && attempt < ATTEMPTS && !signal.aborted; attempt++) {
      start = await this.#start(signal);
    }
    return start;
  }

  /**
   * How it ended although nobody asked it to, in words that follow its name; null as long as it runs. Its connections end a
   * moment before the system tells its end, so it is asked whether it still accepts some.
   */
  async early(): Promise<string | null> {
    const child = this.#child;
    if (child === undefined) return null;
    if (child.isRunning && !(await accepts(this.#address))) await within(EXIT_MS, child.exited);
    if (child.isRunning) return null;
    return (await child.ended).how;
  }

  get #address(): Address {
    return { host: "127.0.0.1", port: this.#port };
  }

  async stop(): Promise<void> {
    await this.#child?.stop();
  }

  async #start(signal: AbortSignal): Promise<Start> {
    this.#port = await freePort();
    const { folder, start } = this.#program;
    const line = parseCommandLine(start.replaceAll("{port}", String(this.#port)));
    const env = { ...line.env, [SCENARIO_VARIABLE]: this.#scenario.name };
    const output = new OutputRing(OUTPUT_KEPT);
    const child = new Child({ ...line, env, cwd: folder }, output);
    this.#child = child;
    const gone = new AbortController();
    void child.exited.then(() => gone.abort());
    const left = await untilAccepted([this.#address], START_MS, AbortSignal.any([signal, gone.signal]));
    if (left.length === 0 && child.isRunning) return { outcome: "up" };
    const isRunning = child.isRunning;
    await child.stop();
    if (isRunning) {
      const because = signal.aborted
        ? "was interrupted"
        : `accepted no connection within ${START_MS / 1000} s`;
      return { outcome: "failed", because };
    }
    const { code, how } = await child.ended;
    if (code === UNSUPPORTED_EXIT) return { outcome: "unsupported" };
    const said = output.since(0).lines.at(-1)?.text.trim() ?? "";
    return { outcome: "failed", because: `${how}${said === "" ? "" : `: ${said}`}` };
  }
}
