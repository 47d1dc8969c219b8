import type { RunEvent } from "../run/event.js";
import { checkGroups, runCheck, type Check } from "./checks.js";
import { safeJson } from "./escape.js";
import { headlineOf } from "./headline.js";
import type { ReportChunk } from "./reporter.js";
import { resultsOf } from "./run-results.js";
import { peerName } from "./words.js";

/** TAP 14 (testanything.org): what was found first, then every case, with a YAML block where something is to be said. */
export async function* tapReporter(events: AsyncIterable<RunEvent>): AsyncGenerator<ReportChunk> {
  const run = await resultsOf(events);
  if (run.start === null) return;
  const peers = [...run.peers.values()].map((peer) => ({ peer, groups: checkGroups(run, peer) }));
  const whole = runCheck(run);
  const total = peers.reduce(
    (sum, { groups }) => groups.reduce((inner, { checks }) => inner + checks.length, sum),
    whole === null ? 0 : 1,
  );
  yield { data: `TAP version 14\n1..${total}\n` };
  let number = 0;
  if (whole !== null) yield { data: testPoint(whole, ++number, "") };
  for (const { peer, groups } of peers) {
    const name = peerName(peer.agent, peer.url);
    yield { data: `# ${name}: ${headlineOf(run, peer).text}\n` };
    for (const { title, checks } of groups) {
      yield { data: `# ${title}\n` };
      const prefix = peers.length > 1 ? `${name}: ` : "";
      for (const check of checks) yield { data: testPoint(check, ++number, prefix) };
    }
  }
}

function testPoint(check: Check, number: number, prefix: string): string {
  const { name, status, type, message, details } = check;
  const isOk = status === "passed" || status === "skipped";
  const directive = status === "skipped" ? ` # SKIP ${described(message)}` : "";
  const line = `${isOk ? "ok" : "not ok"} ${number} - ${described(prefix + name)}${directive}\n`;
  if (message === "" && details.length === 0) return line;
  // A JSON string is a YAML scalar, and nothing in it can end the block.
  const block = [
    `type: ${safeJson(type)}`,
    ...(message === "" ? [] : [`message: ${safeJson(message)}`]),
    ...(details.length === 0 ? [] : ["details:", ...details.map((detail) => `  - ${safeJson(detail)}`)]),
  ];
  return `${line}  ---\n${block.map((text) => `  ${text}\n`).join("")}  ...\n`;
}

/** A number sign would begin a directive, and a backslash escapes it (TAP 14). */
function described(text: string): string {
  return text.replaceAll(/[\\#]/g, "\\$&");
}
