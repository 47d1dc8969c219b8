import type { Row } from "./rows.js";

/** Of one server in one row. */
export interface Figure {
  readonly server: string;
  /** The median of the rounds, in the row's unit. */
  readonly value: number;
  readonly rounds: readonly number[];
  /** Share of one core that the server used in the median; more than 1 with several threads. Null for memory. */
  readonly serverBusy: number | null;
  /** The same of the generator. */
  readonly generatorBusy: number | null;
  /** Messages, publishes or handshakes per second of wall time, which depends on the generator; null for memory. */
  readonly perSecond: number | null;
}

/** A server without a figure in a row, and why. */
export interface Problem {
  readonly server: string;
  readonly because: string;
}

export interface RowResult {
  readonly row: Row;
  readonly figures: readonly Figure[];
  readonly problems: readonly Problem[];
}

export interface RunResult {
  readonly machine: Machine;
  readonly intervalSeconds: number;
  readonly rounds: number;
  /** What each server called itself. */
  readonly about: Readonly<Record<string, string>>;
  /** Servers that were in no row. */
  readonly leftOut: readonly Problem[];
  readonly rows: readonly RowResult[];
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly date: string;
}

export function figureOf({ figures }: RowResult, server: string): Figure | undefined {
  return figures.find((figure) => figure.server === server);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
