import { compareIds, type PageCase, type PageFigures } from "wireproof/page";
import { familyNumber } from "../model/rows.js";
import type { RunModel } from "../model/run-model.js";

/** A measured value and where it belongs. */
export interface Point {
  readonly x: number;
  readonly y: number;
  /** The case it comes from. */
  readonly id: string;
  /** Ends of the range that the value is the middle of. */
  readonly range?: readonly [number, number];
}

/** The points of a family of cases of one peer. */
export interface Series {
  readonly peer: string;
  readonly family: string;
  readonly points: readonly Point[];
}

export interface Plot {
  readonly key: string;
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly unit: "micros" | "rate" | "ratio";
  readonly series: readonly Series[];
  /** Peers that are left out, because more lines would tell nothing. */
  readonly omitted: number;
}

/** Lines that a plot has at most. */
export const MAX_LINES = 8;

/** What is sent in a family of cases that are measured. */
const SENT: ReadonlyMap<string, string> = new Map([
  ["9.1", "text"],
  ["9.2", "binary"],
  ["9.3", "text"],
  ["9.4", "binary"],
  ["9.5", "text"],
  ["9.6", "binary"],
  ["9.7", "text"],
  ["9.8", "binary"],
  ["12.1", "JSON"],
  ["12.2", "bitmap"],
  ["12.3", "German prose"],
  ["12.4", "HTML"],
  ["12.5", "compressed data"],
  ["13.1", "no conditions"],
  ["13.2", "no context"],
  ["13.3", "window 512 B"],
  ["13.4", "window 32 KiB"],
  ["13.5", "none, 512 B"],
  ["13.6", "none, 32 KiB"],
  ["13.7", "three offers"],
]);

/** What was sent in a family, in a word or two. */
export function sentIn(family: string): string {
  return SENT.get(family) ?? family;
}

/**
 * Everything that can be drawn of a run, a plot for each question; plots without points are left out. With one peer a
 * line is what was sent; with several it is a peer, and what was sent has a plot of its own.
 */
export function plotsOf(model: RunModel): readonly Plot[] {
  const measured = measuredCases(model);
  const hasSeveral = model.peers.length > 1;
  return PLOTS.flatMap(({ families, xOf, yOf, rangeOf, ...plot }): Plot[] => {
    const cases = measured.filter(({ id }) => families.test(familyNumber(id)));
    const series = seriesOf(cases, { xOf, yOf, rangeOf });
    if (!hasSeveral) return series.length === 0 ? [] : [limited({ ...plot, series, omitted: 0 })];
    return familiesOf(series).map((family) =>
      limited({
        ...plot,
        key: `${plot.key}-${family}`,
        title: `${plot.title.replace(/, [^,]*$/, "")}: ${sentIn(family)} (${family})`,
        series: series.filter((one) => one.family === family),
        omitted: 0,
      }),
    );
  });
}

function limited(plot: Plot): Plot {
  const series = plot.series.slice(0, MAX_LINES);
  return { ...plot, series, omitted: plot.series.length - series.length };
}

function familiesOf(series: readonly Series[]): readonly string[] {
  return [...new Set(series.map(({ family }) => family))].sort(compareIds);
}

/** Whether anything was measured that has a plot. */
export function hasPlots(model: RunModel): boolean {
  const families = PLOTS.map((plot) => plot.families);
  return model.peers.some(({ results }) =>
    [...results.values()].some(
      ({ case: id, figures }) =>
        figures !== undefined && families.some((pattern) => pattern.test(familyNumber(id))),
    ),
  );
}

/** What a plot draws of a case; undefined for nothing. */
interface Axes {
  readonly xOf: (one: Measured) => number | undefined;
  readonly yOf: (one: Measured) => number | undefined;
  readonly rangeOf?: ((one: Measured) => readonly [number, number] | undefined) | undefined;
}

interface PlotKind extends Omit<Plot, "series" | "omitted">, Axes {
  readonly families: RegExp;
}

const MESSAGE = "octets of a message";
const PLOTS: readonly PlotKind[] = [
  {
    key: "latency",
    title: "Round trip of a message, by kind of message",
    xLabel: MESSAGE,
    yLabel: "median, and the range from the fastest to the 99th percentile",
    unit: "micros",
    families: /^9\.[78]$/,
    xOf: ({ figures }) => figures.size,
    yOf: ({ figures }) => figures.latency?.p50,
    rangeOf: ({ figures }) =>
      figures.latency === undefined ? undefined : [figures.latency.min, figures.latency.p99],
  },
  {
    key: "throughput",
    title: "Throughput of one message, by kind of message",
    xLabel: MESSAGE,
    yLabel: "octets per second, there and back",
    unit: "rate",
    families: /^9\.[12]$/,
    xOf: ({ figures }) => figures.size,
    yOf: throughputOf,
  },
  {
    key: "fragments",
    title: "Throughput of a message of 4 MiB in fragments, by kind of message",
    xLabel: "octets of a fragment",
    yLabel: "octets per second, there and back",
    unit: "rate",
    families: /^9\.[34]$/,
    xOf: ({ figures }) => figures.fragment ?? figures.size,
    yOf: throughputOf,
  },
  {
    key: "chops",
    title: "Throughput of a message in small writes, by kind of message",
    xLabel: "octets of a write",
    yLabel: "octets per second, there and back",
    unit: "rate",
    families: /^9\.[56]$/,
    xOf: ({ figures }) => figures.chop,
    yOf: throughputOf,
  },
  ...compressionPlots("12", "by kind of data"),
  ...compressionPlots("13", "by conditions agreed on"),
];

function compressionPlots(section: string, what: string): readonly PlotKind[] {
  const families = new RegExp(`^${section}\\.`);
  // A fragmented message is compressed like a whole one; it would only blur the picture.
  const xOf = ({ figures }: Measured): number | undefined =>
    figures.fragment === undefined ? figures.size : undefined;
  return [
    {
      key: `ratio-${section}`,
      title: `Compression by the peer, ${what}`,
      xLabel: MESSAGE,
      yLabel: "octets of the payload to octets of the application; below 1, compression saves octets",
      unit: "ratio",
      families,
      xOf,
      yOf: ({ figures }) => figures.ratioReceived,
    },
    {
      key: `time-${section}`,
      title: `Time for a compressed message, ${what}`,
      xLabel: MESSAGE,
      yLabel: "duration of the case, divided by the number of messages",
      unit: "micros",
      families,
      xOf,
      yOf: ({ result, figures }) => (1000 * result.durationMs) / Math.max(1, figures.messages),
    },
  ];
}

interface Measured {
  readonly id: string;
  readonly peer: string;
  readonly result: PageCase;
  readonly figures: PageFigures;
}

function measuredCases(model: RunModel): readonly Measured[] {
  return model.peers.flatMap((peer) =>
    model.cases.flatMap(({ id }) => {
      const result = peer.results.get(id);
      const figures = result?.figures;
      // What a peer got wrong is not worth a figure.
      return figures === undefined || result?.outcome !== "pass"
        ? []
        : [{ id, peer: peer.key, result, figures }];
    }),
  );
}

function seriesOf(cases: readonly Measured[], { xOf, yOf, rangeOf }: Axes): readonly Series[] {
  const series = new Map<string, { peer: string; family: string; points: Point[] }>();
  for (const one of cases) {
    const x = xOf(one);
    const y = yOf(one);
    if (x === undefined || y === undefined || !Number.isFinite(y)) continue;
    const family = familyNumber(one.id);
    const key = `${one.peer} ${family}`;
    const known = series.get(key) ?? { peer: one.peer, family, points: [] };
    const range = rangeOf?.(one);
    known.points.push({ x, y, id: one.id, ...(range === undefined ? {} : { range }) });
    series.set(key, known);
  }
  return [...series.values()].map(({ peer, family, points }) => ({
    peer,
    family,
    points: points.sort((a, b) => a.x - b.x),
  }));
}

function throughputOf({ result, figures }: Measured): number | undefined {
  if (figures.size === undefined || result.durationMs === 0) return undefined;
  return (figures.size * figures.messages) / (result.durationMs / 1000);
}
