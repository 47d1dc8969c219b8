import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";

import type { PageDetail } from "wireproof/page";
import { formatRoute, type Route } from "../model/route.js";
import { duration } from "../model/text.js";
import { layOut, type Sequence, type SequenceLine } from "../wire/sequence.js";
import { isControl } from "../wire/octets.js";

const WIDTH = 620;
const TESTER = 86;
const PEER = WIDTH - 28;
const MIDDLE = (TESTER + PEER) / 2;

/** The connection as a picture: tester left, peer right, time downwards. */
export function SequenceDiagram({
  detail,
  route,
}: {
  readonly detail: PageDetail;
  readonly route: Route;
}): JSX.Element {
  const [showsAll, setShowsAll] = useState(false);
  const sequence = useMemo(() => layOut(detail, showsAll), [detail, showsAll]);
  return (
    <section class="sequence">
      <h2>The connection</h2>
      <div class="scroll">
        <svg
          viewBox={`0 0 ${WIDTH} ${sequence.height}`}
          role="group"
          aria-label="Sequence diagram: the tester on the left, the peer on the right, time downwards. The wire log below says the same in text."
        >
          <defs>
            {(["data", "control", "wrong", "http"] as const).map((kind) => (
              <marker
                key={kind}
                id={`arrow-${kind}`}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                markerWidth="7"
                markerHeight="7"
                orient="auto"
              >
                <path class={`arrow-head is-${kind}`} d="M0 .8L7.4 4 0 7.2z" />
              </marker>
            ))}
          </defs>
          <Lifelines sequence={sequence} />
          {sequence.lines.map((line, index) => (
            <Line
              key={index}
              line={line}
              before={sequence.lines[index - 1]}
              route={route}
              onMore={() => setShowsAll(true)}
            />
          ))}
        </svg>
      </div>
      {sequence.scale > 0 && (
        <p class="aside">
          All waits are drawn to the same scale. Select an arrow to see its entry in the wire log.
        </p>
      )}
    </section>
  );
}

function Lifelines({ sequence }: { readonly sequence: Sequence }): JSX.Element {
  const bottom = sequence.height - 24;
  return (
    <g class="lifelines">
      <text x={TESTER} y="14" class="side">
        Tester
      </text>
      <text x={PEER} y="14" class="side is-peer">
        Peer
      </text>
      <path d={`M${TESTER} 22V${bottom}M${PEER} 22V${bottom}`} />
    </g>
  );
}

interface LineProps {
  readonly line: SequenceLine;
  readonly before: SequenceLine | undefined;
  readonly route: Route;
  readonly onMore: () => void;
}

function Line({ line, before, route, onMore }: LineProps): JSX.Element {
  switch (line.kind) {
    case "sent":
    case "received":
      return <Arrow line={line} before={before} route={route} />;
    case "gap":
      return (
        <g
          class="more"
          role="button"
          tabIndex={0}
          onClick={onMore}
          onKeyDown={({ key }) => key === "Enter" && onMore()}
        >
          <path
            class="break"
            d={`M${TESTER - 8} ${line.y - 8}l16 6-16 6 16 6M${PEER - 8} ${line.y - 8}l16 6-16 6 16 6`}
          />
          <text x={MIDDLE} y={line.y + 2}>
            {line.text}: show them
          </text>
        </g>
      );
    case "violation":
      return (
        <g class="violation">
          <path d={`M${PEER} ${line.y - 7}l7 7-7 7-7-7z`} />
          <text x={PEER - 14} y={line.y + 4}>
            {shortened(line.text, 74)}
          </text>
        </g>
      );
    case "remark":
      return (
        <g class="remark">
          <Time line={line} before={before} />
          <circle cx={TESTER} cy={line.y} r="3" />
          <text x={TESTER + 12} y={line.y + 4}>
            {shortened(line.text, 76)}
          </text>
        </g>
      );
    case "end":
      return (
        <g class="end">
          <Time line={line} before={before} />
          <path d={`M${TESTER - 8} ${line.y}H${PEER + 8}`} />
          <text x={MIDDLE} y={line.y - 6}>
            {line.text}
          </text>
        </g>
      );
  }
}

function Arrow({ line, before, route }: Omit<LineProps, "onMore">): JSX.Element {
  const { y, name, marks, text, note, offence, index, kind, opcode } = line;
  const [from, to] = kind === "sent" ? [TESTER, PEER] : [PEER, TESTER];
  const style =
    offence !== undefined ? "wrong" : opcode === undefined ? "http" : isControl(opcode) ? "control" : "data";
  const { id, agent } = route;
  const href = formatRoute({
    view: "case",
    entry: index,
    ...(id === undefined ? {} : { id }),
    ...(agent === undefined ? {} : { agent }),
  });
  return (
    <a href={href} class={`arrow is-${style}`}>
      <title>
        {[name, ...marks, text, note === "" ? "" : `length ${note}`, offence?.what ?? ""]
          .filter((one) => one !== "")
          .join(" · ")}
      </title>
      <rect class="hit" x={TESTER - 4} y={y - 19} width={PEER - TESTER + 8} height="26" />
      <Time line={line} before={before} />
      <path class="shaft" d={`M${from} ${y}H${to}`} marker-end={`url(#arrow-${style})`} />
      <text x={TESTER + 14} y={y - 5}>
        <tspan class="name">{name}</tspan>
        {marks.map((mark) => (
          <tspan key={mark} class="mark" dx="6">
            {mark}
          </tspan>
        ))}
        <tspan class="payload" dx="7">
          {shortened(text, name === "HTTP" ? 60 : 40)}
        </tspan>
      </text>
      {note !== "" && (
        <text x={PEER - 12} y={y - 5} class="length">
          {shortened(note, 40)}
        </text>
      )}
      {offence !== undefined && (
        <text x={TESTER + 14} y={y + 12} class="offence">
          ▲ {offence.where === "payload" ? `octet ${offence.offset + 1}: ` : "header: "}
          {offence.what}
        </text>
      )}
    </a>
  );
}

/** Time at the left, where it differs from the line before. */
function Time({
  line,
  before,
}: {
  readonly line: SequenceLine;
  readonly before: SequenceLine | undefined;
}): JSX.Element | null {
  const text = duration(line.atMicros / 1000);
  if (before !== undefined && duration(before.atMicros / 1000) === text) return null;
  return (
    <text class="time" x={TESTER - 14} y={line.y + 4}>
      {text}
    </text>
  );
}

function shortened(text: string, limit: number): string {
  const characters = Array.from(text);
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join("")}…`;
}
