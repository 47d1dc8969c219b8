import type * as z from "zod";

import { didYouMean } from "../cli/nearest.js";
import { UsageError } from "../cli/usage-error.js";
import { isNestedTooDeep, MAX_NESTING } from "../nesting.js";
import { quote } from "../report/escape.js";

/** The most problems of a file that one message names. */
const MOST_PROBLEMS = 3;

/** Reads a file of settings in JSON. Throws a UsageError that names the file and the path of what is wrong. */
export function parseSettings<T>(text: string, file: string, schema: z.ZodType<T>): T {
  return checkSettings(parseJson(text, file), file, schema);
}

/** Checks settings that were read already; `place`: where they stand in the file. Throws a UsageError. */
export function checkSettings<T>(
  value: unknown,
  file: string,
  schema: z.ZodType<T>,
  place: readonly PropertyKey[] = [],
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const about = { value, schema, place };
  const sentences = parsed.error.issues.flatMap((issue) => sentencesOf(issue, about));
  throw new UsageError(`${file}: ${[...new Set(sentences)].slice(0, MOST_PROBLEMS).join("; ")}`);
}

/** The value of a text in JSON. Throws a UsageError. */
export function parseJson(text: string, file: string): unknown {
  if (isNestedTooDeep(Buffer.from(text)))
    throw new UsageError(`${file}: this is nested more than ${MAX_NESTING} deep`);
  try {
    return JSON.parse(text.replace(/^\uFEFF/, "")) as unknown;
  } catch (error) {
    const why = error instanceof Error ? quote(error.message) : String(error);
    throw new UsageError(`${file}: this is not JSON: ${why}`);
  }
}

interface About {
  readonly value: unknown;
  readonly schema: z.ZodType;
  readonly place: readonly PropertyKey[];
}

function sentencesOf(issue: z.core.$ZodIssue, about: About): readonly string[] {
  const { value, schema, place: outer } = about;
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(schema, issue.path);
    return issue.keys.map(
      (key) => `${pathText([...outer, ...issue.path, key])} is no setting${didYouMean(key, known)}`,
    );
  }
  if (issue.code === "invalid_union") {
    // What fits best is what gets farthest: a wrong type at the top says nothing.
    const [best] = issue.errors.toSorted((a, b) => depthOf(b) - depthOf(a));
    const nested = (best ?? []).map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
    return nested.flatMap((one) => sentencesOf(one, about));
  }
  const path = [...outer, ...issue.path];
  const place = path.length === 0 ? "the file" : pathText(path);
  return [`${place} ${clauseOf(issue, valueAt(value, issue.path))}`];
}

function depthOf(issues: readonly z.core.$ZodIssue[]): number {
  return Math.max(0, ...issues.map(({ path, code }) => path.length + (code === "invalid_type" ? 0 : 1)));
}

function clauseOf(issue: z.core.$ZodIssue, found: unknown): string {
  if (issue.code === "invalid_type") {
    return found === undefined
      ? "is missing"
      : `has to be ${NOUNS.get(issue.expected) ?? issue.expected}, not ${kindOf(found)}`;
  }
  if (issue.code === "invalid_value") {
    const words = issue.values.map(String);
    const hint = typeof found === "string" ? didYouMean(found, words) : "";
    return `takes ${words.join(" or ")}, not ${shown(found)}${hint}`;
  }
  if (issue.code === "too_small") return `has to be at least ${String(issue.minimum)}, not ${shown(found)}`;
  if (issue.code === "too_big") return `has to be at most ${String(issue.maximum)}, not ${shown(found)}`;
  return issue.message.startsWith("is ") ? issue.message : `cannot be used: ${issue.message}`;
}

const NOUNS: ReadonlyMap<string, string> = new Map([
  ["string", "a text"],
  ["number", "a number"],
  ["int", "a whole number"],
  ["boolean", "true or false"],
  ["array", "a list"],
  ["object", "an object"],
  ["record", "an object"],
]);

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return NOUNS.get(typeof value) ?? `a ${typeof value}`;
}

function shown(value: unknown): string {
  if (typeof value === "string") return quote(value);
  return typeof value === "number" || typeof value === "boolean" ? String(value) : kindOf(value);
}

/** `targets.echo.cases[0]`; a name with other characters is quoted. */
function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, at) => {
      if (typeof part === "number") return `[${part}]`;
      const name = String(part);
      const plain = /^[\w$-]+$/.test(name) ? name : quote(name);
      return at === 0 ? plain : `.${plain}`;
    })
    .join("");
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Record<PropertyKey, unknown>)[part];
  }
  return found;
}

/** The keys that an object may have at this place of a schema, of all alternatives. */
function keysAt(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  const { def } = schema as { readonly def: SchemaDef };
  switch (def.type) {
    case "object": {
      const [next, ...rest] = path;
      if (next === undefined) return Object.keys(def.shape ?? {});
      const inner = def.shape?.[String(next)];
      return inner === undefined ? [] : keysAt(inner, rest);
    }
    case "record":
      return path.length === 0 ? [] : keysAt(def.valueType, path.slice(1));
    case "array":
      return path.length === 0 ? [] : keysAt(def.element, path.slice(1));
    case "union":
      return [...new Set((def.options ?? []).flatMap((one) => keysAt(one, path)))];
    case "optional":
    case "default":
      return keysAt(def.innerType, path);
    case "pipe":
      return keysAt(def.in, path);
    default:
      return [];
  }
}

/** The parts of zod's definitions that are looked at. */
interface SchemaDef {
  readonly type: string;
  readonly shape?: Readonly<Record<string, unknown>>;
  readonly valueType?: unknown;
  readonly element?: unknown;
  readonly options?: readonly unknown[];
  readonly innerType?: unknown;
  readonly in?: unknown;
}
