import type { JSX } from "preact";

import type { PageWire } from "wireproof/page";
import { count, visible } from "../model/text.js";
import {
  firstLine,
  frameManner,
  frameMarks,
  frameText,
  hexText,
  http2Text,
  remarkText,
} from "../wire/entry-text.js";
import type { Offence } from "../wire/offences.js";
import { opcodeName } from "../wire/octets.js";

/** The class that gives an entry its colours. */
export function classOfWire({ entry }: PageWire): string {
  if (entry.dir === "!") return "is-violation";
  if (entry.dir === "=") return "is-remark";
  const kind = "frame" in entry ? "frame" : "http2" in entry ? "http2" : "octets";
  return `${entry.dir === ">" ? "is-sent" : "is-received"} is-${kind}`;
}

/** An entry in one line: time, direction, and what it is. `number`: its place in the wire log, where that is shown. */
export function WireLine(props: {
  readonly wire: PageWire;
  readonly number?: number;
  readonly offence?: Offence | undefined;
}): JSX.Element {
  const { number, wire, offence } = props;
  const { entry, at } = wire;
  return (
    <>
      {number !== undefined && <span class="number">{String(number).padStart(3, "0")}</span>}
      <span class="time">{(at / 1000).toFixed(3)}</span>
      <span class="direction">{DIRECTIONS[entry.dir]}</span>
      <span class="what">
        {"frame" in entry ? (
          <>
            <span class="opcode">{opcodeName(entry.frame.opcode)}</span>
            {frameMarks(entry.frame).map((mark) => (
              <span key={mark} class="mark">
                {mark}
              </span>
            ))}{" "}
            <span class="payload">{frameText(entry.frame, 72)}</span>{" "}
            <span class="length">
              {[count(entry.frame.length, "octet"), ...frameManner(entry.frame)].join(", ")}
            </span>
          </>
        ) : "http2" in entry ? (
          <>
            <span class="opcode">{visible(entry.http2.type)}</span>
            {entry.http2.flags.map((flag) => (
              <span key={flag} class="mark">
                {visible(flag)}
              </span>
            ))}{" "}
            <span class="payload">{http2Text(entry.http2, 120)}</span>{" "}
            <span class="length">{count(entry.http2.length, "octet")}</span>
          </>
        ) : "octets" in entry ? (
          <>
            <span class="payload">
              {/^(474554|48545450)/.test(entry.hex)
                ? firstLine(entry.hex)
                : hexText({ hex: entry.hex, length: entry.octets }, 48)}
            </span>{" "}
            <span class="length">
              {count(entry.octets, "octet")}
              {entry.queued === true ? ", alone" : ""}
            </span>
          </>
        ) : (
          remarkText(entry)
        )}
        {offence !== undefined && <span class="offence"> {offence.what}</span>}
      </span>
    </>
  );
}

const DIRECTIONS: Readonly<Record<PageWire["entry"]["dir"], string>> = {
  ">": "sent",
  "<": "recv",
  "=": "",
  "!": "broken",
};
