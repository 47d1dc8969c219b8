import type { JSX } from "preact";

import type { FrameView as Frame } from "wireproof/page";
import { grouped } from "../model/text.js";
import type { Offence } from "../wire/offences.js";
import { octetsOf, opcodeName } from "../wire/octets.js";
import { HexDump } from "./hex-dump.js";
import { dumpCharacter } from "../wire/explain.js";

/** A frame as understood: the bits of its header, and its payload without the mask. */
export function FrameView({
  frame,
  offence,
}: {
  readonly frame: Frame;
  readonly offence: Offence | undefined;
}): JSX.Element {
  const octets = octetsOf(frame.payload);
  const wrongAt = offence?.where === "payload" ? offence.offset : -1;
  return (
    <div class="frame-view">
      <HeaderBits frame={frame} isWrong={offence?.where === "header"} />
      {frame.length > 0 && (
        <>
          <p class="aside">
            {frame.masked ? "Payload, unmasked" : "Payload"}
            {octets.length < frame.length
              ? `: the first ${octets.length} of ${grouped(frame.length)} octets`
              : ""}
          </p>
          <HexDump
            octets={Array.from(octets, (value, index) => ({
              value,
              character: dumpCharacter(value),
              kind: index === wrongAt ? "wrong" : "payload",
            }))}
            label="Payload"
            explain={(index) =>
              `Octet ${index + 1} of the payload: 0x${(octets[index] ?? 0).toString(16).padStart(2, "0")}${index === wrongAt ? `, ${offence?.what ?? ""}` : ""}`
            }
          />
        </>
      )}
    </div>
  );
}

/** RFC 6455 §5.2, a box a field. */
export function HeaderBits({
  frame,
  isWrong,
}: {
  readonly frame: Omit<Frame, "payload">;
  readonly isWrong: boolean;
}): JSX.Element {
  const bit = (mask: number): string => ((frame.rsv & mask) === 0 ? "0" : "1");
  const fields: [string, string, string][] = [
    ["FIN", frame.fin ? "1" : "0", frame.fin ? "the message ends here" : "more to come"],
    ["RSV1", bit(4), "reserved"],
    ["RSV2", bit(2), "reserved"],
    ["RSV3", bit(1), "reserved"],
    ["Opcode", frame.opcode.toString(2).padStart(4, "0"), `${frame.opcode} ${opcodeName(frame.opcode)}`],
    ["MASK", frame.masked ? "1" : "0", frame.masked ? "masked" : "not masked"],
    ["Length", grouped(frame.length), lengthForm(frame.length)],
    ...(frame.mask === null ? [] : [["Masking key", frame.mask, "random"] as [string, string, string]]),
  ];
  return (
    <dl class={isWrong ? "bits is-wrong" : "bits"}>
      {fields.map(([name, value, meaning]) => (
        <div key={name} title={meaning}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          <dd class="meaning">{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}

function lengthForm(length: number): string {
  return length < 126 ? "in 7 bits" : length < 65_536 ? "in 16 bits" : "in 64 bits";
}
