import { WIRE_LOG_ENTRIES, type WireEntry } from "../record/wire-log.js";
import type { CaseEnd, CaseUnconfirmed, RunEvent, RunStart, WireEvent } from "../run/event.js";
import { escapeText } from "./escape.js";
import { beginning } from "./pcapng/blocks.js";
import { SyntheticConnection, type Side } from "./pcapng/connection.js";
import { Http2Frames } from "./pcapng/http2.js";
import type { End } from "./pcapng/tcp.js";
import type { ReportChunk } from "./reporter.js";
import { CLOSING_WORDS, OUTCOME_WORDS, count } from "./words.js";

/** Ports of clients begin here; when they are used up, the address of the client changes. */
const FIRST_PORT = 10_000;
const PORTS = 50_000;
/** Entries kept of a case in flight. A wire log that we wrote ends earlier. */
const MOST_ENTRIES = 2 * WIRE_LOG_ENTRIES;

type Wire = Pick<WireEvent, "at" | "entry">;

/**
 * A capture of every connection, made up from the octets of the wire log: TCP without TLS, whatever was below it. Each
 * connection is a block of packets of its own, written when its case is over. Octets that the log has cut are missing from
 * packets, which say how long they were, and comments say where.
 */
export async function* pcapngReporter(events: AsyncIterable<RunEvent>): AsyncGenerator<ReportChunk> {
  let start: RunStart | null = null;
  const inFlight = new Map<string, Wire[]>();
  const servers = new ServerEnds();
  let connections = 0;
  for await (const event of events) {
    if (event.type === "run") {
      start = event;
      yield { data: beginning(`Wireproof ${event.suite}`) };
    } else if (event.type === "peer-up") servers.add(event.peer, event.url);
    else if (event.type === "case-start") inFlight.set(keyOf(event), []);
    else if (event.type === "wire") {
      const wire = inFlight.get(keyOf(event));
      if (wire !== undefined && wire.length < MOST_ENTRIES) wire.push({ at: event.at, entry: event.entry });
    } else if (event.type === "case-end" || event.type === "case-unconfirmed") {
      const wire = inFlight.get(keyOf(event));
      // A result that is confirmed later comes twice, and is one connection.
      inFlight.delete(keyOf(event));
      if (start === null || wire === undefined || event.record.close.tcp === "never-connected") continue;
      const ends = endsOf(event, servers.of(event.peer), connections++);
      yield { data: Buffer.concat(connectionOf(event, wire, ends).blocks) };
    }
  }
}

/** A case in flight. A client may run a case on several connections at once: each is a separate play. */
function keyOf(event: { readonly peer: string; readonly case: string; readonly attempt: number }): string {
  return `${event.peer}\n${event.case}\n${event.attempt}`;
}

/** Each peer has an address of its own, of the block that RFC 5737 gives for examples, and the port of its URL. */
class ServerEnds {
  readonly #ends = new Map<string, End>();

  add(peer: string, url: string): void {
    if (!this.#ends.has(peer)) this.#ends.set(peer, { address: this.#address(), port: portOf(url) });
  }

  of(peer: string): End {
    this.add(peer, "");
    return this.#ends.get(peer) ?? { address: [198, 51, 100, 1], port: 80 };
  }

  #address(): End["address"] {
    return [198, 51, 100, 1 + (this.#ends.size % 250)];
  }
}

function portOf(url: string): number {
  if (!URL.canParse(url)) return 80;
  const { port, protocol } = new URL(url);
  // On 443 a dissector would take plain octets for TLS.
  const number = Number(port || 80);
  return protocol === "wss:" && number === 443 ? 80 : number || 80;
}

/** The client, whichever side it is, has a port of its own for each connection. */
function endsOf({ record }: CaseEnd | CaseUnconfirmed, peer: End, index: number): Record<Side, End> {
  const clientPort = FIRST_PORT + (index % PORTS);
  const host = 1 + (Math.floor(index / PORTS) % 250);
  const tester: End["address"] = [192, 0, 2, host];
  if (record.role === "client") return { tester: { address: tester, port: clientPort }, peer };
  return {
    tester: { address: tester, port: 80 },
    peer: { address: peer.address, port: clientPort },
  };
}

function connectionOf(
  event: CaseEnd | CaseUnconfirmed,
  wire: readonly Wire[],
  ends: Record<Side, End>,
): SyntheticConnection {
  const { record, verdict } = event;
  const began = Date.parse(record.startedAt) * 1000 || 0;
  const connection = new SyntheticConnection(ends, record.role === "client" ? "tester" : "peer");
  const unlogged = unloggedOctets(event, wire);
  const attempt = event.attempt === 1 ? "" : `, play ${event.attempt}`;
  connection.remark(
    `case ${escapeText(event.case)}${attempt}: ${OUTCOME_WORDS[verdict.outcome]}: ${escapeText(verdict.because)} ${CLOSING_WORDS[verdict.closing]}: ${escapeText(verdict.closingBecause)}`,
  );
  connection.open(began);
  const client = record.role === "client" ? "tester" : "peer";
  let http2: Http2Frames | null = null;
  for (const { at, entry } of wire) {
    if ("http2" in entry) http2 ??= new Http2Frames(connection, client, began + at);
    addEntry({ connection, http2, unlogged }, entry, began + at);
  }
  http2?.end(began + (wire.at(-1)?.at ?? 0));
  connection.close(record.close.tcp, began + (wire.at(-1)?.at ?? 0));
  return connection;
}

interface Capture {
  readonly connection: SyntheticConnection;
  readonly http2: Http2Frames | null;
  readonly unlogged: Map<Side, number>;
}

function addEntry({ connection, http2, unlogged }: Capture, entry: WireEntry, atMicros: number): void {
  if ("http2" in entry) http2?.frame(entry.dir === ">" ? "tester" : "peer", entry.http2, atMicros);
  else if ("octets" in entry) {
    const known = Buffer.from(entry.hex, "hex");
    const missing = entry.octets - known.length;
    if (missing > 0)
      connection.remark(
        `The last ${count(missing, "octet")} of this ${count(entry.octets, "octet")} are not in the log.`,
      );
    (http2 ?? connection).octets(entry.dir === ">" ? "tester" : "peer", known, entry.octets, atMicros);
  } else if (entry.dir === "!")
    connection.remark(escapeText(`violation: ${entry.violation} (${entry.requirement})`));
  else if (entry.dir === "=" && "log" in entry && !entry.log) {
    // The log says no more than how many octets went over the wire in all.
    for (const [side, missing] of unlogged) {
      connection.skip(side, missing);
      connection.remark(
        `The log was switched off: ${count(missing, "octet")} from the ${side} are missing before this.`,
      );
    }
    unlogged.clear();
    http2?.forget();
  }
}

/** Octets of each side that have no entry in the wire log. */
function unloggedOctets({ record }: CaseEnd | CaseUnconfirmed, wire: readonly Wire[]): Map<Side, number> {
  const missing = new Map<Side, number>();
  for (const [side, dir, counts] of [
    ["tester", ">", record.octets.sent],
    ["peer", "<", record.octets.received],
  ] as const) {
    let number = 0;
    for (const [size, times] of Object.entries(counts)) number += Number(size) * times;
    for (const { entry } of wire) if ("octets" in entry && entry.dir === dir) number -= entry.octets;
    if (number > 0) missing.set(side, number);
  }
  return missing;
}
