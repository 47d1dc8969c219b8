import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { hexOf } from "../wire/octets.js";

export interface DumpOctet {
  readonly value: number;
  readonly character: string;
  /** Decides its colour. */
  readonly kind: string;
}

export interface HexDumpProps {
  readonly octets: readonly DumpOctet[];
  readonly label: string;
  /** A sentence about an octet. */
  readonly explain: (index: number) => string;
  readonly onMove?: (index: number | null) => void;
}

const PER_LINE = 16;

/** A hex dump. The pointer or the arrow keys choose an octet, and a line below says what it is. */
export function HexDump({ octets, label, explain, onMove }: HexDumpProps): JSX.Element {
  const [at, setAt] = useState<number | null>(null);
  const move = (index: number | null): void => {
    setAt(index);
    onMove?.(index);
  };
  const onKey = (event: KeyboardEvent): void => {
    const step = STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(Math.min(octets.length - 1, Math.max(0, (at ?? -1) + (at === null ? 1 : step))));
  };
  const onOver = ({ target }: MouseEvent): void => {
    const index = target instanceof HTMLElement ? target.dataset["octet"] : undefined;
    if (index !== undefined) move(Number(index));
  };
  const lines = Array.from({ length: Math.ceil(octets.length / PER_LINE) }, (_, line) => line * PER_LINE);
  return (
    <div class="hex-dump">
      <div
        class="dump"
        role="application"
        aria-roledescription="hex dump"
        aria-label={`${label}; arrow keys go from octet to octet`}
        tabIndex={0}
        onKeyDown={onKey}
        onMouseOver={onOver}
        onFocus={() => at === null && move(0)}
      >
        {lines.map((start) => (
          <DumpLine key={start} start={start} octets={octets.slice(start, start + PER_LINE)} at={at} />
        ))}
      </div>
      <p class="explained" role="status">
        {at === null ? "Point at an octet, or use the arrow keys." : explain(at)}
      </p>
    </div>
  );
}

interface DumpLineProps {
  readonly start: number;
  readonly octets: readonly DumpOctet[];
  readonly at: number | null;
}

function DumpLine({ start, octets, at }: DumpLineProps): JSX.Element {
  return (
    <div class="dump-line">
      <span class="offset">{start.toString(16).padStart(4, "0")}</span>
      <span class="hex">
        {octets.map(({ value, kind }, index) => (
          <span
            key={index}
            data-octet={start + index}
            class={`octet is-${kind}${start + index === at ? " is-at" : ""}`}
          >
            {hexOf(value)}
          </span>
        ))}
      </span>
      <span class="characters">
        {octets.map(({ character, kind }, index) => (
          <span
            key={index}
            data-octet={start + index}
            class={`is-${kind}${start + index === at ? " is-at" : ""}`}
          >
            {character}
          </span>
        ))}
      </span>
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -PER_LINE,
  ArrowDown: PER_LINE,
};
