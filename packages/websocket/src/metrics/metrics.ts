import { invalidArgument } from "../errors.js";
import { newCounters } from "../session/counters.js";
import type { Counters } from "../session/counters.js";

/**
 * What {@link metrics} needs of a server; every `Server` has it.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import type { MeasuredServer } from "@wireproof/websocket/metrics";
 *
 * const measured: MeasuredServer = createServer();
 * console.assert(measured.counters.opened === 0 && measured.connections.size === 0);
 * ```
 */
export interface MeasuredServer {
  readonly counters: Readonly<Counters>;
  readonly connections: ReadonlySet<{ readonly bufferedAmount: number }>;
}

/**
 * How {@link metrics} names what it counts.
 *
 * @example
 * ```ts
 * import { createServer } from "@wireproof/websocket";
 * import { metrics, type MetricsOptions } from "@wireproof/websocket/metrics";
 *
 * const options: MetricsOptions = { prefix: "chat", labels: { region: "eu" } };
 * console.assert(metrics(createServer(), options).includes('chat_connections{region="eu"} 0'));
 * ```
 */
export interface MetricsOptions {
  /** What each name begins with, before "_": letters, digits, "_" and ":", no digit first. Default "websocket". */
  readonly prefix?: string;
  /**
   * Labels of every sample. A name has letters, digits and "_", no digit first, does not begin with "__", and is none that
   * this package uses ("server", "clean"). Default: none.
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The Content-Type of what {@link metrics} returns.
 *
 * @example
 * ```ts
 * import { METRICS_CONTENT_TYPE } from "@wireproof/websocket/metrics";
 *
 * console.assert(METRICS_CONTENT_TYPE.startsWith("text/plain; version=0.0.4"));
 * ```
 */
export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/**
 * The counters of servers as they stand now, in the text format of Prometheus (version 0.0.4). It looks at each open
 * connection once, so call it for each scrape and not for each message.
 *
 * @param servers - A server; or several, whose numbers are added up; or several by name, which become the label "server".
 * @param options - Prefix and labels. Default: "websocket", and none.
 * @returns The text, which ends in a line feed.
 * @throws {@link WebSocketError} (InvalidArgument) for a prefix or a label that Prometheus does not take.
 *
 * @example
 * ```ts
 * import { createServer as createHttpServer } from "node:http";
 * import { once } from "node:events";
 * import { createServer } from "@wireproof/websocket";
 * import { METRICS_CONTENT_TYPE, metrics } from "@wireproof/websocket/metrics";
 *
 * const server = createServer();
 * const http = createHttpServer((_request, response) => {
 *   response.setHeader("Content-Type", METRICS_CONTENT_TYPE).end(metrics(server));
 * });
 * server.attach(http);
 * http.listen(0, "127.0.0.1");
 * await once(http, "listening");
 * const address = http.address();
 * const port = typeof address === "object" ? address?.port : undefined;
 *
 * const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
 * console.assert((await answer.text()).includes("\nwebsocket_opened_total 0\n"));
 * http.close();
 * http.closeAllConnections();
 * ```
 */
export function metrics(
  servers: MeasuredServer | Iterable<MeasuredServer> | Readonly<Record<string, MeasuredServer>>,
  options: MetricsOptions = {},
): string {
  const { prefix = "websocket", labels = {} } = options;
  if (!/^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(prefix))
    throw invalidArgument(`"${prefix}" cannot begin the name of a metric.`);
  for (const name of Object.keys(labels)) assertLabel(name);
  const groups = groupsOf(servers).map(([name, group]) => sampleOf(name, group));
  return METRICS.map(({ name, type, help, samples }) => {
    const full = `${prefix}_${name}`;
    const lines = groups.flatMap(({ own, numbers }) =>
      samples.map(([more, value]) => `${full}${written({ ...labels, ...own, ...more })} ${value(numbers)}`),
    );
    return `# HELP ${full} ${help}\n# TYPE ${full} ${type}\n${lines.map((line) => `${line}\n`).join("")}`;
  }).join("");
}

interface Numbers extends Counters {
  bufferedOctets: number;
}

interface Metric {
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
  /** Labels and value of each sample. */
  readonly samples: readonly (readonly [
    labels: Readonly<Record<string, string>>,
    value: (numbers: Numbers) => number,
  ])[];
}

/** Prometheus counts in bytes, and calls a counter by its plural and "_total". */
const METRICS: readonly Metric[] = [
  gauge(
    "connections",
    "Connections that are open now, those in the closing handshake among them.",
    "connections",
  ),
  gauge("buffered_bytes", "Bytes that wait to be sent on connections that are open now.", "bufferedOctets"),
  counter("opened_total", "Opening handshakes that were accepted.", "opened"),
  counter("refused_total", "Opening handshakes that were refused.", "refused"),
  {
    name: "closed_total",
    type: "counter",
    help: "Connections that ended, and whether both Close frames went over the wire.",
    samples: [
      [{ clean: "true" }, (numbers) => numbers.closedCleanly],
      [{ clean: "false" }, (numbers) => numbers.closedUncleanly],
    ],
  },
  counter("received_messages_total", "Messages that were received whole.", "messagesReceived"),
  counter("sent_messages_total", "Messages that were sent.", "messagesSent"),
  counter("received_bytes_total", "Bytes of frames that were received.", "octetsReceived"),
  counter("sent_bytes_total", "Bytes of frames that were sent.", "octetsSent"),
  counter(
    "violations_total",
    "Connections that were failed because the client broke the protocol or a limit.",
    "violations",
  ),
  counter("dropped_messages_total", "Messages that the backlog policy dropped.", "dropped"),
  counter(
    "heartbeat_timeouts_total",
    "Connections that were failed because the client was silent for too long.",
    "heartbeatTimeouts",
  ),
  counter("rate_exceeded_total", "How often a client sent more than the rate allows.", "rateExceeded"),
];

function counter(name: string, help: string, key: keyof Numbers): Metric {
  return { name, type: "counter", help, samples: [[{}, (numbers) => numbers[key]]] };
}

function gauge(name: string, help: string, key: keyof Numbers): Metric {
  return { ...counter(name, help, key), type: "gauge" };
}

type Group = readonly [name: string | undefined, servers: readonly MeasuredServer[]];

function groupsOf(servers: Parameters<typeof metrics>[0]): readonly Group[] {
  if (isServer(servers)) return [[undefined, [servers]]];
  if (isList(servers)) return [[undefined, [...servers]]];
  return Object.entries(servers).map(([name, server]) => [name, [server]]);
}

function isServer(servers: Parameters<typeof metrics>[0]): servers is MeasuredServer {
  return "counters" in servers && "connections" in servers && servers.connections instanceof Set;
}

function isList(servers: object): servers is Iterable<MeasuredServer> {
  return Symbol.iterator in servers;
}

/** The numbers of all of them together. */
function sampleOf(
  name: string | undefined,
  servers: readonly MeasuredServer[],
): { readonly own: Readonly<Record<string, string>>; readonly numbers: Numbers } {
  const sums: Partial<Record<keyof Numbers, number>> = {};
  const add = (key: keyof Numbers, value: number): void => {
    sums[key] = (sums[key] ?? 0) + value;
  };
  for (const { counters, connections } of servers) {
    for (const [key, value] of Object.entries(counters)) add(key as keyof Counters, value);
    for (const { bufferedAmount } of connections) add("bufferedOctets", bufferedAmount);
  }
  return { own: name === undefined ? {} : { server: name }, numbers: { ...NOTHING, ...sums } };
}

const NOTHING: Numbers = { ...newCounters(), bufferedOctets: 0 };

function assertLabel(name: string): void {
  const isName = /^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
  if (!isName || name === "server" || name === "clean")
    throw invalidArgument(`"${name}" cannot be the name of a label.`);
}

function written(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
