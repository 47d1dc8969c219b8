/** The real SDK of OpenTelemetry, from `interop`, as far as the tests use it. */
import { createRequire } from "node:module";
import { join } from "node:path";
import type { TestContext } from "node:test";

import { context, metrics, propagation, trace } from "@opentelemetry/api";
import type {
  Attributes,
  ContextManager,
  Link,
  MeterProvider,
  SpanContext,
  SpanKind,
  SpanStatus,
  TextMapPropagator,
  TracerProvider,
} from "@opentelemetry/api";

import { WebSocketInstrumentation } from "../../src/otel/index.js";
import type { InstrumentationOptions } from "../../src/otel/index.js";
import { INTEROP } from "../consumers/support/consumer.js";

export const PACKAGES: readonly string[] = [
  "@opentelemetry/api",
  "@opentelemetry/context-async-hooks",
  "@opentelemetry/core",
  "@opentelemetry/instrumentation",
  "@opentelemetry/sdk-metrics",
  "@opentelemetry/sdk-trace-base",
];

/** A span as an exporter gets it. */
export interface SeenSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly attributes: Attributes;
  readonly status: SpanStatus;
  readonly links: readonly Link[];
  readonly parentSpanContext?: SpanContext;
  readonly instrumentationScope: { readonly name: string };
  spanContext(): SpanContext;
}

interface DataPoint {
  readonly attributes: Attributes;
  readonly value: number | { readonly count: number; readonly sum: number };
}
interface Collected {
  readonly resourceMetrics: {
    readonly scopeMetrics: readonly {
      readonly scope: { readonly name: string };
      readonly metrics: readonly {
        readonly descriptor: { readonly name: string; readonly unit: string };
        readonly dataPoints: readonly DataPoint[];
      }[];
    }[];
  };
  readonly errors: readonly unknown[];
}

interface Sdk {
  readonly AsyncLocalStorageContextManager: new () => ContextManager;
  readonly CompositePropagator: new (options: { propagators: TextMapPropagator[] }) => TextMapPropagator;
  readonly W3CTraceContextPropagator: new () => TextMapPropagator;
  readonly W3CBaggagePropagator: new () => TextMapPropagator;
  readonly BasicTracerProvider: new (options: object) => TracerProvider & { shutdown(): Promise<void> };
  readonly SimpleSpanProcessor: new (exporter: object) => object;
  readonly InMemorySpanExporter: new () => { getFinishedSpans(): SeenSpan[]; reset(): void };
  readonly MeterProvider: new (options: object) => MeterProvider & { shutdown(): Promise<void> };
  readonly PeriodicExportingMetricReader: new (options: object) => { collect(): Promise<Collected> };
  readonly InMemoryMetricExporter: new (temporality: number) => object;
  readonly registerInstrumentations: (options: object) => () => void;
}

const requireThere = createRequire(join(INTEROP, "package.json"));

function loadSdk(): Sdk {
  return Object.assign({}, ...PACKAGES.map((name) => requireThere(name) as object)) as Sdk;
}

export interface Observed {
  /** All that have ended, in the order in which they ended. */
  readonly spans: () => readonly SeenSpan[];
  /** Metrics by name, each as its values by their attributes; histograms as their counts. */
  readonly metrics: () => Promise<ReadonlyMap<string, ReadonlyMap<string, number>>>;
  readonly instrumentation: WebSocketInstrumentation;
  readonly sdk: Sdk;
}

/** An application with the SDK, whose providers are the global ones; all of it goes with the test. */
export function startObserved(t: TestContext, options: InstrumentationOptions = {}): Observed {
  const sdk = loadSdk();
  const exporter = new sdk.InMemorySpanExporter();
  const spanProcessors = [new sdk.SimpleSpanProcessor(exporter)];
  const tracers = new sdk.BasicTracerProvider({ spanProcessors });
  const exporting = { exporter: new sdk.InMemoryMetricExporter(1), exportIntervalMillis: 2 ** 30 };
  const reader = new sdk.PeriodicExportingMetricReader(exporting);
  const meters = new sdk.MeterProvider({ readers: [reader] });
  const propagators = [new sdk.W3CTraceContextPropagator(), new sdk.W3CBaggagePropagator()];
  context.setGlobalContextManager(new sdk.AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new sdk.CompositePropagator({ propagators }));
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);
  const instrumentation = new WebSocketInstrumentation(options);
  t.after(async () => {
    instrumentation.disable();
    for (const api of [context, propagation, trace, metrics]) api.disable();
    await Promise.all([tracers.shutdown(), meters.shutdown()]);
  });
  return {
    sdk,
    instrumentation,
    spans: () => exporter.getFinishedSpans(),
    async metrics() {
      const { resourceMetrics, errors } = await reader.collect();
      if (errors.length > 0) throw errors[0];
      const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      return new Map(all.map(({ descriptor, dataPoints }) => [descriptor.name, valuesOf(dataPoints)]));
    },
  };
}

function valuesOf(points: readonly DataPoint[]): ReadonlyMap<string, number> {
  return new Map(
    points.map(({ attributes, value }) => [
      Object.entries(attributes)
        .map(([name, it]) => `${name}=${String(it)}`)
        .sort()
        .join(),
      typeof value === "number" ? value : value.count,
    ]),
  );
}
