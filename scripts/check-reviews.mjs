/**
 * Compares interop/results/reviews with interop/results/stacks: what a run found and nobody looked at, and what was
 * looked at and no run shows. Run `npm run build` first.
 *
 *     node scripts/check-reviews.mjs [--results DIR] [--brief] [STACK…]
 *
 * Of each role: how many findings there are, and how many were reviewed. Then, unless --brief is given, a line for each
 * finding that is `unreviewed`, `in part` (no review speaks of some of its cases), `older` (another version was looked
 * at) or `not found` (a review, but no such finding). Findings that are only notes are left out: they accuse nobody.
 * The last lines are about the interop grid: what each side of a pair is accused of, by requirement, with the scenarios and
 * with how many others; `unreviewed` if no review of this version speaks of it, in the grid or in a run of the suite.
 * The exit code is 1 if a review is not valid: of another form, of a stack, case or requirement that there is not, or twice.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { cases, OBSERVATIONS, REQUIREMENTS } from "../packages/conformance/dist/src/index.js";
import { SCENARIOS } from "../packages/conformance/dist/src/grid/scenarios.js";
import { stackResults, stackReviews } from "../packages/conformance/dist/src/matrix/results.js";
import { compressIds } from "../packages/conformance/dist/src/report/layout.js";
import { gridModel } from "../packages/conformance/dist/src/site/grid-model.js";
import { readSiteData } from "../packages/conformance/dist/src/site/site-data.js";
import { stackModel } from "../packages/conformance/dist/src/site/stack-model.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const CATALOGUE = cases.map(({ id }) => id);
const KNOWN_IDS = new Set(CATALOGUE);
const KNOWN_SCENARIOS = new Set(SCENARIOS.map(({ name }) => name));
const CITATION = /^RFC (?:\d{4}) §\d+(?:\.\d+)*$/;
/** Longer than that, a sentence is two. */
const SENTENCE_CHARACTERS = 240;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    results: { type: "string", default: join(ROOT, "interop/results") },
    brief: { type: "boolean", default: false },
  },
});
const problems = [];
const sum = { reviewed: 0, "in part": 0, older: 0, unreviewed: 0, "not found": 0 };
const reviewed = filesOf("reviews", stackReviews);
const tested = filesOf("stacks", stackResults);
for (const [stack, { reviews, grid }] of reviewed) {
  checkReviews(stack, reviews);
  checkGridReviews(stack, grid ?? []);
}
for (const stack of new Set([...tested.keys(), ...reviewed.keys()].toSorted((a, b) => (a < b ? -1 : 1))))
  if (positionals.length === 0 || positionals.includes(stack)) compare(stack);
// What is not valid is said already.
if (problems.length === 0) compareGrid();
const counts = Object.entries(sum).map(([what, count]) => `${count} ${what}`);
console.log(`Findings of all: ${counts.join(", ")}`);
for (const problem of problems) console.error(`check-reviews: ${problem}`);
if (problems.length > 0) process.exitCode = 1;

/** The valid files of a folder of results, by the name of the stack. */
function filesOf(folder, schema) {
  const path = join(values.results, folder);
  const files = new Map();
  for (const name of existsSync(path) ? readdirSync(path).toSorted() : []) {
    const file = `${folder}/${name}`;
    try {
      const content = schema.parse(JSON.parse(readFileSync(join(path, name), "utf8")));
      if (name === `${content.stack}.json`) files.set(content.stack, content);
      else problems.push(`${file}: it is about ${content.stack}, and has the name of another stack`);
    } catch (error) {
      problems.push(`${file}: ${error instanceof z.ZodError ? z.prettifyError(error) : error.message}`);
    }
  }
  return files;
}

function checkReviews(stack, reviews) {
  if (!existsSync(join(ROOT, "interop/stacks", stack, "stack.json")))
    problems.push(`${stack}: there is no such stack in interop/stacks`);
  const seen = new Set();
  for (const review of reviews) {
    const { finding, role, over, cases: list, version } = review;
    for (const problem of problemsOf(review)) problems.push(`${stack}, ${over}, ${finding}: ${problem}`);
    const key = [finding, role, over, list, version].join(" ");
    if (seen.has(key)) problems.push(`${stack}, ${over}, ${finding}: two reviews are about ${list || "it"}`);
    seen.add(key);
  }
}

function checkGridReviews(stack, reviews) {
  const seen = new Set();
  for (const review of reviews) {
    const { role, requirement, scenarios, version } = review;
    const unknown = scenarios.filter((name) => !KNOWN_SCENARIOS.has(name));
    const about = `${stack}, grid, ${role}, ${requirement}`;
    for (const problem of [
      ...(requirement === null || REQUIREMENTS.has(requirement)
        ? []
        : [`there is no requirement ${requirement}`]),
      ...(unknown.length === 0 ? [] : [`there is no scenario ${unknown.join(", ")}`]),
      ...sentenceProblems(review),
    ])
      problems.push(`${about}: ${problem}`);
    for (const scenario of scenarios) {
      const key = [role, requirement, scenario, version].join(" ");
      if (seen.has(key)) problems.push(`${about}: two reviews are about ${scenario}`);
      seen.add(key);
    }
  }
}

/** What is said of every review. In the grid, an RFC need not speak of what was done. */
function sentenceProblems({ by, says }) {
  return [
    ...(by === undefined || CITATION.test(by)
      ? []
      : [`"${by}" is no section of an RFC, such as RFC 6455 §5.1`]),
    ...(/^[A-Z`][^\n]*\.$/.test(says) ? [] : ["what it says is no sentence"]),
    ...(says.length <= SENTENCE_CHARACTERS ? [] : [`its sentence has ${says.length} characters`]),
  ];
}

function problemsOf(review) {
  const { finding, role, cases: list } = review;
  const [requirement, observation, ofRole, ...more] = finding.split("/");
  const unknown = expand(list).filter((id) => !KNOWN_IDS.has(id));
  return [
    ...(requirement === "none" || REQUIREMENTS.has(requirement)
      ? []
      : [`there is no requirement ${requirement}`]),
    ...(OBSERVATIONS.has(observation) ? [] : [`there is no observation ${observation}`]),
    ...(ofRole === role && more.length === 0 ? [] : [`its id is not that of a finding about a ${role}`]),
    ...(list === "" ? ["it names no case"] : []),
    ...(unknown.length === 0 ? [] : [`there is no case ${unknown.join(", ")}`]),
    ...sentenceProblems(review),
  ];
}

function compare(stack) {
  const reviews = reviewed.get(stack)?.reviews ?? [];
  for (const result of tested.get(stack)?.roles ?? []) {
    const { role, over, version } = result;
    const mine = reviews.filter((one) => one.role === role && one.over === over);
    const accusing = result.findings.filter(({ outcome }) => outcome !== "informational");
    const lines = accusing.map((finding) => standingOf(finding, mine, version));
    const ids = new Set(result.findings.map(({ id }) => id));
    const lost = new Set(mine.filter(({ finding }) => !ids.has(finding)).map(({ finding }) => finding));
    for (const finding of lost) lines.push(["not found", `${finding}: ${result.status}, and not seen`]);
    for (const [standing] of lines) sum[standing] += 1;
    const count = lines.filter(([standing]) => standing === "reviewed").length;
    const name = `${stack} ${role}${over === "http2" ? " over HTTP/2" : ""}`;
    console.log(`${name} ${version}: ${count} of ${accusing.length} reviewed`);
    if (values.brief) continue;
    for (const [standing, text] of lines)
      if (standing !== "reviewed") console.log(`  ${standing.padEnd(10)}  ${text}`);
  }
}

/** How far a finding was looked at, and what is to be said of that. */
function standingOf({ id, because, cases: list, evidence }, reviews, version) {
  const about = reviews.filter(({ finding }) => finding === id);
  if (about.length === 0) return ["unreviewed", `${id}: ${because} See ${evidence.case}.`];
  const spokenOf = new Set(about.flatMap((review) => expand(review.cases)));
  const left = expand(list).filter((one) => !spokenOf.has(one));
  if (left.length > 0) return ["in part", `${id}: no review speaks of ${compressIds(left, CATALOGUE)}`];
  if (about.every((review) => review.version !== version))
    return ["older", `${id}: reviewed at ${about.map((review) => review.version).join(", ")}`];
  return ["reviewed", id];
}

/** What the grid accuses a side of, once for each stack, role and requirement, as the site shows it. */
function compareGrid() {
  const { grid, stacks } = readSiteData(values.results, join(ROOT, "interop/stacks"));
  if (grid === undefined) return;
  const gridReviews = new Map(stacks.map((one) => [one.about.folder, one.gridReviews]));
  const models = stacks.map((one) => stackModel(one, CATALOGUE));
  const groups = new Map();
  for (const page of gridModel(grid, models, gridReviews).pages)
    for (const pair of page.kind === "grid-client" ? page.pairs : [])
      for (const { scenario, broken } of pair.scenarios)
        for (const { side, requirement, because, standing } of broken) {
          const stack = pair[side].folder;
          if (positionals.length > 0 && !positionals.includes(stack)) continue;
          const key = `${stack} ${side}, ${requirement}`;
          const group = groups.get(key) ?? { because, scenarios: new Set(), others: new Set() };
          groups.set(key, group);
          if (standing !== "unreviewed") continue;
          group.scenarios.add(scenario);
          group.others.add(pair[side === "client" ? "server" : "client"].folder);
        }
  const waiting = [...groups].filter(([, { others }]) => others.size > 0);
  const count = groups.size - waiting.length;
  console.log(`Accusations of the grid: ${count} reviewed, ${waiting.length} unreviewed`);
  if (values.brief) return;
  for (const [key, { because, scenarios, others }] of waiting)
    console.log(
      `  unreviewed  ${key}: ${because}. In ${[...scenarios].join(", ")}, with ${compressNames([...others])}`,
    );
}

/** The first names of many. */
function compressNames(names) {
  return names.length <= 5
    ? names.join(", ")
    : `${names.slice(0, 4).join(", ")} and ${names.length - 4} more`;
}

/** Every id of a list such as `2.1–2.6, 2.9, 7.*`. */
function expand(list) {
  return list
    .split(", ")
    .filter((part) => part !== "")
    .flatMap((part) => {
      if (part.endsWith(".*")) return CATALOGUE.filter((id) => id.startsWith(part.slice(0, -1)));
      const [from, to = from] = part.split("–");
      const [first, last] = [from, to].map((id) => CATALOGUE.indexOf(id));
      return first === -1 || last < first ? [from, to] : betweenInFamily(first, last);
    });
}

/** The ids from one place in the catalogue to another; the same family in between only. */
function betweenInFamily(first, last) {
  const depth = CATALOGUE[first].split(".").length;
  const family = CATALOGUE[first].slice(0, CATALOGUE[first].lastIndexOf(".") + 1);
  return CATALOGUE.slice(first, last + 1).filter(
    (id) => id.startsWith(family) && id.split(".").length === depth,
  );
}
