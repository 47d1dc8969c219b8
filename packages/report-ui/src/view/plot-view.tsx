import type { JSX } from "preact";

import { formatRoute } from "../model/route.js";
import { count, size } from "../model/text.js";
import { labelPlaces, linearScale, logScale, type Scale } from "../plot/scale.js";
import { MAX_LINES, sentIn, type Plot, type Point, type Series } from "../plot/plot-data.js";

const WIDTH = 560;
const HEIGHT = 300;
const LEFT = 74;
/** Behind it there is room for the labels of lines. */
const RIGHT = WIDTH - 112;
const LABEL_CHARACTERS = 16;
const TOP = 16;
const BOTTOM = HEIGHT - 46;

/** A plot over sizes of messages, which grow by powers of two. Every point leads to its case. */
export function PlotView({
  plot,
  order,
  names,
}: {
  readonly plot: Plot;
  readonly order: readonly string[];
  /** Of the peers, in that order. */
  readonly names: readonly string[];
}): JSX.Element {
  const points = plot.series.flatMap((one) => one.points);
  const ys = points.flatMap(({ y, range }) => [y, ...(range ?? [])]);
  const x = logScale(
    points.map((point) => point.x),
    LEFT,
    RIGHT,
    2,
  );
  const y = plot.unit === "ratio" ? linearScale(ys, BOTTOM, TOP) : logScale(ys, BOTTOM, TOP, 10);
  const labels = labelPlaces(
    plot.series.map(({ points: own }) => y.place(own.at(-1)?.y ?? 0)),
    TOP,
    BOTTOM,
  );
  return (
    <figure class="plot">
      <figcaption>{plot.title}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="group" aria-label={plot.title}>
        <Axes plot={plot} x={x} y={y} />
        {plot.series.map((series, index) => (
          <SeriesView
            key={`${series.peer} ${series.family}`}
            plot={plot}
            series={series}
            x={x}
            y={y}
            // One peer: a colour a family. Several: a colour a peer.
            color={order.length > 1 ? order.indexOf(series.peer) : index}
            labelY={labels[index] ?? 0}
            label={
              order.length > 1 ? (names[order.indexOf(series.peer)] ?? series.peer) : sentIn(series.family)
            }
          />
        ))}
      </svg>
      {plot.omitted > 0 && <p class="aside">{count(plot.omitted, "more line")} left out.</p>}
    </figure>
  );
}

interface Scales {
  readonly plot: Plot;
  readonly x: Scale;
  readonly y: Scale;
}

function Axes({ plot, x, y }: Scales): JSX.Element {
  return (
    <g class="axes">
      {y.ticks.map((tick) => (
        <g key={tick}>
          <path d={`M${LEFT} ${y.place(tick)}H${RIGHT}`} />
          <text class="y" x={LEFT - 8} y={y.place(tick) + 4}>
            {valueText(tick, plot.unit)}
          </text>
        </g>
      ))}
      {x.ticks.map((tick) => (
        <text key={tick} class="x" x={x.place(tick)} y={BOTTOM + 18}>
          {size(tick)}
        </text>
      ))}
      <text class="x" x={(LEFT + RIGHT) / 2} y={BOTTOM + 36}>
        {plot.xLabel}
      </text>
      <text class="y-label" x={LEFT} y={TOP - 5}>
        {plot.yLabel}
      </text>
    </g>
  );
}

interface SeriesProps extends Scales {
  readonly series: Series;
  readonly color: number;
  readonly labelY: number;
  readonly label: string;
}

function SeriesView({ plot, series, x, y, color, labelY, label }: SeriesProps): JSX.Element {
  const places = series.points.map(
    (point) => `${x.place(point.x).toFixed(1)} ${y.place(point.y).toFixed(1)}`,
  );
  const last = series.points.at(-1);
  return (
    <g class={`series series-${Math.max(0, color) % MAX_LINES}`}>
      <path class="line" d={`M${places.join("L")}`} />
      {series.points.map((point) => (
        <PointView key={point.id} plot={plot} point={point} x={x} y={y} />
      ))}
      {last !== undefined && (
        <text x={RIGHT + 8} y={labelY + 4}>
          {Array.from(label).slice(0, LABEL_CHARACTERS).join("")}
        </text>
      )}
    </g>
  );
}

function PointView({ plot, point, x, y }: Scales & { readonly point: Point }): JSX.Element {
  const [left, top] = [x.place(point.x), y.place(point.y)];
  return (
    <a href={formatRoute({ view: "case", id: point.id })} class="point">
      <title>{`${point.id}: ${valueText(point.y, plot.unit)} at ${size(point.x)}`}</title>
      {point.range !== undefined && (
        <path class="range" d={`M${left} ${y.place(point.range[0])}V${y.place(point.range[1])}`} />
      )}
      <circle cx={left} cy={top} r="3.5" />
    </a>
  );
}

function valueText(value: number, unit: Plot["unit"]): string {
  switch (unit) {
    case "micros":
      if (value < 1000) return `${Number(value.toPrecision(2))} µs`;
      return value < 1e6
        ? `${Number((value / 1000).toPrecision(2))} ms`
        : `${Number((value / 1e6).toPrecision(2))} s`;
    case "rate":
      if (value < 1e6) return `${Number((value / 1000).toPrecision(2))} kB/s`;
      return value < 1e9
        ? `${Number((value / 1e6).toPrecision(2))} MB/s`
        : `${Number((value / 1e9).toPrecision(2))} GB/s`;
    case "ratio":
      return value.toFixed(2);
  }
}
