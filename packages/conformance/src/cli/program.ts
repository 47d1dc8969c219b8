import { quote } from "../report/escape.js";
import { RunFileError } from "../report/read-run-file.js";
import { SUITE_VERSION } from "../version.js";
import { COMMANDS } from "./commands.js";
import { secondWords } from "./completion-words.js";
import { ExitCode } from "./exit-code.js";
import { programHelp } from "./help.js";
import { wantsColor, type Io } from "./io.js";
import { didYouMean } from "./nearest.js";
import { BrokenPipe, OutputError, streamSink, type Sink } from "./sink.js";
import { UsageError } from "./usage-error.js";

/** Exit code that shells report for a process that SIGINT has ended. */
const KILLED_BY_SIGINT = 130;

/** A program. Its messages begin with `name`; `run` returns the exit code and does not throw. */
export interface Program {
  readonly name: string;
  readonly run: (args: readonly string[], io: Io) => Promise<number>;
}

/** Runs `wireproof`, or another program, with these arguments in this process, and ends the process. */
export async function runProcess(
  args: readonly string[],
  { name, run }: Program = { name: "wireproof", run: runProgram },
): Promise<void> {
  const complain = (sentence: string): void => {
    process.stderr.write(`${name}: ${sentence}\n`);
  };
  process.on("uncaughtException", (error) => {
    complain(internalError(error));
    process.exit(ExitCode.harness);
  });
  const stdout = streamSink(process.stdout, "standard output");
  // There is no place to report an error of standard error.
  process.stderr.on("error", () => undefined);
  const code = await run(args, processIo(stdout, complain));
  await stdout.end().catch(() => undefined);
  // Sockets that still wait for a peer must not keep the process alive.
  process.stderr.write("", () => process.exit(code));
}

/** Runs `wireproof` with these arguments and returns its exit code. It does not throw. */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  try {
    return await dispatch(args, io);
  } catch (error) {
    if (error instanceof BrokenPipe) return ExitCode.expected;
    if (error instanceof UsageError || error instanceof OutputError || error instanceof RunFileError) {
      io.complain(error.message.replace(/\.$/, ""));
      return ExitCode.usage;
    }
    io.complain(internalError(error));
    return ExitCode.harness;
  }
}

async function dispatch(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args;
  if (name === "--version" || name === "-V") {
    await io.print(`${SUITE_VERSION}\n`);
    return ExitCode.expected;
  }
  if (name === "--help" || name === "-h" || (name === "help" && rest.length === 0)) {
    await io.print(programHelp(COMMANDS, io.columns));
    return ExitCode.expected;
  }
  if (name === "help") return dispatch([...rest, "--help"], io);
  const [first] = rest;
  // Some have a name of two words, such as `matrix run`.
  const pair = COMMANDS.find((one) => one.name === `${name} ${first}`);
  if (pair !== undefined) return pair.run(rest.slice(1), io);
  const command = COMMANDS.find((one) => one.name === name);
  const group = COMMANDS.filter((one) => one.name.startsWith(`${name} `));
  if (group.length > 0 && (first === "--help" || first === "-h")) {
    await io.print(programHelp(group, io.columns));
    return ExitCode.expected;
  }
  if (command === undefined) throw unknownCommand(name, first);
  return command.run(rest, io);
}

function unknownCommand(name: string | undefined, second: string | undefined): UsageError {
  const names = COMMANDS.map((command) => command.name);
  const seconds = secondWords(COMMANDS).get(name ?? "");
  if (seconds !== undefined) {
    const hint = second === undefined ? "" : didYouMean(`${name} ${second}`, names);
    if (hint !== "") return new UsageError(`unknown command ${quote(`${name} ${second}`)}${hint}`);
    const words = seconds.map(({ word }) => `${name} ${word}`).join(" or ");
    return new UsageError(`${name} is the first word of a command: ${words}`);
  }
  if (name === undefined)
    return new UsageError(`a command is needed: ${names.join(", ")}; see wireproof --help`);
  if (/^wss?:\/\//i.test(name)) {
    return new UsageError(`a command is needed before the URL: ${quote(`wireproof test ${name}`)}`);
  }
  const noun = name.startsWith("-") ? "option" : "command";
  const hint = didYouMean(name, noun === "option" ? ["--help", "--version"] : names);
  return new UsageError(`unknown ${noun} ${quote(name)}${hint === "" ? "; see wireproof --help" : hint}`);
}

function processIo(stdout: Sink, complain: Io["complain"]): Io {
  const isTty = process.stdout.isTTY;
  return {
    stdout,
    stderr: streamSink(process.stderr, "standard error"),
    env: process.env,
    print: (text) => stdout.write(text),
    complain,
    isTty,
    hasColor: wantsColor(process.env, isTty),
    columns: isTty ? process.stdout.columns : 80,
    ...interruption(complain),
  };
}

/** The first SIGINT or SIGTERM aborts the signal. The second one ends the process without waiting for reports. */
function interruption(complain: Io["complain"]): Pick<Io, "signal" | "expectInterruption"> {
  const controller = new AbortController();
  let isExpected = false;
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(KILLED_BY_SIGINT);
    controller.abort();
    if (isExpected) return;
    complain("interrupted; writing reports, if there are any (interrupt again to stop at once)");
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return {
    signal: controller.signal,
    expectInterruption: () => {
      isExpected = true;
    },
  };
}

/** One sentence; with WIREPROOF_DEBUG=1 also the stack. */
export function internalError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && process.env["WIREPROOF_DEBUG"] === "1" ? `\n${error.stack}` : "";
  return `internal error, please report it: ${quote(message)}${stack}`;
}
