import { admissionOptions, type AdmissionCliOptions } from "./admission-options.js";
import { configOption } from "./config-option.js";
import { clientsHttp2Option, hostOption, portOption } from "./listen-options.js";
import { numberBetween, single, toggle, type Joined, type Option } from "./option.js";
import { outputOptions, type OutputOptions } from "./output-options.js";
import { playOptions, type PlayOptions } from "./play-options.js";
import { serverTlsOptions, type ServerTlsOptions } from "./server-tls.js";

/** Port of the pages, if it is free. */
export const WEB_PORT: number = 8080;

interface OwnOptions {
  readonly http2: Option<boolean>;
  readonly config: Option<string | undefined>;
  readonly port: Option<number>;
  readonly host: Option<string>;
  readonly "web-port": Option<number | undefined>;
  readonly once: Option<boolean>;
}

export type ServeOptions = Joined<
  PlayOptions & OutputOptions & ServerTlsOptions & AdmissionCliOptions & OwnOptions
>;

/** The options of `wireproof serve`. */
export const SERVE_OPTIONS: ServeOptions = {
  config: configOption,
  port: portOption,
  host: hostOption,
  "web-port": {
    ...single(
      "N",
      "HTTP port for pages: the state of the run, its reports, and a page that tests the browser; 0: no pages.",
      numberBetween(0, 65_535, "integer"),
    ),
    fallback: `${WEB_PORT}, or no pages if it is in use`,
  },
  ...serverTlsOptions,
  http2: clientsHttp2Option,
  ...admissionOptions,
  ...playOptions,
  once: toggle(
    "End when a client that has a result for every case asks for reports and no case is in flight.",
  ),
  ...outputOptions,
};
