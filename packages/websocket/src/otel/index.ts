/**
 * Spans and metrics of OpenTelemetry for servers and clients. It needs `@opentelemetry/api`, which the application brings.
 * docs/observing.md is the guide.
 *
 * @packageDocumentation
 */
export { WebSocketInstrumentation } from "./instrumentation.js";
export { contextOf } from "./observer.js";
export type { InstrumentationOptions } from "./options.js";
