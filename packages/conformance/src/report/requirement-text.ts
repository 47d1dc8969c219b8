import type { CaseInfo } from "../run/event.js";
import type { RequirementInfo } from "../run/requirement-info.js";

/** A requirement as reports cite it; level and text are known only for those that the case itself names. */
export interface CitedRequirement {
  readonly id: string;
  /** Such as `RFC 6455 §5.5.1`. */
  readonly citation: string;
  readonly link: string;
  readonly level?: string;
  readonly text?: string;
}

/** The requirement behind an id: as the case describes it, else derived from the id (RFC, section, number). */
export function citeRequirement(id: string, info?: CaseInfo): CitedRequirement {
  const known = info?.requirements.find((requirement) => requirement.id === id);
  return known ?? derive(id);
}

/** `RFC 6455 §5.5.1 MUST`, or without the level where it is not known. */
export function citationLine(requirement: CitedRequirement | RequirementInfo): string {
  return requirement.level === undefined
    ? requirement.citation
    : `${requirement.citation} ${requirement.level}`;
}

function derive(id: string): CitedRequirement {
  const parts = /^(\d+)-([^-]+)-\d+$/.exec(id);
  if (parts === null) return { id, citation: `requirement ${id}`, link: "" };
  const [, rfc, section] = parts;
  return {
    id,
    citation: `RFC ${rfc} §${section}`,
    link: `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}`,
  };
}
