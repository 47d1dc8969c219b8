import {
  requirementOutcome,
  maskingKeyFaults,
  openingKeyFaults,
  type Fault,
  type KeyFault,
} from "../judge/lint.js";
import type { FaultOutcome } from "../judge/verdict.js";
import { MaskingKeyTally } from "../record/masking-keys.js";
import { OpeningKeyTally } from "../record/opening-keys.js";
import { packetsOf } from "./capture-file.js";
import { Connections, MAX_CONNECTIONS, type Connection } from "./connections.js";
import type { ConversationKind } from "./conversation.js";
import type { Side } from "./direction.js";
import type { CaptureEnd } from "./packet.js";
import { endText, segmentOf } from "./segment.js";
import type { Place } from "./tcp-stream.js";

/** What was found in a capture. */
export interface LintReport {
  readonly packets: number;
  /** TCP connections of all kinds. */
  readonly connections: number;
  /** Those that are WebSocket, that ask for it, or that are TLS, the first of them. */
  readonly listed: readonly ListedConnection[];
  /** How many more of them there are. */
  readonly notListed: number;
  /** Connections whose frames were checked. */
  readonly checked: number;
  /** Each requirement once for each side, in the order in which they were first seen. */
  readonly findings: readonly LintFinding[];
  /** What could not be read or checked, in sentences. */
  readonly notes: readonly string[];
}

export interface ListedConnection {
  readonly number: number;
  readonly client: string;
  readonly server: string;
  readonly kind: Exclude<ConversationKind, "other">;
  /** The target of the opening handshake; null where none was seen. */
  readonly target: string | null;
  /** The status of its answer; null where none was seen. */
  readonly status: number | null;
  readonly extension: string | null;
  /** Complete frames of each side. */
  readonly frames: Readonly<Record<Side, number>>;
  /** What could not be checked, in clauses. */
  readonly notes: readonly string[];
}

export interface LintFinding {
  readonly side: Side;
  readonly requirement: string;
  readonly outcome: FaultOutcome;
  /** What that side did, in a clause. */
  readonly because: string;
  readonly first: {
    readonly connection: number;
    readonly packet: number;
    /** Since the first packet; null where the capture does not say. */
    readonly seconds: number | null;
  };
  /** On how many connections it was seen. */
  readonly connections: number;
}

/** Connections that are listed; more are counted. */
const LISTED = 1000;

/** Addresses whose clients are told apart. */
const CLIENTS = 10_000;

/** Reads a capture and checks the WebSocket connections in it. Throws a CaptureError if it is no capture. */
export async function lintCapture(chunks: AsyncIterable<Uint8Array>): Promise<LintReport> {
  const lint = new CaptureLint();
  const end: CaptureEnd = { problem: null };
  for await (const packet of packetsOf(chunks, end)) {
    lint.begin({ packet: packet.number, atNanos: packet.atNanos });
    const segment = segmentOf(packet);
    if (typeof segment === "string") lint.skip(segment, packet.linkType);
    else lint.connections.add(segment, { packet: packet.number, atNanos: packet.atNanos });
  }
  return lint.report(end);
}

interface Seen {
  readonly fault: Fault;
  readonly side: Side;
  readonly connection: number;
  readonly place: Place;
  connections: number;
}

/** What the keys of a client can show. */
const SHOWN_BY = ["repeats", "foreseen", "all"] as const;

/** A connection that was the first to show something, and how many did. */
interface Trail {
  first: Connection | undefined;
  connections: number;
}

/** The keys of all clients at one address. */
class ClientKeys {
  readonly opening = new OpeningKeyTally();
  readonly masking = new MaskingKeyTally();
  readonly trails: Readonly<Record<KeyFault["shownBy"], Trail>> = {
    repeats: { first: undefined, connections: 0 },
    foreseen: { first: undefined, connections: 0 },
    all: { first: undefined, connections: 0 },
  };
}

class CaptureLint {
  readonly connections = new Connections({
    offence: ({ side, requirement, because }, connection, place) =>
      this.#add({ requirement, because, outcome: requirementOutcome(requirement) }, side, connection, place),
    over: (connection) => this.#over(connection),
  });
  readonly #seen = new Map<string, Seen>();
  readonly #listed: ListedConnection[] = [];
  readonly #keys = new Map<string, ClientKeys>();
  #notListed = 0;
  #checked = 0;
  #packets = 0;
  #began: bigint | null = null;
  #fragments = 0;
  readonly #unknownLinks = new Set<number>();

  begin({ packet, atNanos }: Place): void {
    this.#packets = packet;
    this.#began ??= atNanos;
  }

  skip(why: "other" | "fragment" | "unknown-link", linkType: number): void {
    if (why === "fragment") this.#fragments++;
    if (why === "unknown-link") this.#unknownLinks.add(linkType);
  }

  report({ problem }: CaptureEnd): LintReport {
    this.connections.end();
    this.#judgeKeys();
    return {
      packets: this.#packets,
      connections: this.connections.count,
      listed: this.#listed.toSorted((a, b) => a.number - b.number),
      notListed: this.#notListed,
      checked: this.#checked,
      findings: [...this.#seen.values()].map((seen) => this.#finding(seen)),
      notes: [...this.#notes(problem)],
    };
  }

  *#notes(problem: string | null): Generator<string> {
    if (problem !== null) yield `${problem}.`;
    if (this.#unknownLinks.size > 0)
      yield `Packets of link type ${[...this.#unknownLinks].join(", ")} were not read: it is not known here.`;
    if (this.#fragments > 0)
      yield `${this.#fragments} fragments of IP packets were passed over: they are not put together.`;
    if (this.connections.ignored > 0)
      yield `${this.connections.ignored} connections were passed over: at most ${MAX_CONNECTIONS} are followed at the same time.`;
  }

  #over(connection: Connection): void {
    const { conversation, number, client, server } = connection;
    const { kind, key } = conversation;
    if (kind === "other") return;
    const isChecked = conversation.direction("client") !== null;
    if (isChecked) this.#checked++;
    const keys = this.#keysOf(client);
    if (key !== undefined) {
      for (const fault of openingKeyFaults(key, keys.opening.add(key, kind === "open")))
        this.#add(fault, "client", connection, connection.first);
    }
    this.#addMaskingKeys(keys, connection);
    if (this.#listed.length >= LISTED) {
      this.#notListed++;
      return;
    }
    this.#listed.push({
      number,
      client: endText(client),
      server: endText(server),
      kind,
      target: conversation.target,
      status: conversation.status,
      extension: conversation.extension,
      frames: {
        client: conversation.direction("client")?.frames ?? 0,
        server: conversation.direction("server")?.frames ?? 0,
      },
      notes: conversation.notes,
    });
  }

  #addMaskingKeys(keys: ClientKeys, connection: Connection): void {
    const record = connection.conversation.direction("client")?.maskingKeys;
    if (record === undefined) return;
    const shown = { repeats: keys.masking.add(record) > 0, foreseen: record.foreseen > 0, all: true };
    for (const name of SHOWN_BY) {
      if (!shown[name]) continue;
      keys.trails[name].first ??= connection;
      keys.trails[name].connections++;
    }
  }

  #judgeKeys(): void {
    for (const { masking, trails } of this.#keys.values()) {
      for (const { shownBy, ...fault } of maskingKeyFaults(masking.facts)) {
        const { first, connections } = trails[shownBy];
        if (first !== undefined) this.#note(fault, "client", first, first.first, connections);
      }
    }
  }

  /** Ports change from one connection to the next, the address stays. */
  #keysOf(client: string): ClientKeys {
    const known = client.slice(0, -4);
    const address = this.#keys.has(known) || this.#keys.size < CLIENTS ? known : "others";
    const keys = this.#keys.get(address) ?? new ClientKeys();
    this.#keys.set(address, keys);
    return keys;
  }

  #add(fault: Fault, side: Side, connection: Connection, place: Place): void {
    const key = `${side} ${fault.requirement}`;
    if (connection.shown.has(key)) return;
    connection.shown.add(key);
    this.#note(fault, side, connection, place, 1);
  }

  #note(fault: Fault, side: Side, { number }: Connection, place: Place, connections: number): void {
    const key = `${side} ${fault.requirement}`;
    const seen = this.#seen.get(key);
    if (seen === undefined) this.#seen.set(key, { fault, side, connection: number, place, connections });
    else seen.connections += connections;
  }

  #finding({ fault, side, connection, place, connections }: Seen): LintFinding {
    const { requirement, outcome, because } = fault;
    const { packet, atNanos } = place;
    const seconds =
      atNanos === null || this.#began === null ? null : Number(atNanos - this.#began) / 1_000_000_000;
    return {
      side,
      requirement,
      outcome,
      because: because.replaceAll("the peer", `the ${side}`),
      first: { connection, packet, seconds },
      connections,
    };
  }
}
