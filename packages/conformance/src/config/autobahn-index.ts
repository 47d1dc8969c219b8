import * as z from "zod";
import { isNestedTooDeep, MAX_NESTING } from "../nesting.js";
import { FileProblem, readSmallFile } from "../read-file.js";
import { reasonOf } from "../reason-of.js";
import { escapeText, quote } from "../report/escape.js";

/** The result of a case in an `index.json`. */
export interface OldResult {
  readonly behavior: string;
  readonly behaviorClose: string;
}

/** Results by agent and case. */
export type OldIndex = ReadonlyMap<string, ReadonlyMap<string, OldResult>>;

/** Enough for hundreds of agents with all cases. */
const MAX_OCTETS = 256 * 1024 * 1024;

const schema = z.record(
  z.string(),
  z.record(
    z.string().regex(/^\d+(\.\d+)+$/),
    z.looseObject({ behavior: z.string().max(100), behaviorClose: z.string().max(100) }),
  ),
);

/** The file is not an `index.json` of Autobahn|Testsuite. The message is one sentence. */
export class IndexError extends Error {
  override readonly name = "IndexError";
}

/** Reads an `index.json` of Autobahn|Testsuite or of this suite. Throws an IndexError. */
export function readAutobahnIndex(file: string): OldIndex {
  const parsed = schema.safeParse(parse(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue === undefined ? "" : ` at ${quote(issue.path.map(String).join(" "))}`;
    throw new IndexError(`${quote(file)} is not an index.json of Autobahn|Testsuite${place}`);
  }
  return new Map(
    Object.entries(parsed.data).map(([agent, cases]) => [agent, new Map(Object.entries(cases))]),
  );
}

function parse(file: string): unknown {
  try {
    const octets = readSmallFile(file, MAX_OCTETS);
    if (isNestedTooDeep(octets)) throw new FileProblem(`it is nested more than ${MAX_NESTING} deep`);
    return JSON.parse(octets.toString("utf8"));
  } catch (error) {
    throw new IndexError(`cannot read ${quote(file)}: ${escapeText(reasonOf(error))}`);
  }
}
