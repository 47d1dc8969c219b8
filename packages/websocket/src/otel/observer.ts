import type { Channel } from "node:diagnostics_channel";

import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  context,
  diag,
  propagation,
  trace,
} from "@opentelemetry/api";
import type { Attributes, Context, Meter, Span, Tracer } from "@opentelemetry/api";

import type { WebSocketError } from "../errors.js";
import type { CloseInfo, WebSocketConnection } from "../session/connection.js";
import { CHANNELS } from "../session/diagnostics.js";
import type { WatchedHandshake } from "../session/diagnostics.js";
import {
  closeAttributes,
  openedAttributes,
  pathOf,
  requestAttributes,
  spanName,
  statusOf,
} from "./attributes.js";
import { RoleInstruments } from "./instruments.js";
import type { InstrumentationOptions } from "./options.js";

export const NAME = "@wireproof/websocket/otel";

type Role = "server" | "client";

interface Event {
  readonly role: Role;
  readonly connection: WebSocketConnection<unknown>;
}

/** An opening handshake that has begun. */
interface Begun {
  readonly span: Span;
  readonly context: Context;
  readonly startedAt: number;
}

/** Of connections whose handshake had a span. */
const contexts = new WeakMap<object, Context>();

/**
 * The context of the span of a connection's opening handshake, as the beginning of spans of your own: as their parent, or
 * to link them to it. The handshake's span has ended by then.
 *
 * @param connection - A connection of a server or a client.
 * @returns The context; the empty one for a connection that was opened while nothing was instrumented.
 *
 * @example
 * ```ts
 * import { trace } from "@opentelemetry/api";
 * import { createServer } from "@wireproof/websocket";
 * import { contextOf, WebSocketInstrumentation } from "@wireproof/websocket/otel";
 *
 * const instrumentation = new WebSocketInstrumentation();
 * const tracer = trace.getTracer("chat");
 * const server = createServer({
 *   message(ws, data) {
 *     const handshake = trace.getSpanContext(contextOf(ws));
 *     const links = handshake === undefined ? [] : [{ context: handshake }];
 *     tracer.startActiveSpan("chat message", { root: true, links }, (span) => {
 *       ws.send(data);
 *       span.end();
 *     });
 *   },
 * });
 * await server.close();
 * instrumentation.disable();
 * ```
 */
export function contextOf(connection: object): Context {
  return contexts.get(connection) ?? ROOT_CONTEXT;
}

/** Makes spans and metrics out of what the diagnostics channels tell. */
export class Observer {
  options: InstrumentationOptions;
  tracer: Tracer;
  #instruments: Readonly<Record<Role, RoleInstruments>>;
  readonly #begun = new Map<WatchedHandshake, Begun>();
  /** Open connections with a span of their own. */
  readonly #connections = new Map<object, Span>();
  /** Each gets what its channel says it tells. */
  readonly #listeners: readonly (readonly [Channel, (message: unknown) => void])[] = [
    [CHANNELS.handshake, guarded((it: Beginning) => this.#onHandshake(it))],
    [CHANNELS.open, guarded((it: Event & Ending) => this.#onOpen(it))],
    [CHANNELS.refused, guarded((it: Refused) => this.#onRefused(it))],
    [CHANNELS.failed, guarded((it: Failed) => this.#onFailed(it))],
    [CHANNELS.error, guarded((it: Fault) => this.#onError(it))],
    [CHANNELS.close, guarded((it: Event & CloseInfo) => this.#onClose(it))],
    [CHANNELS.pong, guarded((it: Answered) => this.#onPong(it))],
  ];

  constructor(options: InstrumentationOptions, tracer: Tracer, meter: Meter) {
    this.options = options;
    this.tracer = tracer;
    this.#instruments = instrumentsOf(meter);
    for (const [channel, onMessage] of this.#listeners) channel.subscribe(onMessage);
  }

  /** Connections that are open now no longer count. */
  setMeter(meter: Meter): void {
    this.#stopInstruments();
    this.#instruments = instrumentsOf(meter);
  }

  /** Ends; spans that have not ended end now. */
  stop(): void {
    for (const [channel, onMessage] of this.#listeners) channel.unsubscribe(onMessage);
    this.#stopInstruments();
    for (const { span } of this.#begun.values()) span.end();
    for (const span of this.#connections.values()) span.end();
  }

  #stopInstruments(): void {
    this.#instruments.server.stop();
    this.#instruments.client.stop();
  }

  #onHandshake({ handshake }: Beginning): void {
    const isServer = handshake.role === "server";
    const parent = isServer ? propagation.extract(ROOT_CONTEXT, handshake.headers) : context.active();
    const route = isServer ? this.#routeOf(handshake) : undefined;
    const attributes = requestAttributes(handshake, route);
    const kind = kindOf(handshake.role);
    const span = this.tracer.startSpan(spanName(handshake, route), { kind, attributes }, parent);
    const own = trace.setSpan(parent, span);
    this.#begun.set(handshake, { span, context: own, startedAt: performance.now() });
    if (!isServer) propagation.inject(own, handshake, FIELDS);
    const { run } = handshake;
    handshake.run = (work) => context.with(own, () => (run === undefined ? work() : run(work)));
  }

  #routeOf({ target }: WatchedHandshake): string | undefined {
    try {
      return this.options.route?.(pathOf(target));
    } catch (error) {
      diag.error(NAME, error);
      return undefined;
    }
  }

  #onOpen({ role, connection, handshake }: Event & Ending): void {
    const instruments = this.#instruments[role];
    instruments.opened(connection);
    const begun = this.#take(handshake);
    const attributes = openedAttributes(connection.handshake);
    if (begun !== undefined) {
      contexts.set(connection, begun.context);
      begun.span.setAttributes(attributes).end();
      const status = { "http.response.status_code": statusOf(connection.handshake.httpVersion) };
      instruments.handshakeEnded(performance.now() - begun.startedAt, status);
    }
    if (this.options.connectionSpans === true) this.#beginConnection(role, connection, begun, attributes);
  }

  /** In a trace of its own: one that lasts for days is of no use to the request that the handshake belongs to. */
  #beginConnection(
    role: Role,
    connection: WebSocketConnection<unknown>,
    begun: Begun | undefined,
    attributes: Attributes,
  ): void {
    const links = begun === undefined ? [] : [{ context: begun.span.spanContext() }];
    const { "http.response.status_code": _status, ...known } = attributes;
    const options = { kind: kindOf(role), attributes: known, links, root: true };
    this.#connections.set(connection, this.tracer.startSpan("websocket connection", options, ROOT_CONTEXT));
  }

  #onRefused({ status, problem, handshake }: Refused): void {
    const outcome = { "http.response.status_code": status, "error.type": problem };
    this.#instruments.server.handshakeFailed(outcome);
    const begun = this.#take(handshake);
    if (begun === undefined) return;
    this.#instruments.server.handshakeEnded(performance.now() - begun.startedAt, outcome);
    begun.span.setAttributes(outcome);
    // By the conventions, a server has not failed where it tells a client of a mistake.
    if (status >= 500) begun.span.setStatus({ code: SpanStatusCode.ERROR });
    begun.span.end();
  }

  #onFailed({ error, handshake }: Failed): void {
    const outcome = failureOf(error);
    this.#instruments.client.handshakeFailed(outcome);
    const begun = this.#take(handshake);
    if (begun === undefined) return;
    this.#instruments.client.handshakeEnded(performance.now() - begun.startedAt, outcome);
    begun.span.setAttributes(outcome);
    begun.span.setStatus({ code: SpanStatusCode.ERROR, message: messageOf(error) });
    begun.span.end();
  }

  #onError({ connection, error }: Fault): void {
    const span = this.#connections.get(connection);
    span?.setAttribute("error.type", error.problem ?? error.code);
    span?.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  }

  #onClose({ role, connection, code, reason, wasClean }: Event & CloseInfo): void {
    this.#instruments[role].closed(connection, { code, reason, wasClean });
    const span = this.#connections.get(connection);
    if (span === undefined) return;
    this.#connections.delete(connection);
    const { messagesReceived, messagesSent } = connection.counters;
    span.setAttributes({
      ...closeAttributes({ code, wasClean }),
      "websocket.messages.received": messagesReceived,
      "websocket.messages.sent": messagesSent,
    });
    span.end();
  }

  #onPong({ role, rtt }: Answered): void {
    if (rtt !== undefined) this.#instruments[role].answered(rtt);
  }

  #take(handshake: WatchedHandshake | undefined): Begun | undefined {
    if (handshake === undefined) return undefined;
    const begun = this.#begun.get(handshake);
    this.#begun.delete(handshake);
    return begun;
  }
}

/** What a listener of a channel throws ends the process, which no peer must be able to do. */
function guarded(listener: (message: never) => void): (message: unknown) => void {
  return (message) => {
    try {
      listener(message as never);
    } catch (error) {
      diag.error(NAME, error);
    }
  };
}

function instrumentsOf(meter: Meter): Readonly<Record<Role, RoleInstruments>> {
  return { server: new RoleInstruments(meter, "server"), client: new RoleInstruments(meter, "client") };
}

interface Beginning {
  readonly handshake: WatchedHandshake;
}

interface Answered extends Event {
  readonly rtt: number | undefined;
}

interface Fault extends Event {
  readonly error: WebSocketError;
}

interface Ending {
  readonly handshake: WatchedHandshake | undefined;
}

interface Refused extends Ending {
  readonly status: number;
  readonly problem: string;
}

interface Failed extends Ending {
  readonly error: unknown;
}

/** Puts the context into the request. */
const FIELDS = {
  set: (handshake: WatchedHandshake, name: string, value: string): void => handshake.addHeader?.(name, value),
};

function kindOf(role: Role): SpanKind {
  return role === "server" ? SpanKind.SERVER : SpanKind.CLIENT;
}

/** Few different values: those of errors of this package, and the names of other errors. */
function failureOf(error: unknown): Attributes {
  const { code, problem, status, name } = Object(error) as Partial<WebSocketError>;
  const type = problem ?? (String(code).startsWith("WIREPROOF_") ? code : name);
  return {
    "error.type": type ?? "_OTHER",
    ...(status === undefined ? {} : { "http.response.status_code": status }),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
