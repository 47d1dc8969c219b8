/**
 * The counters of servers as text for Prometheus, without a dependency. docs/observing.md is the guide.
 *
 * @packageDocumentation
 */
export { METRICS_CONTENT_TYPE, metrics } from "./metrics.js";
export type { MeasuredServer, MetricsOptions } from "./metrics.js";
