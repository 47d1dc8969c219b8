/** What is measured, as data. */

/** What the generator makes the server do, again and again. */
export type Work =
  | {
      readonly do: "echo";
      readonly content: "binary" | "text" | "json";
      readonly octets: number;
      /** Messages that go out in one write; the next write waits for all of their echoes. */
      readonly pipelined: number;
      readonly connections: number;
    }
  | { readonly do: "publish"; readonly octets: number; readonly connections: number }
  | { readonly do: "handshakes"; readonly atOnce: number }
  | { readonly do: "idle"; readonly connections: number }
  | {
      /** One client floods, another is polite. */
      readonly do: "bystander";
      /** Messages of one octet, each of which takes the handler 10 µs, or empty pings for which there is no handler. */
      readonly flood: "messages" | "pings";
      readonly octets: number;
    };

/** The target for @wireproof/websocket. */
export interface Target {
  /** At most so much of what `ws` takes in the same run. */
  readonly ofWs?: number;
  readonly isBelowBun?: true;
  /** Over HTTP/2 at most so much of what it takes over HTTP/1.1 in the same run. */
  readonly http2OfHttp1?: number;
}

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly unit: Unit;
  readonly work: Work;
  readonly tls: boolean;
  /** permessage-deflate is offered, must be agreed on, and every reply must be compressed. */
  readonly deflate: boolean;
  readonly target: Target | null;
}

export type Unit = "µs/message" | "µs/publish" | "µs/handshake" | "KiB/connection" | "ms at worst";

const PLAIN = { tls: false, deflate: false } as const;
const TLS = { tls: true, deflate: false } as const;
const DEFLATE = { tls: false, deflate: true } as const;

export const ROWS: readonly Row[] = [
  { id: "echo-64", title: "echo 64 B", ...echo("binary", 64), ...PLAIN, target: { ofWs: 0.7 } },
  { id: "echo-1k", title: "echo 1 KiB", ...echo("binary", 1024), ...PLAIN, target: null },
  {
    id: "echo-16k",
    title: "echo 16 KiB",
    ...echo("binary", 16_384),
    ...PLAIN,
    target: { ofWs: 0.4, isBelowBun: true },
  },
  { id: "echo-text-64", title: "echo 64 B of text", ...echo("text", 64), ...PLAIN, target: null },
  { id: "echo-text-16k", title: "echo 16 KiB of text", ...echo("text", 16_384), ...PLAIN, target: null },
  {
    id: "pipelined-64",
    title: "16 pipelined 64 B frames",
    ...echo("binary", 64, 16),
    ...PLAIN,
    target: null,
  },
  {
    id: "pipelined-1k",
    title: "16 pipelined 1 KiB frames",
    ...echo("binary", 1024, 16),
    ...PLAIN,
    target: { ofWs: 0.15, isBelowBun: true },
  },
  {
    id: "wss-64",
    title: "wss echo 64 B",
    ...echo("binary", 64),
    ...TLS,
    target: { ofWs: 0.7, http2OfHttp1: 1.6 },
  },
  { id: "wss-16k", title: "wss echo 16 KiB", ...echo("binary", 16_384), ...TLS, target: { ofWs: 0.6 } },
  {
    id: "deflate-300",
    title: "permessage-deflate echo, 300 B of JSON",
    ...echo("json", 300),
    ...DEFLATE,
    target: { ofWs: 0.35 },
  },
  {
    id: "publish-1000",
    title: "publish 100 B to 1,000 connections",
    unit: "µs/publish",
    work: { do: "publish", octets: 100, connections: 1000 },
    ...PLAIN,
    target: { ofWs: 0.35 },
  },
  {
    id: "handshakes",
    title: "connect, opening handshake, close",
    unit: "µs/handshake",
    work: { do: "handshakes", atOnce: 20 },
    ...PLAIN,
    target: { ofWs: 1 },
  },
  {
    id: "idle-tls",
    title: "idle wss connection, after one message",
    ...idle(4000),
    ...TLS,
    target: { http2OfHttp1: 1 },
  },
  { id: "idle", title: "idle connection, after one message", ...idle(12_000), ...PLAIN, target: { ofWs: 1 } },
  {
    id: "idle-deflate",
    title: "idle connection with deflate, after one message",
    ...idle(4000),
    ...DEFLATE,
    target: { ofWs: 0.06 },
  },
  {
    id: "bystander",
    title: "innocent bystander: round trip while another sends 6 MB of 7-octet messages",
    ...bystander("messages"),
    ...PLAIN,
    target: { ofWs: 1 },
  },
  {
    id: "bystander-pings",
    title: "innocent bystander: round trip while another sends 6 MB of empty pings",
    ...bystander("pings"),
    ...PLAIN,
    target: { ofWs: 1 },
  },
];

/** Rows whose id matches one of the patterns, in which `*` stands for anything; all rows for no pattern. */
export function selectRows(patterns: readonly string[]): readonly Row[] {
  if (patterns.length === 0) return ROWS;
  const wanted = patterns.map((pattern) => {
    const parts = pattern.split("*").map((part) => part.replace(/[^\w-]/g, "\\$&"));
    return new RegExp(`^${parts.join(".*")}$`);
  });
  return ROWS.filter(({ id }) => wanted.some((pattern) => pattern.test(id)));
}

function echo(
  content: "binary" | "text" | "json",
  octets: number,
  pipelined = 1,
): { unit: Unit; work: Work } {
  return { unit: "µs/message", work: { do: "echo", content, octets, pipelined, connections: 100 } };
}

function bystander(flood: "messages" | "pings"): { unit: Unit; work: Work } {
  return { unit: "ms at worst", work: { do: "bystander", flood, octets: 6_000_000 } };
}

function idle(connections: number): { unit: Unit; work: Work } {
  return { unit: "KiB/connection", work: { do: "idle", connections } };
}
