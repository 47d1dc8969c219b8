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
import { openRunOutputs, outputOptions } from "./output-options.js";
import { playOptions, playOptionsOf } from "./play-options.js";
import { reportRun } from "./report-run.js";
import { certificateFile, serverKeyPair, serverTlsOptions } from "./server-tls.js";
import { clientCommand, type StartCommand } from "./start-command.js";
import { UsageError } from "./usage-error.js";

const LOOPBACK = "127.0.0.1";

const OPTIONS = {
  agent: {
    ...single(
      "NAME",
      "Name for a client that sends no name; {agent} in the command stands for it.",
      agentName,
    ),
    fallback: "the name of its file",
  },
  ...playOptions,
  ...outputOptions,
  single: toggle(
    "Start the command once for each case. {url} is then the address of that case; the client connects to it and echoes. Without this option, the tester does so as soon as a client opens {url} and only waits.",
  ),
  parallel: withDefault(
    single(
      "N",
      "Processes at the same time, from 1 to 64, if there is one for each case.",
      numberBetween(1, 64, "integer"),
    ),
    1,
  ),
  timeout: withDefault(
    single(
      "SECONDS",
      "How long the client may run without a new result while no case is in flight, from 0.1 to 3600.",
      numberBetween(0.1, 3600, "decimal"),
    ),
    30,
  ),
  port: {
    ...single(
      "N",
      "Port for the client, if the client needs a fixed one.",
      numberBetween(0, 65_535, "integer"),
    ),
    fallback: "any free port",
  },
  ...serverTlsOptions,
  ...admissionOptions,
} satisfies Options;

type TestClientValues = Values<typeof OPTIONS>;

/** `wireproof test-client`: plays cases against a client that it starts. */
export const testClientCommand: Command = command({
  name: "test-client",
  summary: "Tests a WebSocket client that it starts.",
  details:
    "In the command, {url} stands for the address of the tester; the environment variable WIREPROOF_URL has it, too. The client walks through the cases as with wireproof serve. If it ends in a case, that is a finding, and it is started again. When all cases have run, it is ended with everything that it started. No shell runs the command. With --tls, {ca} and WIREPROOF_CA name a file with the certificate to trust. Without a command, you start the client.",
  positionals: [
    {
      name: "command",
      description: "The client with its arguments. A single word is split as a shell does.",
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

/** A client that we start, or that the user starts. */
type Tested = TestedClient | Pick<ServedRun, keyof TestedClient>;

async function test(values: TestClientValues, words: readonly string[], io: Io): Promise<number> {
  const played = playOptionsOf(values, "client");
  const client = await clientCommand(words);
  const tls = await serverKeyPair(values);
  const checkpoints = new Checkpoints();
  // First of all: opening the reports would empty the files of another run that is still in progress.
  const release = await occupyFolder(values.out);
  const certificate = tls === undefined ? undefined : await certificateFile(tls);
  let tested: Tested | undefined;
  try {
    const options: ServeOptions = {
      ...played,
      host: LOOPBACK,
      port: values.port ?? 0,
      admission: admissionOf(values, io),
      reported: () => checkpoints.passed(),
      signal: io.signal,
      ...given("tls", tls),
    };
    tested = await begin(options, values, client, certificate?.file);
    const readers = await openRunOutputs(values, io);
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
  client: StartCommand | null,
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

/** The same limit as for names of agents in URLs. */
function agentName(value: string, flag: string): string {
  const name = plainText(value, flag);
  if (name.length > 200) throw new UsageError(`${flag} takes at most 200 characters`);
  return name;
}
