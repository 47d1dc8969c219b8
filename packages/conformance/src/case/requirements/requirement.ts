/**
 * The key words of RFC 2119. `stated as fact`: the RFC says how something is, or what is done, without a key word. That
 * explains a demand, but is not a demand.
 *
 * @example
 * ```ts
 * import { REQUIREMENTS, type Level } from "wireproof";
 *
 * const level: Level = "MUST";
 * console.assert([...REQUIREMENTS.values()].some((requirement) => requirement.level === level));
 * ```
 */
export type Level = "MUST" | "MUST NOT" | "SHOULD" | "SHOULD NOT" | "MAY" | "stated as fact";

/**
 * RFC, section, running number in the section: `6455-5.5.1-1`. Ids are never used again.
 *
 * @example
 * ```ts
 * import { citation, type RequirementId } from "wireproof";
 *
 * const id: RequirementId = "6455-5.5.1-1";
 * console.assert(citation(id) === "RFC 6455 §5.5.1");
 * ```
 */
export type RequirementId = `${number}-${string}-${number}`;

/**
 * Who keeps or breaks a requirement. `both`: each endpoint, or one that sends it and the other that checks it.
 *
 * @example
 * ```ts
 * import { REQUIREMENTS, type RequirementRole } from "wireproof";
 *
 * const role: RequirementRole = "client";
 * console.assert(REQUIREMENTS.get("6455-5.1-1")?.role === role);
 * ```
 */
export type RequirementRole = "client" | "server" | "both" | "intermediary";

/**
 * What a test of a requirement takes. `echo`: a peer that echoes, as every peer here does; what it does is seen on the
 * wire. `setup`: more than that, such as a certificate, a proxy, an origin to refuse or a limit to exceed.
 * `interface`: the programming interface of the peer, since the wire does not show it. `proxy`: an intermediary
 * between two testers. `nothing`: no test can see it.
 *
 * @example
 * ```ts
 * import { REQUIREMENTS, type TestableWith } from "wireproof";
 *
 * const proxy: TestableWith = "proxy";
 * const proxies = [...REQUIREMENTS.values()].filter(({ testableWith }) => testableWith === proxy);
 * console.assert(proxies.every(({ role }) => role === "intermediary"));
 * ```
 */
export type TestableWith = "echo" | "setup" | "interface" | "proxy" | "nothing";

/**
 * One sentence of an RFC that a peer can keep or break, in our words.
 *
 * @example
 * ```ts
 * import { REQUIREMENTS, type Requirement } from "wireproof";
 *
 * const requirement: Requirement | undefined = REQUIREMENTS.get("6455-5.5.2-1");
 * console.assert(requirement?.level === "MUST" && requirement.testableWith === "echo");
 * ```
 */
export interface Requirement {
  /** Such as `6455-5.5.1-1`. */
  readonly id: RequirementId;
  /** How strongly the RFC demands it. */
  readonly level: Level;
  /** Who keeps or breaks it. */
  readonly role: RequirementRole;
  /** What a test of it takes. */
  readonly testableWith: TestableWith;
  /** One sentence. */
  readonly text: string;
}

/** A requirement as it stands in the tables beside this file. */
export type RequirementRow = readonly [RequirementId, Level, RequirementRole, TestableWith, string];
