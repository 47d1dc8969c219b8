import type { Case } from "../case/case.js";
import { quote } from "../report/escape.js";

/** What a client asks for with the URL that it opens. Paths and parameters are those of the original suite. */
export type Control =
  | { readonly do: "count" }
  | { readonly do: "info"; readonly case: Case }
  | { readonly do: "status"; readonly case: Case; readonly agent: string }
  | { readonly do: "run"; readonly case: Case; readonly agent: string }
  | { readonly do: "report"; readonly agent: string | null; readonly stops: boolean }
  | { readonly do: "stop" }
  /** Any other path: the client sends commands. */
  | { readonly do: "obey" };

/** Why a URL cannot be used: the HTTP status, and a sentence without a full stop. */
export interface ControlProblem {
  readonly status: 400 | 404;
  readonly sentence: string;
}

/** Most characters of the name of an agent. */
const AGENT_LENGTH = 200;

/**
 * Reads the target of a request, which has one character for each octet. `cases`: the cases of the run; clients count
 * them from 1. Parameters may have any order. Unknown ones are ignored.
 */
export function readControl(target: string, cases: readonly Case[]): Control | ControlProblem {
  const { path, query } = split(target);
  const read = new Parameters(query, cases);
  switch (path) {
    case "/getCaseCount":
      return { do: "count" };
    case "/getCaseInfo":
      return withAll({ do: "info" as const, case: read.case() });
    case "/getCaseStatus":
      return withAll({ do: "status" as const, case: read.case(), agent: read.agent() });
    case "/runCase":
      return withAll({ do: "run" as const, case: read.case(), agent: read.agent() });
    case "/updateReports":
      return { do: "report", agent: read.optionalAgent(), stops: read.stops() };
    case "/stopServer":
      return { do: "stop" };
    default:
      return { do: "obey" };
  }
}

export function isControlProblem(read: Control | ControlProblem): read is ControlProblem {
  return "sentence" in read;
}

/** The parts of a control without the type of problems. */
type Sound<T> = { [K in keyof T]: Exclude<T[K], ControlProblem> };

/** The first part that is a problem; if there is none, all parts. */
function withAll<T extends object>(parts: T): Sound<T> | ControlProblem {
  const problem = Object.values(parts).find(
    (part): part is ControlProblem => typeof part === "object" && part !== null && "sentence" in part,
  );
  return problem ?? (parts as Sound<T>);
}

class Parameters {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  readonly #cases: readonly Case[];

  constructor(query: string, cases: readonly Case[]) {
    this.#values = parametersOf(query);
    this.#cases = cases;
  }

  /** The case by its number, or by its id if there is no number. */
  case(): Case | ControlProblem {
    const number = this.#one("case");
    if (isProblem(number)) return number;
    if (number !== null) return this.#caseByNumber(number);
    const id = this.#one("casetuple");
    if (isProblem(id)) return id;
    if (id === null) return problem(400, "the URL names no case: it needs case=N or casetuple=ID");
    const found = this.#cases.find((one) => one.id === id.trim());
    return (
      found ?? problem(404, `the case ${shown(id)} is not among the ${this.#cases.length} cases of this run`)
    );
  }

  #caseByNumber(typed: string): Case | ControlProblem {
    if (!/^\s*\d+\s*$/.test(typed)) return problem(400, `case=${shown(typed)} is not a number`);
    const found = this.#cases[Number(typed) - 1];
    return (
      found ??
      problem(
        404,
        `there is no case ${shown(typed.trim())}: this run has the cases 1 to ${this.#cases.length}`,
      )
    );
  }

  agent(): string | ControlProblem {
    const agent = this.#one("agent");
    if (agent === null || isProblem(agent)) {
      return agent ?? problem(400, "the URL names no agent: it needs agent=NAME");
    }
    if (agent.length > AGENT_LENGTH) {
      return problem(400, `the name of the agent is longer than ${AGENT_LENGTH} characters`);
    }
    return agent;
  }

  optionalAgent(): string | null {
    return this.#values.get("agent")?.[0]?.slice(0, AGENT_LENGTH) ?? null;
  }

  stops(): boolean {
    return (
      this.#values.get("shutdownOnComplete")?.some((value) => value === "true" || value === "yes") ?? false
    );
  }

  #one(name: string): string | null | ControlProblem {
    const values = this.#values.get(name) ?? [];
    if (values.length > 1) return problem(400, `the URL has the parameter ${name} ${values.length} times`);
    return values[0] ?? null;
  }
}

function isProblem(value: object | string | null): value is ControlProblem {
  return typeof value === "object" && value !== null;
}

function problem(status: 400 | 404, sentence: string): ControlProblem {
  return { status, sentence };
}

function shown(text: string): string {
  return quote(text.slice(0, 40));
}

/** Path and query of a target, which may be a whole URL (RFC 9112 §3.2.2) and may begin with several slashes. */
function split(target: string): { path: string; query: string } {
  const bare = target.replace(/^[a-z]+:\/\/[^/?]*/i, "");
  const mark = bare.indexOf("?");
  const path = mark < 0 ? bare : bare.slice(0, mark);
  return { path: path.replace(/^\/*/, "/"), query: mark < 0 ? "" : bare.slice(mark + 1) };
}

/** Parameters as HTML forms encode them. One without a value is ignored. */
function parametersOf(query: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const pair of query.split("&")) {
    const equals = pair.indexOf("=");
    if (equals < 0) continue;
    const value = decode(pair.slice(equals + 1));
    const name = decode(pair.slice(0, equals));
    if (value !== "") found.set(name, [...(found.get(name) ?? []), value]);
  }
  return found;
}

/** Never fails: an invalid escape stays as it is, and octets that are not UTF-8 become U+FFFD. */
function decode(text: string): string {
  const octets = text
    .replaceAll("+", " ")
    .replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
  return Buffer.from(octets, "latin1").toString("utf8");
}
