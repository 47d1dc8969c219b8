import { admissionOptions, type AdmissionCliOptions } from "./admission-options.js";
import { baselineOptions, type BaselineOptions } from "./baseline-options.js";
import { configOption } from "./config-option.js";
import { clientsHttp2Option } from "./listen-options.js";
import { numberBetween, plainText, single, toggle, withDefault, type Joined, type Option } from "./option.js";
import { outputOptions, type OutputOptions } from "./output-options.js";
import { playOptions, type PlayOptions } from "./play-options.js";
import { rerunOptions, type RerunOptions } from "./rerun-options.js";
import { serverTlsOptions, type ServerTlsOptions } from "./server-tls.js";
import { UsageError } from "./usage-error.js";

interface OwnOptions {
  readonly http2: Option<boolean>;
  readonly config: Option<string | undefined>;
  readonly agent: Option<string | undefined>;
  readonly single: Option<boolean>;
  readonly parallel: Option<number>;
  readonly timeout: Option<number>;
  readonly port: Option<number | undefined>;
}

export type TestClientOptions = Joined<
  PlayOptions &
    OutputOptions &
    BaselineOptions &
    RerunOptions &
    ServerTlsOptions &
    AdmissionCliOptions &
    OwnOptions
>;

/** The options of `wireproof test-client`. */
export const TEST_CLIENT_OPTIONS: TestClientOptions = {
  config: configOption,
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
  ...baselineOptions,
  ...rerunOptions,
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
  http2: clientsHttp2Option,
  ...admissionOptions,
};

/** The same limit as for names of agents in URLs. */
function agentName(value: string, flag: string): string {
  const name = plainText(value, flag);
  if (name.length > 200) throw new UsageError(`${flag} takes at most 200 characters`);
  return name;
}
