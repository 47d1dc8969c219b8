import type { JSX } from "preact";

import type { PeerFinding, PeerFindings } from "wireproof/page";
import { formatRoute } from "../model/route.js";
import { count, visible } from "../model/text.js";
import { Citation } from "./about.js";
import { Glyph } from "./glyph.js";

/** A longer list would push the cases off the screen. */
const OPEN_UP_TO = 2;

/** What the connections of a peer showed together, whatever the cases were about; nothing where they showed nothing. */
export function Findings(props: {
  readonly found: PeerFindings | null;
  readonly agent: string;
}): JSX.Element | null {
  const { found, agent } = props;
  if (found === null || found.findings.length === 0) return null;
  return (
    <details class="findings" open={found.findings.length <= OPEN_UP_TO}>
      <summary>
        {count(found.findings.length, "finding")} on {count(found.connections, "connection")}, whatever the
        case was about
      </summary>
      <ul>
        {found.findings.map((one, index) => (
          <Finding key={index} finding={one} agent={agent} />
        ))}
      </ul>
    </details>
  );
}

function Finding({ finding, agent }: { readonly finding: PeerFinding; readonly agent: string }): JSX.Element {
  const { requirement, outcome, because, first, connections, counted } = finding;
  return (
    <li>
      <Glyph standing={outcome} /> {visible(because)}{" "}
      <span class="aside">
        {requirement !== null && (
          <>
            <Citation citation={requirement.citation} link={requirement.link} />{" "}
            <span class="level">{visible(requirement.level)}</span>
          </>
        )}
        {connections === 1 ? " In " : ` On ${connections} connections, first in `}
        <a href={formatRoute({ view: "case", id: first, agent })}>{first}</a>
        {outcome === "fail" && (counted ? "; a case went wrong because of it" : "; no case counts it")}.
      </span>
    </li>
  );
}
