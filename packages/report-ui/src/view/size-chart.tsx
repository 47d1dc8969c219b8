import type { JSX } from "preact";

import { grouped } from "../model/text.js";

export interface SizeRow {
  readonly size: number;
  readonly times: number;
  readonly octets: number;
}

const WIDTH = 420;
const BAR_HEIGHT = 15;
const STEP = 19;
const LABEL = 58;
const VALUE = 66;
/** Bars in the chart; sizes that carried least are added up. */
const MAX_BARS = 10;

/** Octets by the size of a read or write, a bar each. */
export function SizeChart({
  rows,
  direction,
}: {
  readonly rows: readonly SizeRow[];
  readonly direction: string;
}): JSX.Element | null {
  if (rows.length === 0) return null;
  const bars = barsOf(rows);
  const longest = Math.max(...bars.map(({ octets }) => octets), 1);
  const room = WIDTH - LABEL - VALUE;
  return (
    <svg
      class={`size-chart is-${direction}`}
      viewBox={`0 0 ${WIDTH} ${bars.length * STEP + 2}`}
      role="img"
      aria-label={`Octets ${direction} by size; the figures are in the table`}
    >
      {bars.map(({ label, times, octets }, index) => {
        const y = index * STEP + 2;
        const width = Math.max(2, (octets / longest) * room);
        return (
          <g key={label}>
            <text x={LABEL - 8} y={y + 12} class="label">
              {label}
            </text>
            <rect x={LABEL} y={y} width={width} height={BAR_HEIGHT} rx="2" />
            <text x={LABEL + width + 6} y={y + 12} class="value">
              {times === 1 ? grouped(octets) : `${grouped(times)} ×`}
            </text>
          </g>
        );
      })}
    </svg>
  );
}

function barsOf(rows: readonly SizeRow[]): readonly { label: string; times: number; octets: number }[] {
  const named = rows.map(({ size, times, octets }) => ({ size, label: grouped(size), times, octets }));
  if (named.length <= MAX_BARS) return named;
  const byOctets = named.toSorted((a, b) => b.octets - a.octets);
  const kept = byOctets.slice(0, MAX_BARS - 1).sort((a, b) => a.size - b.size);
  const rest = byOctets.slice(MAX_BARS - 1);
  const total = (pick: (row: SizeRow) => number): number => rest.reduce((sum, row) => sum + pick(row), 0);
  return [
    ...kept,
    { label: "others", times: total(({ times }) => times), octets: total(({ octets }) => octets) },
  ];
}
