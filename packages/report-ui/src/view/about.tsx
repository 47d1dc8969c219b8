import type { JSX } from "preact";

import { AGAIN_CASE, type CaseInfo, type RequirementInfo } from "wireproof/page";
import type { Peer } from "../model/run-model.js";
import { CopyButton } from "./copy-button.js";

/** What the case does, what it expects, and why: the requirements with links into the RFC. */
export function About({ info }: { readonly info: CaseInfo }): JSX.Element {
  return (
    <section class="about">
      <h2>Description</h2>
      <p>{info.description}</p>
      <h2>Expectation</h2>
      <p>{info.expectation}</p>
      {info.requirements.length > 0 && <h2>Requirements</h2>}
      <ul class="requirements">
        {info.requirements.map((requirement) => (
          <li key={requirement.id} id={`requirement-${requirement.id}`}>
            <RequirementLine requirement={requirement} />
          </li>
        ))}
      </ul>
    </section>
  );
}

export function RequirementLine({ requirement }: { readonly requirement: RequirementInfo }): JSX.Element {
  return (
    <>
      <Citation citation={requirement.citation} link={requirement.link} />{" "}
      <span class="level">{requirement.level}</span> {requirement.text}
    </>
  );
}

/** A link to the RFC; plain text where the address is not one of the RFC Editor. */
export function Citation({
  citation,
  link,
}: {
  readonly citation: string;
  readonly link: string;
}): JSX.Element {
  if (!link.startsWith("https://www.rfc-editor.org/")) return <span class="citation">{citation}</span>;
  return (
    <a class="citation" href={link} rel="noreferrer noopener" target="_blank">
      {citation}
    </a>
  );
}

/** The command that plays the case again. */
export function Again({ peer, info }: { readonly peer: Peer; readonly info: CaseInfo }): JSX.Element | null {
  const again = peer.up?.again ?? "";
  if (again === "") return null;
  const command = again.replace(AGAIN_CASE, info.id);
  return (
    <section class="again">
      <h2>Play it again</h2>
      <div class="command">
        <code>{command}</code>
        <CopyButton text={command} />
      </div>
    </section>
  );
}
