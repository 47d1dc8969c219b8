import { metrics, trace } from "@opentelemetry/api";
import type { Meter, MeterProvider, Tracer, TracerProvider } from "@opentelemetry/api";

import { NAME, Observer } from "./observer.js";
import type { InstrumentationOptions } from "./options.js";

/**
 * Makes spans and metrics of OpenTelemetry out of what all servers and clients of this package do in this process.
 *
 * Each opening handshake has a span: on servers as a child of the context in the request's header fields, on clients as a
 * child of the active one, which the request then carries. The upgrade hook and the `open` handler run inside the context
 * of that span. It has the methods of an instrumentation of OpenTelemetry, so `registerInstrumentations` and the options of
 * `NodeSDK` take it.
 *
 * @example
 * ```ts
 * import { connect, createServer } from "@wireproof/websocket";
 * import { WebSocketInstrumentation } from "@wireproof/websocket/otel";
 *
 * // Behind the set-up of the SDK, whose providers it finds by itself.
 * const instrumentation = new WebSocketInstrumentation();
 * await using server = createServer({ open: (ws) => ws.send("hello") });
 * const { port } = await server.listen(0, "127.0.0.1");
 * {
 *   await using ws = await connect(`ws://127.0.0.1:${port}`);
 *   console.assert(ws.state === "open");
 * }
 * instrumentation.disable();
 * ```
 */
export class WebSocketInstrumentation {
  /** The name of the instrumentation scope. */
  readonly instrumentationName: string = NAME;
  /** Not told: the scope has a name alone. */
  readonly instrumentationVersion: string = "";
  #options: InstrumentationOptions;
  #tracerProvider: TracerProvider | undefined;
  #meterProvider: MeterProvider | undefined;
  #observer: Observer | undefined;

  /**
   * @param options - What it does. Default: it begins at once, without spans of connections.
   */
  constructor(options: InstrumentationOptions = {}) {
    this.#options = { enabled: true, ...options };
    if (this.#options.enabled === true) this.enable();
  }

  /** Begins, with connections that are opened from now on. Does nothing when it has begun. */
  enable(): void {
    this.#observer ??= new Observer(this.#options, this.#tracer(), this.#meter());
  }

  /** Ends. Spans that have not ended end now, and connections that are open no longer count. */
  disable(): void {
    this.#observer?.stop();
    this.#observer = undefined;
  }

  /**
   * Spans that begin from now on come from this provider.
   *
   * @param provider - Default: the global one.
   */
  setTracerProvider(provider: TracerProvider): void {
    this.#tracerProvider = provider;
    if (this.#observer !== undefined) this.#observer.tracer = this.#tracer();
  }

  /**
   * Metrics come from this provider. Connections that are open now no longer count, so call it first.
   *
   * @param provider - Default: the one that is the global one in `enable`.
   */
  setMeterProvider(provider: MeterProvider): void {
    this.#meterProvider = provider;
    this.#observer?.setMeter(this.#meter());
  }

  /**
   * What it does.
   *
   * @returns The options, with `enabled`.
   */
  getConfig(): InstrumentationOptions {
    return this.#options;
  }

  /**
   * Changes what it does from now on; `enabled` alone has no effect.
   *
   * @param options - As for the constructor.
   */
  setConfig(options: InstrumentationOptions): void {
    this.#options = { enabled: true, ...options };
    if (this.#observer !== undefined) this.#observer.options = this.#options;
  }

  #tracer(): Tracer {
    return (this.#tracerProvider ?? trace).getTracer(NAME);
  }

  #meter(): Meter {
    return (this.#meterProvider ?? metrics).getMeter(NAME);
  }
}
