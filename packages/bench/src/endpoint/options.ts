import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ROWS, selectRows, type Row } from "./rows.js";
import { before, SERVERS, type ServerKind } from "./servers.js";

export interface EndpointOptions {
  readonly rows: readonly Row[];
  readonly servers: readonly ServerKind[];
  /** Of one measured interval, in milliseconds. */
  readonly intervalMs: number;
  /** Intervals a server and row; the median counts. */
  readonly rounds: number;
  /** Instead of the row's number of connections; null for that. */
  readonly connections: number | null;
  readonly json: string | null;
  readonly markdown: string | null;
  /** Measure nothing, try the generator. */
  readonly isSelf: boolean;
}

const USAGE = `bench endpoint [--rows PATTERN,…] [--servers NAME,…] [--seconds N] [--rounds N] [--connections N]
               [--before CHECKOUT] [--json FILE] [--markdown FILE]
bench endpoint --self
rows: ${ROWS.map(({ id }) => id).join(", ")}
servers: ${SERVERS.map(({ name }) => name).join(", ")}`;

/** The options, or what is wrong with them. */
export function endpointOptions(args: readonly string[]): EndpointOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        rows: { type: "string", multiple: true, default: [] },
        servers: { type: "string", multiple: true, default: [] },
        seconds: { type: "string", default: "2" },
        rounds: { type: "string", default: "5" },
        connections: { type: "string" },
        before: { type: "string" },
        json: { type: "string" },
        markdown: { type: "string" },
        self: { type: "boolean", default: false },
      },
    });
    const { seconds, rounds, connections, before: checkout, json, markdown, self } = values;
    return {
      rows: rowsOf(names(values.rows)),
      servers: [...serversOf(names(values.servers)), ...(checkout === undefined ? [] : [before(checkout)])],
      intervalMs: 1000 * numberOf("seconds", seconds, 0.1, 600),
      rounds: numberOf("rounds", rounds, 1, 99),
      connections: connections === undefined ? null : numberOf("connections", connections, 1, 20_000),
      json: outputFile("json", json),
      markdown: outputFile("markdown", markdown),
      isSelf: self,
    };
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${USAGE}`;
  }
}

/**
 * Where a result goes: relative to the folder in which the user called npm, which runs scripts in the package's own. The
 * folder has to exist before anything is measured. Null where nothing is written.
 */
function outputFile(option: string, file: string | undefined): string | null {
  if (file === undefined) return null;
  const path = resolve(process.env["INIT_CWD"] ?? "", file);
  if (!existsSync(dirname(path))) throw new Error(`--${option}: there is no folder ${dirname(path)}`);
  return path;
}

function rowsOf(patterns: readonly string[]): readonly Row[] {
  const rows = selectRows(patterns);
  if (rows.length === 0) throw new Error(`no row matches ${patterns.join(", ")}`);
  return rows;
}

function serversOf(wanted: readonly string[]): readonly ServerKind[] {
  const unknown = wanted.filter((wish) => !SERVERS.some(({ name }) => name === wish));
  if (unknown.length > 0) throw new Error(`there is no server ${unknown.join(", ")}`);
  return wanted.length === 0 ? SERVERS : SERVERS.filter(({ name }) => wanted.includes(name));
}

function names(lists: readonly string[]): readonly string[] {
  return lists.flatMap((list) => list.split(",")).filter((name) => name !== "");
}

function numberOf(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (number >= least && number <= most) return number;
  throw new Error(`--${option} takes a number from ${least} to ${most}`);
}
