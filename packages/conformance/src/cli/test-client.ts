import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { CommandLineError, parseCommandLine, type CommandLine } from "../child/command-line.js";
import { programProblem, scriptProblem } from "../child/program.js";
import { shellQuote } from "../report/terminal/again.js";
import { serve, type ServedRun, type ServeOptions } from "../serve/serve.js";
import { agentNameOf } from "../test-client/client-command.js";
import { testClient, type TestedClient } from "../test-client/test-client.js";
import { admissionOf, admissionOptions } from "./admission-options.js";
import { Checkpoints } from "./checkpoints.js";
import { command, type Command } from "./command.js";
import { given } from "./given.js";
import type { Io } from "./io.js";
import { bindProblem } from "./listen-options.js";
import { occupyFolder } from "./occupied-folder.js";
import {
  numberBetween,
  plainText,
  single,
  toggle,
  withDefault,
  type Options,
  type Values,
} from "./option.js";
import { openOutputs } from "./outputs.js";
import { reportRun } from "./report-run.js";
import { reporterOption, runReporters } from "./reporter-option.js";
import {
  casesOption,
  excludeOption,
  loadSilenceOption,
  messagesOption,
  profileOrModern,
} from "./run-options.js";
import { chosenSet, selection, setOption } from "./selection.js";
import { serverKeyPair, serverTlsOptions } from "./server-tls.js";
import type { KeyPair } from "../mint-certificate.js";
import { writeWhole } from "./sink.js";
import { UsageError } from "./usage-error.js";

const LOOPBACK = "127.0.0.1";

const OPTIONS = {
  agent: {
    ...single("NAME", "What the client is called that does not name itself: {agent}.", agentName),
    fallback: "its file",
  },
  cases: casesOption,
  exclude: excludeOption,
  set: setOption,
  profile: profileOrModern,
  messages: messagesOption,
  out: withDefault(single("DIR", "Folder for the reports and the run file.", plainText), "wireproof-report"),
  reporter: reporterOption("terminal, json and autobahn"),
  single: toggle(
    "Start the command once a case: {url} is then the address of that case, to which the client connects and where it echoes. Without it, this is found out if the client opens {url} and waits.",
  ),
  parallel: withDefault(
    single(
      "N",
      "Processes at the same time, from 1 to 64, where there is one for every case.",
      numberBetween(1, 64, "integer"),
    ),
    1,
  ),
  timeout: withDefault(
    single(
      "SECONDS",
      "How long the client may bring no new result while it is in no case, from 0.1 to 3600.",
      numberBetween(0.1, 3600, "decimal"),
    ),
    30,
  ),
  port: {
    ...single("N", "Port for the client, if it cannot be told one.", numberBetween(0, 65_535, "integer")),
    fallback: "any that is free",
  },
  ...serverTlsOptions,
  "load-silence": loadSilenceOption,
  ...admissionOptions,
  "timeout-scale": withDefault(
    single("X", "Factor for every deadline, from 0.1 to 100.", numberBetween(0.1, 100, "decimal")),
    1,
  ),
} satisfies Options;

type TestClientValues = Values<typeof OPTIONS>;

/** `wireproof test-client`: plays cases against a client that it starts. */
export const testClientCommand: Command = command({
  name: "test-client",
  summary: "Tests a WebSocket client that it starts.",
  details:
    "In the command, {url} stands for the address of the tester; WIREPROOF_URL holds it too. The client walks through the cases as with wireproof serve. It is started again when it ends in a case, which is a finding, and ended with everything that it started when all cases have run. No shell runs the command. With --tls, {ca} and WIREPROOF_CA name a file with the certificate to trust. Without a command, the client is started by hand.",
  positionals: [
    {
      name: "command",
      description: "The client, with its arguments; a single word is read as by a shell.",
      variadic: true,
      optional: true,
    },
  ],
  options: OPTIONS,
  examples: [
    { line: "test-client -- node client.js {url}", description: "A client that asks for its cases." },
    {
      line: "test-client --single --cases '1.*,7.*' -- ./echo-client {url}",
      description: "A client that opens one address and echoes.",
    },
    {
      line: "test-client --tls -- 'MODE=test python3 client.py {url} {ca}'",
      description: "Over TLS; the command as one word.",
    },
  ],
  action: (values, words, io) => test(values, words, io),
});

/** A client that we have started, or that somebody else starts. */
type Tested = TestedClient | Pick<ServedRun, keyof TestedClient>;

/** A command as it is stored, and as it is started. */
interface ClientCommand {
  readonly text: string;
  readonly line: CommandLine;
}

async function test(values: TestClientValues, words: readonly string[], io: Io): Promise<number> {
  const cases = selection(values, "client");
  const client = await clientCommand(words);
  const tls = await serverKeyPair(values);
  const checkpoints = new Checkpoints();
  // Before anything is opened, which would empty the files of a run that is still under way.
  const release = await occupyFolder(values.out);
  const certificate = tls === undefined ? undefined : await storedCertificate(tls);
  let tested: Tested | undefined;
  try {
    const options: ServeOptions = {
      cases,
      set: chosenSet(values),
      profile: values.profile,
      timeoutScale: values["timeout-scale"],
      ...given("loadSilenceSeconds", values["load-silence"]),
      host: LOOPBACK,
      port: values.port ?? 0,
      admission: admissionOf(values, io),
      reported: () => checkpoints.passed(),
      signal: io.signal,
      ...given("messages", values.messages),
      ...given("tls", tls),
    };
    tested = await begin(options, values, client, certificate?.file);
    const home = { path: values.out, mayWrite: true };
    const readers = await openOutputs(runReporters(values.reporter), home, io);
    io.complain(`the client is tested at ${tested.url}`);
    return await reportRun(
      tested.events,
      readers.map((reader) => checkpoints.follow(reader)),
      io,
    );
  } finally {
    tested?.stop();
    await certificate?.remove();
    release();
  }
}

function begin(
  options: ServeOptions,
  values: TestClientValues,
  client: ClientCommand | null,
  caFile: string | undefined,
): Promise<Tested> {
  const beginning =
    client === null
      ? serve({ ...options, once: true })
      : testClient({
          ...options,
          command: client.text,
          line: client.line,
          agent: values.agent ?? agentNameOf(client.line),
          timeoutMs: values.timeout * 1000,
          single: values.single,
          parallel: values.parallel,
          ...given("caFile", caFile),
        });
  return beginning.catch((error: unknown): never => {
    throw bindProblem(error, LOOPBACK, values.port ?? 0, "--port");
  });
}

/** Null without a command. Throws a UsageError if it cannot be started. */
async function clientCommand(words: readonly string[]): Promise<ClientCommand | null> {
  if (words.length === 0) return null;
  const text = words.length === 1 ? (words[0] ?? "") : words.map(shellQuote).join(" ");
  try {
    const line = parseCommandLine(text);
    const problem = (await programProblem(line)) ?? (await scriptProblem(line));
    if (problem !== null) throw new UsageError(`the command cannot be used: ${problem}`);
    return { text, line };
  } catch (error) {
    if (error instanceof CommandLineError) {
      throw new UsageError(`the command cannot be used: ${error.message}`);
    }
    throw error;
  }
}

/** A place for the certificate where the client can read it, as long as the run lasts. */
async function storedCertificate({
  cert,
}: KeyPair): Promise<{ readonly file: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "wireproof-"));
  const file = join(folder, "certificate.pem");
  await writeWhole(file, cert);
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** As long as an agent may be called by its URL. */
function agentName(value: string, flag: string): string {
  const name = plainText(value, flag);
  if (name.length > 200) throw new UsageError(`${flag} takes at most 200 characters`);
  return name;
}
