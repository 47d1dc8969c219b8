import type { JSX } from "preact";

import type { ProcessFacts } from "wireproof/page";
import { count, visible } from "../model/text.js";

/** What the process of the peer printed while the case was in flight, and how it ended if it did. */
export function Process(props: { readonly process: ProcessFacts; readonly isShared: boolean }): JSX.Element {
  const { output, omitted, exits } = props.process;
  return (
    <section class="process">
      <h2>The process of the peer</h2>
      {props.isShared && <p class="aside">Other cases were in flight too: this may be about them.</p>}
      {exits.map((exit, index) => (
        <p key={index} class="broken">
          {visible(exit.because)}
        </p>
      ))}
      {omitted > 0 && <p class="aside">{count(omitted, "line")} before these were not kept.</p>}
      {output.length > 0 && (
        <pre tabIndex={0}>{output.map(({ from, text }) => `${from}  ${visible(text)}`).join("\n")}</pre>
      )}
    </section>
  );
}
