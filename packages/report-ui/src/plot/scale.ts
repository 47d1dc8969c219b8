/** Maps values to pixels. */
export interface Scale {
  readonly place: (value: number) => number;
  /** Values worth a line, in order. */
  readonly ticks: readonly number[];
}

/** Powers of `base` between the smallest and the largest value, at most about eight of them. */
export function logScale(values: readonly number[], from: number, to: number, base: 2 | 10): Scale {
  const positive = values.filter((value) => value > 0);
  const log = (value: number): number => Math.log(value) / Math.log(base);
  const low = Math.floor(
    log(Math.min(...positive, Infinity) === Infinity ? 1 : Math.min(...positive)) + 1e-9,
  );
  const high = Math.max(low + 1, Math.ceil(log(Math.max(...positive, 1)) - 1e-9));
  const step = Math.max(1, Math.ceil((high - low) / 8));
  const ticks: number[] = [];
  for (let power = low; power <= high; power += step) ticks.push(base ** power);
  return {
    place: (value) => from + ((log(Math.max(value, base ** low)) - low) / (high - low)) * (to - from),
    ticks,
  };
}

/** From zero to a round number above the largest value. */
export function linearScale(values: readonly number[], from: number, to: number): Scale {
  const largest = Math.max(...values, 0);
  const step = roundStep(largest / 4);
  const top = step * Math.max(1, Math.ceil(largest / step - 1e-9));
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, index) => index * step);
  return { place: (value) => from + (value / top) * (to - from), ticks };
}

/** Heights of labels between `top` and `bottom`, pushed apart so that none covers another. */
export function labelPlaces(wanted: readonly number[], top: number, bottom: number): readonly number[] {
  const order = wanted.map((place, index) => ({ place, index })).sort((a, b) => b.place - a.place);
  const places = [...wanted];
  let free = bottom;
  for (const { place, index } of order) {
    const taken = Math.min(place, free);
    places[index] = taken;
    free = taken - LABEL_HEIGHT;
  }
  // Those that were pushed out at the top come back in, and push the ones below them.
  free = top;
  for (const { index } of order.toReversed()) {
    const taken = Math.max(places[index] ?? free, free);
    places[index] = taken;
    free = taken + LABEL_HEIGHT;
  }
  return places;
}

const LABEL_HEIGHT = 12;

/** 1, 2 or 5 times a power of ten, not below the given number. */
function roundStep(least: number): number {
  if (least <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5, 10].find((one) => one * power >= least - 1e-12) ?? 10;
  return factor * power;
}
