/**
 * What a report needs to know about a requirement.
 *
 * @example
 * ```ts
 * import { citation, rfcLink, type RequirementInfo } from "wireproof";
 *
 * const id = "6455-5.5.2-1";
 * const info: RequirementInfo = { id, citation: citation(id), level: "MUST", text: "…", link: rfcLink(id) };
 * console.assert(info.citation === "RFC 6455 §5.5.2");
 * ```
 */
export interface RequirementInfo {
  /** Such as `6455-5.5.1-1`. */
  readonly id: string;
  /** Such as `RFC 6455 §5.5.1`. */
  readonly citation: string;
  /** How strongly the RFC demands it, such as `MUST`. */
  readonly level: string;
  /** One sentence. */
  readonly text: string;
  /** Address of the section. */
  readonly link: string;
}
