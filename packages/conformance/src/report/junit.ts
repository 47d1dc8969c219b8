import type { RunEvent } from "../run/event.js";
import { checkGroups, runCheck, type Check, type CheckGroup, type CheckStatus } from "./checks.js";
import { headlineOf } from "./headline.js";
import type { ReportChunk } from "./reporter.js";
import { resultsOf, type PeerResults, type RunResults } from "./run-results.js";
import { peerName } from "./words.js";
import { xmlText } from "./xml.js";

/**
 * JUnit XML as Jenkins and GitLab read it: a suite for what was found, then one for each section. GitLab groups by
 * `classname` and takes the name for the same test in every run.
 */
export async function* junitReporter(events: AsyncIterable<RunEvent>): AsyncGenerator<ReportChunk> {
  const run = await resultsOf(events);
  if (run.start === null) return;
  const suites = [...run.peers.values()].map((peer) => ({ peer, groups: checkGroups(run, peer) }));
  const whole = runCheck(run);
  const ofRun = whole === null ? [] : [whole];
  const all = [...ofRun, ...suites.flatMap(({ groups }) => groups.flatMap(({ checks }) => checks))];
  yield { data: `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="wireproof" ${counts(all)}>\n` };
  if (whole !== null) yield { data: suiteOfRun(run, whole) };
  for (const { peer, groups } of suites) {
    for (const group of groups) yield { data: suite(run, peer, group) };
  }
  yield { data: "</testsuites>\n" };
}

function suite(run: RunResults, peer: PeerResults, { title, checks }: CheckGroup): string {
  const agent = peerName(peer.agent, peer.url);
  const properties = [
    ["peer", agent],
    ["verdict", headlineOf(run, peer).text],
  ] as const;
  return suiteOf(run, `${agent}: ${title}`, `${peer.agent ?? peer.url}.${title}`, properties, checks);
}

function suiteOfRun(run: RunResults, check: Check): string {
  return suiteOf(run, "Run", "Run", [], [check]);
}

function suiteOf(
  { start }: RunResults,
  name: string,
  classname: string,
  about: readonly (readonly [name: string, value: string])[],
  checks: readonly Check[],
): string {
  const skipped = checks.filter(({ status }) => status === "skipped").length;
  const startedAt = start?.startedAt.replace(/\.\d+Z$/, "") ?? "";
  const properties = [...about, ["profile", start?.profile ?? ""], ["suite", start?.suite ?? ""]].map(
    ([name = "", value = ""]) => `      <property name="${name}" value="${xmlText(value)}"/>\n`,
  );
  return [
    `  <testsuite name="${xmlText(name)}" ${counts(checks)} skipped="${skipped}" timestamp="${xmlText(startedAt)}">\n`,
    `    <properties>\n${properties.join("")}    </properties>\n`,
    ...checks.map((check) => testCase(check, classname)),
    "  </testsuite>\n",
  ].join("");
}

function counts(checks: readonly Check[]): string {
  const number = (status: CheckStatus): number => checks.filter((check) => check.status === status).length;
  const seconds = checks.reduce((sum, check) => sum + check.seconds, 0);
  return `tests="${checks.length}" failures="${number("failed")}" errors="${number("error")}" time="${seconds.toFixed(3)}"`;
}

const ELEMENTS: Readonly<Record<Exclude<CheckStatus, "passed">, string>> = {
  failed: "failure",
  error: "error",
  skipped: "skipped",
};

function testCase(check: Check, classname: string): string {
  const { name, status, type, message, details, seconds } = check;
  const open = `    <testcase name="${xmlText(name)}" classname="${xmlText(classname)}" time="${seconds.toFixed(3)}"`;
  const text = details.map(xmlText).join("\n");
  if (status !== "passed") {
    const element = ELEMENTS[status];
    const lines = [xmlText(message), ...(text === "" ? [] : [text])].join("\n");
    return `${open}>\n      <${element} type="${xmlText(type)}" message="${xmlText(message)}">${lines}</${element}>\n    </testcase>\n`;
  }
  if (text === "") return `${open}/>\n`;
  return `${open}>\n      <system-out>${text}</system-out>\n    </testcase>\n`;
}
