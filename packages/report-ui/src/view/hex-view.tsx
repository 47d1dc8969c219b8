import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { count, grouped } from "../model/text.js";
import type { FrameHeader, OctetNote } from "../wire/annotate.js";
import { dumpCharacter, explainOctet, unmasked } from "../wire/explain.js";
import { hexOf } from "../wire/octets.js";
import { HeaderBits } from "./frame-view.js";
import { HexDump } from "./hex-dump.js";

/** A read or write octet by octet; the frame header of the octet under the pointer or the focus is taken apart. */
export function HexView({
  notes,
  total,
}: {
  readonly notes: readonly OctetNote[];
  readonly total: number;
}): JSX.Element {
  const [at, setAt] = useState<number | null>(null);
  const header = at === null ? notes.find(({ frame }) => frame !== undefined)?.frame : notes[at]?.frame;
  return (
    <div class="hex-view">
      <HexDump
        octets={notes.map((note) => ({
          value: note.value,
          character: dumpCharacter(unmasked(note)),
          kind: note.kind,
        }))}
        label="Octets"
        explain={(index) => {
          const note = notes[index];
          return note === undefined ? "" : explainOctet(note, index);
        }}
        onMove={setAt}
      />
      {notes.length < total && (
        <p class="aside">
          The first {notes.length} of {count(total, "octet")}. {grouped(total - notes.length)} were not
          recorded.
        </p>
      )}
      {header !== undefined && header.second !== null && (
        <HeaderBits frame={headerFrame(header)} isWrong={false} />
      )}
    </div>
  );
}

function headerFrame({
  first,
  second,
  length,
  mask,
}: FrameHeader): Parameters<typeof HeaderBits>[0]["frame"] {
  return {
    fin: first >= 0x80,
    rsv: (first >> 4) & 7,
    opcode: first & 15,
    masked: (second ?? 0) >= 0x80,
    length: length ?? 0,
    mask: mask.length === 0 ? null : mask.map(hexOf).join(""),
  };
}
