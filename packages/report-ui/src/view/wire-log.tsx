import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import type { PageDetail, PageWire } from "wireproof/page";
import { count } from "../model/text.js";
import { annotate, type OctetNote } from "../wire/annotate.js";
import { firstLine, frameManner, frameMarks, frameText, hexText, remarkText } from "../wire/entry-text.js";
import { offences, type Offence } from "../wire/offences.js";
import { opcodeName } from "../wire/octets.js";
import { FrameView } from "./frame-view.js";
import { HexView } from "./hex-view.js";

interface WireLogProps {
  readonly detail: PageDetail;
  /** The entry that the address names. */
  readonly entry: number | undefined;
}

/** Every entry of the wire log; those with octets open to a hex view. */
export function WireLog({ detail, entry }: WireLogProps): JSX.Element {
  const { wire } = detail;
  const { record } = detail.end;
  const [shows, setShows] = useState<"frames" | "all">("all");
  const notes = useMemo(() => annotate(wire), [wire]);
  const wrong = useMemo(
    () => offences(wire, { role: record.role, isCompressed: isCompressed(detail) }),
    [wire],
  );
  return (
    <section class="wire-log">
      <div class="section-head">
        <h2>Wire log</h2>
        <p class="aside">
          {wire.length === 1 ? "1 entry" : `${wire.length} entries`}, times in milliseconds. Open an entry to
          see its octets.
        </p>
        <button
          type="button"
          aria-pressed={shows === "frames"}
          onClick={() => setShows(shows === "frames" ? "all" : "frames")}
        >
          Hide reads and writes
        </button>
      </div>
      <ol>
        {wire.map((one, index) =>
          shows === "frames" && "octets" in one.entry ? null : (
            <Entry
              key={index}
              index={index}
              wire={one}
              notes={notes.get(index)}
              offence={wrong.get(index)}
              isNamed={entry === index}
            />
          ),
        )}
      </ol>
    </section>
  );
}

function isCompressed({ end }: PageDetail): boolean {
  return typeof end.record.extension === "string" && end.record.extension.includes("permessage-deflate");
}

interface EntryProps {
  readonly index: number;
  readonly wire: PageWire;
  readonly notes: readonly OctetNote[] | undefined;
  readonly offence: Offence | undefined;
  readonly isNamed: boolean;
}

function Entry({ index, wire, notes, offence, isNamed }: EntryProps): JSX.Element {
  const { entry } = wire;
  const [isOpen, setOpen] = useState(false);
  const item = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (!isNamed) return;
    setOpen(true);
    item.current?.scrollIntoView({ block: "center" });
  }, [isNamed]);
  const line = <Summary index={index} wire={wire} offence={offence} />;
  const hasMore = "frame" in entry || "octets" in entry;
  return (
    <li
      ref={item}
      id={`entry-${index}`}
      class={`entry ${classOf(wire)}${offence === undefined ? "" : " is-wrong"}${isNamed ? " is-named" : ""}`}
    >
      {hasMore ? (
        <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{line}</summary>
          {isOpen && "frame" in entry && <FrameView frame={entry.frame} offence={offence} />}
          {isOpen && "octets" in entry && <HexView notes={notes ?? []} total={entry.octets} />}
        </details>
      ) : (
        <div class="plain">{line}</div>
      )}
    </li>
  );
}

function classOf({ entry }: PageWire): string {
  if (entry.dir === "!") return "is-violation";
  if (entry.dir === "=") return "is-remark";
  const kind = "frame" in entry ? "frame" : "octets";
  return `${entry.dir === ">" ? "is-sent" : "is-received"} is-${kind}`;
}

function Summary(props: {
  readonly index: number;
  readonly wire: PageWire;
  readonly offence: Offence | undefined;
}): JSX.Element {
  const { index, wire, offence } = props;
  const { entry, at } = wire;
  return (
    <>
      <span class="number">{String(index).padStart(3, "0")}</span>
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
