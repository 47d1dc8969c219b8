import type { Case } from "./case.js";
import type { DifferenceId } from "./difference.js";
import type { RequirementId } from "./requirements.js";

/** The other requirements of every case in which the peer has to fail the connection. */
export const FAILING: readonly RequirementId[] = ["6455-7.1.7-1", "6455-7.1.7-3"];

/** Why the profiles can differ about every case in which the peer has to fail the connection. */
export const FAILING_DIFFERS: readonly DifferenceId[] = ["silence-is-not-failing", "close-frame-before-drop"];

/**
 * Makes the cases of a family: one for every row, numbered from 1 in the order of the rows. `make` gets the id
 * and the row.
 */
export function family<Row>(
  id: string,
  rows: readonly Row[],
  make: (id: string, row: Row) => Case,
): readonly Case[] {
  return rows.map((row, index) => make(`${id}.${index + 1}`, row));
}
