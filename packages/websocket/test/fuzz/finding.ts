import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { Harness } from "./harness.js";
import { HARNESSES } from "./harnesses.js";

/** Something that must not have happened, and what makes it happen. */
export interface Finding {
  readonly harness: string;
  readonly seed: number;
  /** The endpoint was broken on purpose in this way. */
  readonly fault?: string | undefined;
  readonly problem: string;
  /** Played together, as many at a time as the harness has lanes. */
  readonly plans: readonly unknown[];
}

/** What is the same about a problem when it happens again: not its numbers, not what was compared. */
export function kindOf(problem: string): string {
  const line = problem.split("\n")[0] ?? "";
  return line.replaceAll(/[\d.]+/g, "#");
}

/** The file of a script. */
export function scriptFile(folder: string, { harness, seed }: Finding): string {
  return join(folder, `${harness}-${seed}.json`);
}

/** What `--replay` plays: JSON in ASCII, to be read and changed by hand. */
export function scriptText(finding: Finding): string {
  const text = JSON.stringify(finding, undefined, 2);
  const escaped = (character: string): string =>
    `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
  return `${text.replaceAll(/[\u007f-\uffff]/g, escaped)}\n`;
}

export function writeScript(file: string, finding: Finding): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, scriptText(finding));
}

/** Throws for what is no script. */
export function readScript(file: string): Finding {
  const finding = JSON.parse(readFileSync(file, "utf8")) as Partial<Finding>;
  const { harness, problem, plans } = finding;
  if (harness === undefined || problem === undefined || !Array.isArray(plans) || plans.length === 0)
    throw new Error(`${file} is no script of a finding`);
  return finding as Finding;
}

/** Throws when there is none of this name. */
export function harnessOf(name: string): Harness {
  const harness = HARNESSES.find((it) => it.name === name);
  if (harness !== undefined) return harness;
  throw new Error(`there is no harness "${name}", only ${HARNESSES.map((it) => it.name).join(", ")}`);
}
