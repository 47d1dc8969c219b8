import type { BatchObservableResult, Counter, Histogram, Meter, ObservableCounter } from "@opentelemetry/api";
import type { Attributes, UpDownCounter } from "@opentelemetry/api";

import type { Counters } from "../protocol/counters.js";
import type { CloseInfo } from "../session/connection.js";

/** A connection that is open now. */
interface Counted {
  readonly counters: Readonly<Counters>;
}

type Traffic = Pick<Counters, "messagesReceived" | "messagesSent" | "octetsReceived" | "octetsSent">;

/** The metrics of one role, `websocket.server.…` or `websocket.client.…`. */
export class RoleInstruments {
  readonly #active: UpDownCounter;
  readonly #handshakes: Histogram;
  readonly #failed: Counter;
  readonly #durations: Histogram;
  readonly #roundTrips: Histogram;
  readonly #messages: ObservableCounter;
  readonly #octets: ObservableCounter;
  readonly #stopObserving: () => void;
  readonly #open = new Map<Counted, number>();
  /** Of connections that are gone. */
  readonly #traffic: Traffic = { messagesReceived: 0, messagesSent: 0, octetsReceived: 0, octetsSent: 0 };
  /** The codes of applications that have been seen. */
  readonly #codes = new Set<number>();

  constructor(meter: Meter, role: "server" | "client") {
    const name = (rest: string): string => `websocket.${role}.${rest}`;
    const seconds = (description: string, explicitBucketBoundaries: number[]): object => ({
      unit: "s",
      description,
      advice: { explicitBucketBoundaries },
    });
    this.#active = meter.createUpDownCounter(name("active_connections"), {
      unit: "{connection}",
      description: "Connections that are open now.",
    });
    this.#handshakes = meter.createHistogram(
      name("handshake.duration"),
      seconds("Duration of opening handshakes.", SHORT),
    );
    this.#failed = meter.createCounter(name("handshake.failures"), {
      unit: "{handshake}",
      description:
        role === "server" ? "Opening handshakes that were refused." : "Opening handshakes that failed.",
    });
    this.#durations = meter.createHistogram(
      name("connection.duration"),
      seconds("Duration of connections, from the opening handshake to their end.", LONG),
    );
    this.#roundTrips = meter.createHistogram(
      name("ping.duration"),
      seconds("Time from a ping to its pong.", SHORT),
    );
    this.#messages = meter.createObservableCounter(name("messages"), {
      unit: "{message}",
      description: "Messages that were sent and received.",
    });
    this.#octets = meter.createObservableCounter(name("io"), {
      unit: "By",
      description: "Octets of frames that were sent and received, without those of TLS.",
    });
    const observables = [this.#messages, this.#octets];
    const observe = (result: BatchObservableResult): void => this.#observe(result);
    meter.addBatchObservableCallback(observe, observables);
    this.#stopObserving = () => meter.removeBatchObservableCallback(observe, observables);
  }

  handshakeEnded(durationMs: number, attributes: Attributes): void {
    this.#handshakes.record(durationMs / 1000, attributes);
  }

  handshakeFailed(attributes: Attributes): void {
    this.#failed.add(1, attributes);
  }

  opened(connection: Counted): void {
    this.#open.set(connection, performance.now());
    this.#active.add(1);
  }

  /** Those that were open before are not known. */
  closed(connection: Counted, { code, wasClean }: CloseInfo): void {
    const openedAt = this.#open.get(connection);
    if (openedAt === undefined) return;
    this.#open.delete(connection);
    this.#active.add(-1);
    addTo(this.#traffic, connection.counters);
    const attributes = { "websocket.close.clean": wasClean, ...this.#codeAttribute(code) };
    this.#durations.record((performance.now() - openedAt) / 1000, attributes);
  }

  answered(roundTripMs: number): void {
    this.#roundTrips.record(roundTripMs / 1000);
  }

  /** Forgets all connections; they count as no longer active. */
  stop(): void {
    this.#stopObserving();
    this.#active.add(-this.#open.size);
    this.#open.clear();
  }

  /** A peer may send 2,000 codes (RFC 6455 §7.4.2). Each would be a time series for ever, so those beyond the first few are left out. */
  #codeAttribute(code: number): Attributes {
    if (code >= 3000 && !this.#codes.has(code)) {
      if (this.#codes.size >= MOST_CODES) return {};
      this.#codes.add(code);
    }
    return { "websocket.close.code": code };
  }

  #observe(result: BatchObservableResult): void {
    const now = { ...this.#traffic };
    for (const { counters } of this.#open.keys()) addTo(now, counters);
    const both = (metric: ObservableCounter, received: number, sent: number): void => {
      result.observe(metric, received, { "network.io.direction": "receive" });
      result.observe(metric, sent, { "network.io.direction": "transmit" });
    };
    both(this.#messages, now.messagesReceived, now.messagesSent);
    both(this.#octets, now.octetsReceived, now.octetsSent);
  }
}

function addTo(traffic: Traffic, counters: Traffic): void {
  traffic.messagesReceived += counters.messagesReceived;
  traffic.messagesSent += counters.messagesSent;
  traffic.octetsReceived += counters.octetsReceived;
  traffic.octetsSent += counters.octetsSent;
}

const MOST_CODES = 64;
/** In seconds, as the conventions have them for requests of HTTP. */
const SHORT = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** Up to a day. */
const LONG = [0.1, 1, 5, 10, 30, 60, 300, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400];
