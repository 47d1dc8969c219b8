import type { Case } from "../case/case.js";
import { DIFFERENCES } from "../case/difference.js";
import { citation, requirement, rfcLink } from "../case/requirements.js";
import { sectionOf } from "../case/case-id.js";
import { SECTIONS } from "../case/spec.js";
import type { CaseInfo, EndingInfo } from "./event.js";
import type { RequirementInfo } from "./requirement-info.js";

/**
 * What the run file says about a case, so that reports need no catalogue. Throws a RangeError for an unknown
 * requirement.
 */
export function caseInfo(subject: Case): CaseInfo {
  const section = sectionOf(subject.id);
  return {
    id: subject.id,
    title: subject.title,
    description: subject.description,
    expectation: subject.expectation,
    section: SECTIONS.get(section) ?? `Section ${section}`,
    ending: endingInfo(subject),
    requirements: subject.requirements.map(requirementInfo),
    ...(subject.since === undefined ? {} : { since: subject.since }),
    ...(subject.reports === undefined ? {} : { reports: subject.reports }),
    differs: (subject.differs ?? []).map((id) => DIFFERENCES[id]),
  };
}

function endingInfo(subject: Case): EndingInfo {
  const { by, codes, clean, sideIsFatal } = subject.expect.ending;
  return { by, codes: [...codes], clean, ...(sideIsFatal === true ? { sideIsFatal } : {}) };
}

/** What the run file says about a requirement. Throws a RangeError for an unknown one. */
export function requirementInfo(id: string): RequirementInfo {
  const { level, text } = requirement(id);
  return { id, citation: citation(id), level, text, link: rfcLink(id) };
}
