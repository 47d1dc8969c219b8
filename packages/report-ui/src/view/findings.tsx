import type { JSX } from "preact";
import { useState } from "preact/hooks";

import type { PeerFinding, PeerFindings } from "wireproof/page";
import { count, visible } from "../model/text.js";
import { FindingCard } from "./finding-card.js";

/** A longer list would push the cases off the screen. */
const SHOWN = 10;
const SHOWN_COMPACT = 3;
/** Cards that show their evidence without being asked. */
const OPEN = 3;

interface FindingsProps {
  readonly found: PeerFindings | null;
  readonly agent: string;
  /** One of several peers: there is room for titles only, and each opens to its card. */
  readonly isCompact: boolean;
}

/** What is wrong with a peer, the worst first; nothing where nothing was found. */
export function Findings({ found, agent, isCompact }: FindingsProps): JSX.Element | null {
  const [showsAll, setShowsAll] = useState(false);
  if (found === null || found.findings.length === 0) return null;
  const { findings } = found;
  const shown = showsAll ? findings : findings.slice(0, isCompact ? SHOWN_COMPACT : SHOWN);
  const rest = findings.length - shown.length;
  const Heading = isCompact ? "h3" : "h2";
  return (
    <section class="findings" aria-label={`Findings about ${visible(agent)}`}>
      <Heading>{headingOf(findings)}</Heading>
      <ol>
        {shown.map((one, index) => (
          <FindingCard
            key={one.id}
            finding={one}
            agent={agent}
            isCompact={isCompact}
            showsEvidence={!isCompact && index < OPEN}
          />
        ))}
      </ol>
      {rest > 0 && (
        <button type="button" onClick={() => setShowsAll(true)}>
          Show {count(rest, "more finding")}
        </button>
      )}
    </section>
  );
}

function headingOf(findings: readonly PeerFinding[]): string {
  const notes = findings.filter(({ severity }) => severity === "note").length;
  if (notes === findings.length) return count(notes, "note");
  const faults = count(findings.length - notes, "finding");
  return notes === 0 ? faults : `${faults}, ${count(notes, "note")}`;
}
