import type { Case } from "../case/case.js";
import type { RunEvent } from "../run/event.js";
import { serve, type ServedRun, type ServeOptions } from "../serve/serve.js";
import { agentNameOf } from "../test-client/client-command.js";
import { testClient, type TestedClient } from "../test-client/test-client.js";
import { admissionOf } from "./admission-options.js";
import type { OpenBaseline } from "./baseline-options.js";
import { Checkpoints } from "./checkpoints.js";
import { command, type Command } from "./command.js";
import type { ExitCode } from "./exit-code.js";
import { given } from "./given.js";
import type { Io } from "./io.js";
import { bindProblem } from "./listen-options.js";
import type { Values } from "./option.js";
import { playOptionsOf } from "./play-options.js";
import { playReported } from "./play-reported.js";
import { certificateFile, serverKeyPair } from "./server-tls.js";
import { clientCommand, type StartCommand } from "./start-command.js";
import { TEST_CLIENT_OPTIONS, type TestClientOptions } from "./test-client-options.js";
import { sharedSettings } from "./shared-settings.js";
import { UsageError } from "./usage-error.js";

const LOOPBACK = "127.0.0.1";

export type TestClientValues = Values<TestClientOptions>;

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
  options: TEST_CLIENT_OPTIONS,
  settings: sharedSettings(TEST_CLIENT_OPTIONS),
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
  action: (values, words, io) => testStartedClient(values, words, io),
});

/** A client that we start, or that the user starts. */
type Tested = TestedClient | Pick<ServedRun, keyof TestedClient>;

/** Tests a client as the options say, and returns the exit code. `baseline`: that of several runs. */
export async function testStartedClient(
  values: TestClientValues,
  words: readonly string[],
  io: Io,
  baseline?: OpenBaseline,
): Promise<ExitCode> {
  const played = playOptionsOf(values, "client");
  const client = await clientCommand(words);
  if (client === null && values.retries > 0)
    throw new UsageError("--retries needs the command of the client, which has to come again");
  const tls = await serverKeyPair(values);
  const checkpoints = new Checkpoints();
  const certificate = tls === undefined ? undefined : await certificateFile(tls);
  let tested: Tested | undefined;
  const play = async (cases: readonly Case[], signal: AbortSignal): Promise<AsyncIterable<RunEvent>> => {
    const options: ServeOptions = {
      ...played,
      http2: values.http2,
      cases,
      host: LOOPBACK,
      port: values.port ?? 0,
      admission: admissionOf(values, io),
      reported: () => checkpoints.passed(),
      signal,
      ...given("tls", tls),
    };
    const begun = await begin(options, values, client, certificate?.file);
    tested = begun;
    return announced(begun, io);
  };
  try {
    return await playReported(
      {
        values,
        cases: played.cases,
        play,
        readers: (outputs) => outputs.map((reader) => checkpoints.follow(reader)),
      },
      io,
      baseline,
    );
  } finally {
    tested?.stop();
    await certificate?.remove();
  }
}

/** Says where the client is tested, when everything is ready for it. */
async function* announced({ url, events }: Tested, io: Io): AsyncGenerator<RunEvent, void> {
  io.complain(`the client is tested at ${url}`);
  yield* events;
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
