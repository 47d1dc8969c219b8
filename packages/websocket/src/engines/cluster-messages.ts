/** What workers and the primary process say to each other, beside what the application says. */

/** A worker asks again after so long, as its primary process may set up its part later. */
export const OPEN_AGAIN_MS = 1_000;

const MARK = "wireproof:engine:1";

export type Carried = string | number | Uint8Array | readonly string[];

export interface Parts {
  /** The engine within its worker. */
  readonly engine: number;
  readonly operation: string;
  readonly rest: readonly unknown[];
}

export function message(engine: number, operation: string, ...rest: readonly Carried[]): readonly Carried[] {
  return [MARK, engine, operation, ...rest];
}

/** Undefined for a message of the application. */
export function partsOf(it: unknown): Parts | undefined {
  if (!Array.isArray(it)) return undefined;
  const [mark, engine, operation, ...rest] = it as readonly unknown[];
  if (mark !== MARK || typeof engine !== "number" || typeof operation !== "string") return undefined;
  return { engine, operation, rest };
}
