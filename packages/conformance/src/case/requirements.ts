import { HTTP } from "./requirements/http.js";
import type { Requirement } from "./requirements/requirement.js";
import { CLOSING } from "./requirements/rfc6455-closing.js";
import { FRAMING } from "./requirements/rfc6455-framing.js";
import { HANDSHAKE } from "./requirements/rfc6455-handshake.js";
import { DEFLATE } from "./requirements/rfc7692.js";

export type {
  Level,
  Requirement,
  RequirementId,
  RequirementRole,
  TestableWith,
} from "./requirements/requirement.js";

/**
 * Every requirement by id, in the order of the RFCs.
 *
 * @example
 * ```ts
 * import { REQUIREMENTS } from "wireproof";
 *
 * const musts = [...REQUIREMENTS.values()].filter(({ level }) => level === "MUST");
 * console.assert(musts.length > 0 && musts.length < REQUIREMENTS.size);
 * ```
 */
export const REQUIREMENTS: ReadonlyMap<string, Requirement> = new Map(
  [...HANDSHAKE, ...FRAMING, ...CLOSING, ...DEFLATE, ...HTTP].map(([id, level, role, testableWith, text]) => [
    id,
    { id, level, role, testableWith, text },
  ]),
);

/** Whether breaking it is a failure: the RFC demands it (MUST, MUST NOT). */
export function isDemand(id: string): boolean {
  const { level } = requirement(id);
  return level === "MUST" || level === "MUST NOT";
}

/** Whether breaking it is tolerated: the RFC advises it (SHOULD, SHOULD NOT). */
export function isAdvice(id: string): boolean {
  const { level } = requirement(id);
  return level === "SHOULD" || level === "SHOULD NOT";
}

/** The requirement behind an id. Throws a RangeError on an unknown one: `check-cases` finds those at build time. */
export function requirement(id: string): Requirement {
  const found = REQUIREMENTS.get(id);
  if (found === undefined) throw new RangeError(`unknown requirement ${id}`);
  return found;
}

/**
 * The section that a requirement is from, as it is cited.
 *
 * @param id - Id of a requirement.
 * @returns Such as `RFC 6455 §5.5.1`.
 *
 * @example
 * ```ts
 * import { citation } from "wireproof";
 *
 * console.assert(citation("7692-7.2.2-1") === "RFC 7692 §7.2.2");
 * ```
 */
export function citation(id: string): string {
  const { rfc, section } = parts(id);
  return `RFC ${rfc} §${section}`;
}

/**
 * The address of that section in the RFC Editor's HTML.
 *
 * @param id - Id of a requirement.
 * @returns A URL.
 *
 * @example
 * ```ts
 * import { rfcLink } from "wireproof";
 *
 * console.assert(rfcLink("6455-5.5.1-1") === "https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1");
 * ```
 */
export function rfcLink(id: string): string {
  const { rfc, section } = parts(id);
  return `https://www.rfc-editor.org/rfc/rfc${rfc}#section-${section}`;
}

function parts(id: string): { rfc: string; section: string } {
  const [rfc = "", section = ""] = id.split("-");
  return { rfc, section };
}
