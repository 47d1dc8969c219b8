import { ExitCode } from "../cli/exit-code.js";
import type { Io } from "../cli/io.js";
import { internalError } from "../cli/program.js";
import { OutputError } from "../cli/sink.js";
import { UsageError } from "../cli/usage-error.js";
import { SpecError } from "../config/spec-error.js";
import { SUITE_VERSION } from "../version.js";
import {
  broadcastClient,
  broadcastServer,
  echoClient,
  echoServer,
  testeeClient,
  testeeServer,
} from "./endpoint-modes.js";
import { fuzzingClient } from "./fuzzing-client.js";
import { fuzzingServer } from "./fuzzing-server.js";
import { wstestHelp } from "./help.js";
import { massConnectMode } from "./mass-connect.js";
import { modeNamed } from "./modes.js";
import { parseWstest } from "./options.js";
import type { Mode } from "./settings.js";

/** Exit code if the command line cannot be used; that of `wireproof` is 2. */
const BAD_OPTIONS = 1;

const RUNNERS: Readonly<Record<string, Mode>> = {
  fuzzingclient: fuzzingClient,
  fuzzingserver: fuzzingServer,
  testeeserver: testeeServer,
  testeeclient: testeeClient,
  echoserver: echoServer,
  echoclient: echoClient,
  broadcastserver: broadcastServer,
  broadcastclient: broadcastClient,
  massconnect: massConnectMode,
};

/** Runs `wstest` with these arguments and returns its exit code. It does not throw. */
export async function runWstest(
  args: readonly string[],
  io: Io,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<number> {
  try {
    return await dispatch(args, withoutReader(io), environment);
  } catch (error) {
    if (error instanceof UsageError) return complained(io, error, BAD_OPTIONS);
    if (error instanceof SpecError || error instanceof OutputError)
      return complained(io, error, ExitCode.usage);
    io.complain(internalError(error));
    return ExitCode.harness;
  }
}

async function dispatch(
  args: readonly string[],
  io: Io,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { given, warnings } = parseWstest(args);
  for (const warning of warnings) io.complain(warning);
  const text = information(given, io);
  if (text !== null) {
    await io.print(text);
    return ExitCode.expected;
  }
  const mode = RUNNERS[modeNamed(given.get("mode"))];
  if (mode === undefined) throw new Error("a mode without a runner");
  return mode({ given, environment, io });
}

/** The text of `--help`, `--version` or `--autobahnversion`; null without these options. */
function information(given: ReadonlyMap<string, string>, { columns }: Io): string | null {
  if (given.has("help")) return wstestHelp(columns);
  if (given.has("version")) return `wstest ${SUITE_VERSION}\n`;
  if (given.has("autobahnversion"))
    return `wireproof ${SUITE_VERSION}\nAutobahn|Testsuite 25.10.1, as the profile autobahn\n`;
  return null;
}

/** A script may close the pipe of standard output and still need the reports. */
function withoutReader(io: Io): Io {
  return { ...io, print: (text) => io.print(text).catch(() => undefined) };
}

function complained(io: Io, error: Error, code: number): number {
  io.complain(error.message.replace(/\.$/, ""));
  return code;
}
