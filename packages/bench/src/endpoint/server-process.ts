import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { cpuMicrosOf } from "./cpu-time.js";
import type { ServerQuestion, ServerSetup, ServerUp, ServerUsage } from "./protocol.js";
import type { Launch } from "./servers.js";

const KEPT_COMPLAINT = 4096;
const START_MS = 20_000;
const STOP_MS = 5000;

/** A server in a separate process, so that its CPU time and memory are not mixed with those of the generator. */
export class ServerProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  /** The end of what it has written to standard error. */
  #complaint = "";

  /** Rejects, with what the server complained about, if it does not start. */
  static async start(launch: Launch, setup: ServerSetup): Promise<{ server: ServerProcess; up: ServerUp }> {
    const server = new ServerProcess(launch);
    const timer = setTimeout(() => server.#child.kill("SIGKILL"), START_MS);
    try {
      return { server, up: await server.#ask<ServerUp>(JSON.stringify(setup)) };
    } catch (error) {
      await server.stop();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private constructor({ command, args, env }: Launch) {
    this.#child = spawn(command, args, { env: { ...process.env, ...env }, stdio: "pipe" });
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    this.#child.stderr.on("data", (text: Buffer) => {
      this.#complaint = (this.#complaint + text.toString()).slice(-KEPT_COMPLAINT);
    });
    this.#child.on("error", (error) => (this.#complaint += error.message));
    this.#child.stdin.on("error", ignore);
  }

  /** CPU time of all its threads since its start, in microseconds. */
  async cpuMicros(): Promise<number> {
    const { pid } = this.#child;
    const seen = pid === undefined ? null : cpuMicrosOf(pid);
    return seen ?? (await this.ask("usage")).cpuMicros;
  }

  ask(question: ServerQuestion): Promise<ServerUsage> {
    return this.#ask(question);
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    const { exitCode, signalCode, pid } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    await gone;
    clearTimeout(timer);
  }

  async #ask<Answer>(line: string): Promise<Answer> {
    this.#child.stdin.write(`${line}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error(`the server ended: ${this.#reason()}`);
    return JSON.parse(value) as Answer;
  }

  /** The line of a stack trace that names the error, if there is one. */
  #reason(): string {
    const lines = this.#complaint.trim().split("\n");
    const error = lines.find((line) => /^\w*Error\b/.test(line));
    return (error ?? lines.at(-1) ?? "").trim() || "it said nothing";
  }
}

function ignore(): void {}
