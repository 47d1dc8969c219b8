import { table } from "../cli/help.js";
import { MODES } from "./modes.js";
import { WSTEST_OPTIONS } from "./options.js";

/** What `wstest --help` prints. */
export function wstestHelp(columns: number): string {
  const options = WSTEST_OPTIONS.map(({ name, short, placeholder, description }) => {
    const long = placeholder === undefined ? `--${name}` : `--${name}=${placeholder}`;
    return [short === "" ? `    ${long}` : `-${short}, ${long}`, description] as const;
  });
  const blocks = [
    "Usage: wstest -m MODE [options]",
    table("Modes", [...MODES], columns),
    table("Options", options, columns),
    table("Environment", ENVIRONMENT, columns),
    table("Exit codes", EXIT_CODES, columns),
  ];
  return `${blocks.join("\n\n")}\n`;
}

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  [
    "WSTEST_EXIT=strict",
    "Use the exit codes of wireproof: 1 for unexpected results, 3 if a server cannot be reached.",
  ],
  [
    "WSTEST_ALLOW_HOST=NAMES",
    "Further host names that browsers may use for fuzzingserver and the pages, separated by commas.",
  ],
  [
    "WSTEST_ALLOW_ORIGIN=ORIGINS",
    "Further origins whose pages may connect to fuzzingserver, separated by commas.",
  ],
  [
    "WSTEST_WAIT=SECONDS",
    "How long to try again while servers are not up yet, for all servers together, 0 to 3600. Default: 10.",
  ],
  ["WSTEST_CONCURRENCY=N", "Connections of fuzzingclient at the same time, 1 to 256. Default: 32."],
];

const EXIT_CODES: readonly (readonly [string, string])[] = [
  ["0", "The run is over. Its results do not change this code."],
  ["1", "The command line cannot be used."],
  ["2", "The spec file, or a file that it names, cannot be used."],
  ["4", "The tester itself is at fault."],
];
