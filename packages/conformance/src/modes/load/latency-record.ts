import { createHistogram } from "node:perf_hooks";
import type { RecordableHistogram } from "node:perf_hooks";

import type { Latencies } from "./options.js";

/** One hour: no run waits longer for an echo. */
const HIGHEST_MICROS = 3_600_000_000;

/** Collects latencies in limited memory, with three significant figures. */
export class LatencyRecord {
  readonly #histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: HIGHEST_MICROS,
    figures: 3,
  });

  /** `ms`: may have a fraction; less than a microsecond counts as one. */
  add(ms: number): void {
    this.#histogram.record(Math.min(HIGHEST_MICROS, Math.max(1, Math.round(ms * 1000))));
  }

  latencies(): Latencies {
    const { count, min, mean, max } = this.#histogram;
    if (count === 0) return { count: 0, min: 0, mean: 0, p50: 0, p90: 0, p99: 0, p999: 0, max: 0 };
    const at = (percentile: number): number => this.#histogram.percentile(percentile);
    return { count, min, mean, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max };
  }
}
