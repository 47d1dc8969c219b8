import type { JSX } from "preact";

import type { CaseRecord, OpcodeCounts, SizeCounts } from "wireproof/page";
import { duration, grouped } from "../model/text.js";
import { opcodeName } from "../wire/octets.js";
import { SizeChart } from "./size-chart.js";

/** Octets by the size of reads and writes, and frames by opcode, in both directions. */
export function Statistics({ record }: { readonly record: CaseRecord }): JSX.Element {
  return (
    <section class="statistics">
      <h2>Octets and frames</h2>
      <div class="pair">
        <Octets
          title="Octets received, by size of the read"
          sizes={record.octets.received}
          direction="received"
        />
        <Octets title="Octets sent, by size of the write" sizes={record.octets.sent} direction="sent" />
        <Frames title="Frames received" opcodes={record.frames.received} />
        <Frames title="Frames sent" opcodes={record.frames.sent} />
      </div>
    </section>
  );
}

/** Chop sizes that a table lists; a drip of single octets would make it endless. */
const LISTED = 24;

interface OctetsProps {
  readonly title: string;
  readonly sizes: SizeCounts;
  readonly direction: "received" | "sent";
}

function Octets({ title, sizes, direction }: OctetsProps): JSX.Element {
  const rows = Object.entries(sizes)
    .map(([size, times]) => ({ size: Number(size), times, octets: Number(size) * times }))
    .sort((a, b) => a.size - b.size);
  const listed =
    rows.length <= LISTED
      ? rows
      : rows
          .toSorted((a, b) => b.octets - a.octets)
          .slice(0, LISTED)
          .sort((a, b) => a.size - b.size);
  return (
    <figure class="octets">
      <figcaption>{title}</figcaption>
      <SizeChart rows={rows} direction={direction} />
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Size</th>
            <th scope="col">Count</th>
            <th scope="col">Octets</th>
          </tr>
        </thead>
        <tbody>
          {listed.map(({ size, times, octets }) => (
            <tr key={size}>
              <td>{grouped(size)}</td>
              <td>{grouped(times)}</td>
              <td>{grouped(octets)}</td>
            </tr>
          ))}
          {listed.length < rows.length && (
            <tr>
              <td colSpan={3}>and {rows.length - listed.length} more sizes</td>
            </tr>
          )}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row">Total</th>
            <td>{grouped(sum(rows.map(({ times }) => times)))}</td>
            <td>{grouped(sum(rows.map(({ octets }) => octets)))}</td>
          </tr>
        </tfoot>
      </table>
    </figure>
  );
}

function Frames({ title, opcodes }: { readonly title: string; readonly opcodes: OpcodeCounts }): JSX.Element {
  const rows = Object.entries(opcodes)
    .map(([opcode, times]) => ({ opcode: Number(opcode), times }))
    .sort((a, b) => a.opcode - b.opcode);
  return (
    <figure class="frames">
      <figcaption>{title}</figcaption>
      <table class="numbers">
        <thead>
          <tr>
            <th scope="col">Opcode</th>
            <th scope="col">Name</th>
            <th scope="col">Count</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ opcode, times }) => (
            <tr key={opcode}>
              <td>{opcode}</td>
              <td class="name">{opcodeName(opcode)}</td>
              <td>{grouped(times)}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              Total
            </th>
            <td>{grouped(sum(rows.map(({ times }) => times)))}</td>
          </tr>
        </tfoot>
      </table>
    </figure>
  );
}

/** What a load came to: messages, latency, compression. */
export function Measured({ record }: { readonly record: CaseRecord }): JSX.Element | null {
  const { loop, traffic } = record;
  if (loop === undefined) return null;
  const micros = (value: number): string => duration(value / 1000);
  const facts: (readonly [string, string])[] = [
    ["Messages to send", grouped(loop.wanted)],
    ["Sent", grouped(loop.sent)],
    ["Came back unchanged", grouped(loop.matched)],
    ["Duration", duration(record.durationMs)],
  ];
  if (loop.latency !== undefined) {
    const { min, mean, p50, p99, max } = loop.latency;
    facts.push(
      ["Round trip, median", micros(p50)],
      ["99 % below", micros(p99)],
      ["Mean", micros(mean)],
      ["Fastest", micros(min)],
      ["Slowest", micros(max)],
    );
  }
  if (traffic !== undefined) {
    facts.push(["Ratio sent", ratio(traffic.sent)], ["Ratio received", ratio(traffic.received)]);
  }
  return (
    <section class="measured">
      <h2>Measured</h2>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function ratio({ payload, application }: { readonly payload: number; readonly application: number }): string {
  return application === 0 ? "–" : (payload / application).toFixed(3);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
