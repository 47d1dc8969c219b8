import { DEFAULT_CONCURRENCY } from "../run/run-options.js";
import { againstOption } from "./against.js";
import { baselineOptions, type BaselineOptions } from "./baseline-options.js";
import { clientTlsOptions, type ClientTlsOptions } from "./client-tls.js";
import { configOption } from "./config-option.js";
import { handshakeOptions, type HandshakeOptions } from "./handshake-options.js";
import {
  numberBetween,
  plainText,
  several,
  single,
  toggle,
  withDefault,
  type Joined,
  type Option,
} from "./option.js";
import { outputOptions, type OutputOptions } from "./output-options.js";
import { playOptions, type PlayOptions } from "./play-options.js";
import { rerunOptions, type RerunOptions } from "./rerun-options.js";
import { startOption, waitOption, type StartCommand } from "./start-command.js";
import { uiOption } from "./ui-option.js";
import { watchOption } from "./watch.js";

interface OwnOptions {
  readonly config: Option<string | undefined>;
  readonly agent: Option<readonly string[]>;
  readonly against: Option<string | undefined>;
  readonly ui: Option<boolean>;
  readonly concurrency: Option<number>;
  readonly start: Option<StartCommand | undefined>;
  readonly wait: Option<number | undefined>;
  readonly watch: Option<boolean>;
  readonly http2: Option<boolean>;
}

export type TestOptions = Joined<
  PlayOptions &
    OutputOptions &
    BaselineOptions &
    RerunOptions &
    ClientTlsOptions &
    HandshakeOptions &
    OwnOptions
>;

/** The options of `wireproof test`. */
export const TEST_OPTIONS: TestOptions = {
  config: configOption,
  agent: several(
    "NAME",
    "Name of a peer in reports, in the order of the URLs. Default: its Server header, else its URL.",
    plainText,
  ),
  ...playOptions,
  ...outputOptions,
  ...baselineOptions,
  ...rerunOptions,
  against: againstOption,
  ui: uiOption,
  concurrency: withDefault(
    single("N", "Cases in flight at the same time, from 1 to 256.", numberBetween(1, 256, "integer")),
    DEFAULT_CONCURRENCY,
  ),
  start: startOption,
  wait: waitOption,
  watch: watchOption,
  http2: toggle(
    "Speak HTTP/2 (RFC 8441), over wss:// by ALPN and over ws:// with prior knowledge. Cases about the opening handshake of HTTP/1.1 are left out. An https:// URL means the same as wss:// with --http2.",
  ),
  ...clientTlsOptions,
  ...handshakeOptions,
};
