import { addressesOf } from "../child/accepting.js";
import { CommandLineError, parseCommandLine, type CommandLine } from "../child/command-line.js";
import { programProblem, scriptProblem } from "../child/program.js";
import { StartedServer } from "../child/started-server.js";
import { shellQuote } from "../report/terminal/again.js";
import { numberBetween, plainText, single, type Option } from "./option.js";
import { UsageError } from "./usage-error.js";

const WAIT_SECONDS = 10;

/** A command as it is stored, and as it is started. */
export interface StartCommand {
  readonly text: string;
  readonly line: CommandLine;
}

/** `--start COMMAND`. */
export const startOption: Option<StartCommand | undefined> = single(
  "COMMAND",
  "Start this command for the run. It must listen at all the URLs and stay in the foreground. If it ends too early, that is a finding, and it is started again. When the run is over, it is ended with everything that it started. No shell runs it, but quotes, backslashes and NAME=VALUE at the beginning work.",
  (value, flag) => startCommand(plainText(value, flag), flag),
);

/** `--wait SECONDS`; undefined if it is not given. */
export const waitOption: Option<number | undefined> = {
  ...single(
    "SECONDS",
    "With --start: how long the command may take to accept connections, from 0.1 to 600.",
    numberBetween(0.1, 600, "decimal"),
  ),
  fallback: String(WAIT_SECONDS),
};

/** What the user asked to start. */
export interface StartValues {
  readonly start: StartCommand | undefined;
  readonly wait: number | undefined;
}

/**
 * The server of `--start`, not yet started; undefined without that option. Throws a UsageError if its program cannot be
 * started, or if something else listens at one of the addresses.
 */
export async function startedServer(
  { start, wait }: StartValues,
  urls: readonly string[],
): Promise<StartedServer | undefined> {
  if (start === undefined) {
    if (wait !== undefined) throw new UsageError("--wait needs --start COMMAND");
    return undefined;
  }
  const server = new StartedServer({
    command: start.text,
    line: start.line,
    addresses: addressesOf(urls),
    waitMs: (wait ?? WAIT_SECONDS) * 1000,
  });
  const because = (await programProblem(start.line)) ?? (await server.conflict());
  if (because !== null) throw new UsageError(`--start cannot be used: ${because}`);
  return server;
}

/** The client that the words after `--` name; null if there are none. Throws a UsageError if it cannot be started. */
export async function clientCommand(words: readonly string[]): Promise<StartCommand | null> {
  if (words.length === 0) return null;
  const text = words.length === 1 ? (words[0] ?? "") : words.map(shellQuote).join(" ");
  const command = startCommand(text, "the command");
  const because = (await programProblem(command.line)) ?? (await scriptProblem(command.line));
  if (because !== null) throw new UsageError(`the command cannot be used: ${because}`);
  return command;
}

function startCommand(text: string, flag: string): StartCommand {
  try {
    return { text, line: parseCommandLine(text) };
  } catch (error) {
    if (error instanceof CommandLineError) throw new UsageError(`${flag} cannot be used: ${error.message}`);
    throw error;
  }
}
