/**
 * What the pages of the site show, as values: `src/site` computes them, and the report page's program for Node,
 * `dist/report-ui/site.mjs`, makes HTML of them. Whatever a peer said is in them as it is; the pages escape it.
 */
import type {
  Counts,
  GridReview,
  GridScenario,
  ProxyResults,
  Review,
  RoleResult,
  StoredFinding,
} from "../matrix/results.js";
import type { CaseInfo } from "../run/event.js";
import type { RequirementInfo } from "../run/requirement-info.js";

/** What `dist/report-ui/site.mjs` exports. */
export interface SiteProgram {
  /** A whole document. Links are relative to `path`, the place of the page below the root of the site. */
  readonly renderPage: (page: SitePage, path: string, facts: SiteFacts) => string;
  /** Files that all pages share, by name. */
  readonly assets: Readonly<Record<string, string>>;
}

/** What every page says. */
export interface SiteFacts {
  /** The newest day of a run, `2026-11-30`; empty without any. */
  readonly day: string;
  readonly hasGrid: boolean;
  readonly hasProxies: boolean;
}

export type SitePage =
  | FrontPage
  | StackPage
  | RequirementsPage
  | RequirementPage
  | CasesPage
  | CasePage
  | GridPage
  | GridClientPage
  | ProxiesPage
  | ChangesPage
  | DataPage;

/**
 * What a finding says of the implementation. `fault`: somebody looked at this version of it, and it breaks what an RFC
 * demands. `unreviewed`: nobody did so far, so nobody is accused. `cleared`: somebody did, and the implementation is not at
 * fault. `advice`: no demand is broken.
 */
export type FindingStanding = "fault" | "unreviewed" | "cleared" | "advice";

export interface FindingModel {
  /** Its place on the page of the stack. */
  readonly anchor: string;
  readonly finding: StoredFinding;
  readonly standing: FindingStanding;
  readonly requirement: RequirementInfo | null;
  /** Those of this version first. Several where it has several causes. */
  readonly reviews: readonly ShownReview[];
  /** Ids of its cases, each by itself. */
  readonly cases: readonly string[];
  /** Those of its cases that no review speaks of, if there is any review. */
  readonly unreviewed: readonly string[];
  /** The same as `standing`, of the cases of each section. */
  readonly bySection: ReadonlyMap<number, FindingStanding>;
  /** Repeats the run of the case that has the evidence. */
  readonly command: string;
}

export interface ShownReview extends Review {
  /** It is of another version than the one that was run. */
  readonly isOld: boolean;
}

/**
 * What a section says of a role. `fault`, `unreviewed`, `cleared` and `advice` come from findings, the worst wins;
 * `open`: some case has no result, or one that decides nothing. `none`: no case is for it, or it lacks what they need.
 */
export type CellState = FindingStanding | "open" | "conforms" | "none";

export interface CellModel {
  readonly state: CellState;
  /** How many findings, or cases where it is `open`. */
  readonly count: number;
  /** Unreviewed findings beside the faults. */
  readonly more: number;
}

/** A role of a stack over one version of HTTP. */
export interface RoleModel {
  /** `server`, `client`, `server-http2` or `client-http2`; anchors begin with it. */
  readonly key: string;
  /** Such as `server over HTTP/2`. */
  readonly label: string;
  readonly result: RoleResult;
  readonly findings: readonly FindingModel[];
  readonly sections: readonly SectionModel[];
  /** It agreed on permessage-deflate in some case. */
  readonly hasDeflate: boolean;
  /** Repeats the run. */
  readonly command: string;
  /** Where the site has the run file; absent if it has not. */
  readonly runFile?: string;
}

export interface SectionModel {
  readonly number: number;
  readonly title: string;
  readonly cell: CellModel;
  readonly counts: Counts;
  /** Cases that did not pass, by outcome. */
  readonly cases: readonly (readonly [outcome: string, ids: readonly string[]])[];
  /** With what they say in this section. */
  readonly findings: readonly { readonly found: FindingModel; readonly standing: FindingStanding }[];
}

/** What the manifest says of a stack. */
export interface AboutStack {
  /** The name of its folder, of letters, digits and `-._`. */
  readonly folder: string;
  readonly name: string;
  readonly language: string;
  readonly homepage: string;
  readonly licence: string;
  readonly packages: readonly string[];
  readonly settings: readonly string[];
  readonly limits: readonly string[];
}

export interface StackModel extends AboutStack {
  readonly roles: readonly RoleModel[];
  /** Labels of roles that have a program and no result. */
  readonly unavailable: readonly string[];
  /** Newest first. */
  readonly changes: readonly ChangeModel[];
  /** Where else on the site it is. */
  readonly isIn: { readonly gridAsClient: boolean; readonly proxies: readonly string[] };
}

/** A version of a role, compared with the one before it. */
export interface ChangeModel {
  readonly folder: string;
  readonly name: string;
  readonly key: string;
  readonly label: string;
  readonly version: string;
  readonly suite: string;
  readonly day: string;
  readonly totals: Counts;
  /** The version before; absent for the first that was tested. */
  readonly before?: string;
  /** The version before was tested by the same suite: what is new comes from the stack. */
  readonly isSameSuite?: boolean;
  /** Findings that are new with it, and those that are gone. */
  readonly added: readonly ChangedFinding[];
  readonly gone: readonly ChangedFinding[];
}

export interface ChangedFinding {
  readonly id: string;
  /** Such as `RFC 6455 §5.5.1: sent what no peer may send`. */
  readonly text: string;
  /** Absent for findings of versions of which only the ids are kept. */
  readonly standing?: FindingStanding;
  readonly anchor?: string;
}

export interface FrontPage {
  readonly kind: "front";
  readonly sections: readonly { readonly number: number; readonly title: string }[];
  readonly rows: readonly FrontRow[];
}

export interface FrontRow {
  readonly folder: string;
  readonly name: string;
  readonly language: string;
  readonly key: string;
  readonly label: string;
  readonly version: string;
  readonly status: RoleResult["status"] | "unavailable";
  readonly because?: string;
  readonly hasDeflate: boolean;
  readonly faults: number;
  readonly unreviewed: number;
  /** The worst that a section says; `conforms` only if everything was judged, and nothing is wrong. */
  readonly standing: "fault" | "unreviewed" | "open" | "conforms" | "unavailable";
  /** In the order of the sections of the page. */
  readonly cells: readonly CellModel[];
}

export interface StackPage {
  readonly kind: "stack";
  readonly stack: StackModel;
}

/** A finding, and whose it is. */
export interface OwnedFinding {
  readonly folder: string;
  readonly name: string;
  readonly label: string;
  readonly version: string;
  readonly found: FindingModel;
}

export interface RequirementsPage {
  readonly kind: "requirements";
  readonly documents: readonly {
    readonly document: string;
    readonly testable: number;
    readonly covered: number;
    readonly requirements: readonly RequirementRow[];
  }[];
}

export interface RequirementRow {
  readonly info: RequirementInfo;
  /** Cases and checks of every connection that exercise it. */
  readonly exercised: number;
  readonly faults: number;
  readonly unreviewed: number;
}

export interface RequirementPage {
  readonly kind: "requirement";
  readonly info: RequirementInfo;
  readonly role: string;
  readonly cases: readonly string[];
  /** Ids of the rules by which it is checked on every connection. */
  readonly checks: readonly string[];
  /** Why nothing exercises it. */
  readonly waived?: string;
  readonly found: readonly OwnedFinding[];
  /** Roles that it is for and that were tested to the end. */
  readonly tested: number;
  readonly grid: readonly GridMention[];
}

/** A pair of the grid in which a side broke a requirement. */
export interface GridMention {
  readonly client: PairSide;
  readonly server: PairSide;
  readonly scenario: string;
  readonly side: string;
  readonly because: string;
}

export interface CasesPage {
  readonly kind: "cases";
  readonly sections: readonly {
    readonly number: number;
    readonly title: string;
    readonly cases: readonly CaseRow[];
  }[];
}

export interface CaseRow {
  readonly id: string;
  readonly title: string;
  readonly faults: number;
  readonly unreviewed: number;
}

export interface CasePage {
  readonly kind: "case";
  readonly info: CaseInfo;
  /** What the tester does, a step a line. */
  readonly script: readonly string[];
  readonly found: readonly OwnedFinding[];
  /** Who did not pass, by outcome. */
  readonly others: readonly (readonly [outcome: string, who: readonly CaseMention[]])[];
}

export interface CaseMention {
  readonly folder: string;
  readonly name: string;
  readonly label: string;
  readonly anchor: string;
}

export interface PairSide {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
}

/** `client`, `server`, `both`, `unknown`: something failed, and who is at fault by the octets. */
export type PairState = "works" | "client" | "server" | "both" | "unknown" | "offences" | "unsupported";

export interface ScenarioModel extends Omit<GridScenario, "offences"> {
  readonly title: string;
  /** What the sides broke: why it failed, a side once at most; or what did not matter, if it worked. */
  readonly broken: readonly BrokenModel[];
  /** Who made it fail: `fault` without the sides that were cleared. Null for nobody. */
  readonly accused: "client" | "server" | "both" | null;
  /** Somebody is accused, and somebody looked at all of that. */
  readonly isReviewed: boolean;
}

/** What a side of a pair broke, and what people say of that. */
export interface BrokenModel {
  readonly side: "client" | "server";
  /** Id; null where the grid names none. */
  readonly requirement: string | null;
  /** Null for a requirement of which nothing is known but its id, and where there is none. */
  readonly info: RequirementInfo | null;
  readonly because: string;
  /** `fault`: it was looked at, in the grid or in a run of the suite. `cleared`: so, and it is not the implementation's. */
  readonly standing: "fault" | "unreviewed" | "cleared";
  /** Absent where the same was reviewed in a run of the suite, and where nobody has looked. */
  readonly review?: GridReview;
}

export interface PairModel {
  readonly client: PairSide;
  readonly server: PairSide;
  readonly state: PairState;
  readonly failed: number;
  /** Somebody looked at everything for which somebody is at fault. */
  readonly isReviewed: boolean;
  readonly scenarios: readonly ScenarioModel[];
}

export interface GridPage {
  readonly kind: "grid";
  readonly day: string;
  readonly scenarios: Readonly<Record<string, string>>;
  readonly servers: readonly PairSide[];
  readonly clients: readonly (PairSide & { readonly pairs: readonly (PairModel | null)[] })[];
}

export interface GridClientPage {
  readonly kind: "grid-client";
  readonly client: PairSide;
  readonly pairs: readonly PairModel[];
}

export interface ProxiesPage {
  readonly kind: "proxies";
  readonly proxies: readonly (Omit<ProxyResults, "probes"> & {
    /** With the requirement that decides, where one does. */
    readonly probes: readonly (ProxyResults["probes"][number] & { readonly info: RequirementInfo | null })[];
    /** Its place on the page, such as `haproxy.http2`. */
    readonly key: string;
    readonly name: string;
    readonly hasPage: boolean;
  })[];
}

export interface ChangesPage {
  readonly kind: "changes";
  readonly changes: readonly ChangeModel[];
}

export interface DataPage {
  readonly kind: "data";
  readonly files: readonly { readonly path: string; readonly octets: number }[];
}
