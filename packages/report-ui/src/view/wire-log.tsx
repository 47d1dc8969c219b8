import type { JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";

import { isCarriage, type PageDetail, type PageWire } from "wireproof/page";
import { annotate, type OctetNote } from "../wire/annotate.js";
import { offences, type Offence } from "../wire/offences.js";
import { FrameView } from "./frame-view.js";
import { Http2View } from "./http2-view.js";
import { HexView } from "./hex-view.js";
import { classOfWire, WireLine } from "./wire-line.js";

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
          {detail.wire.some((one) => "http2" in one.entry) ? "Hide octets and DATA" : "Hide reads and writes"}
        </button>
      </div>
      <ol>
        {wire.map((one, index) =>
          shows === "frames" && ("octets" in one.entry || isCarriage(one.entry)) ? null : (
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
  const line = <WireLine number={index} wire={wire} offence={offence} />;
  const hasMore = "frame" in entry || "octets" in entry || "http2" in entry;
  return (
    <li
      ref={item}
      id={`entry-${index}`}
      class={`entry ${classOfWire(wire)}${offence === undefined ? "" : " is-wrong"}${isNamed ? " is-named" : ""}`}
    >
      {hasMore ? (
        <details open={isOpen} onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>{line}</summary>
          {isOpen && "frame" in entry && <FrameView frame={entry.frame} offence={offence} />}
          {isOpen && "http2" in entry && <Http2View frame={entry.http2} />}
          {isOpen && "octets" in entry && <HexView notes={notes ?? []} total={entry.octets} />}
        </details>
      ) : (
        <div class="plain">{line}</div>
      )}
    </li>
  );
}
