import type { Reader } from "../cli/fan-out.js";
import type { Io } from "../cli/io.js";
import { escapeText, quote, safeJson } from "../report/escape.js";
import type { PeerUp, RunEvent } from "../run/event.js";

/**
 * Prints the lines that scripts look for to standard output: one for each case that begins, and one when a client asks
 * for reports. Messages for users go to standard error.
 */
export function consoleReader(io: Io): Reader<RunEvent> {
  return async (events) => {
    const peers = new Map<string, PeerUp>();
    let isServer = false;
    for await (const event of events) {
      if (event.type === "run") isServer = event.config.role === "server";
      if (event.type === "peer-up") {
        const other = namesake(event.agent, peers);
        if (other !== null)
          io.complain(`two servers have the name ${quote(other)}: this one is called ${quote(event.agent)}`);
        peers.set(event.peer, event);
      }
      // A case that is played again alone was announced before.
      if (event.type === "case-start" && (isServer || event.attempt === 1)) {
        await io.print(`Running test case ID ${event.case} ${about(peers.get(event.peer))}\n`);
      }
      if (event.type === "checkpoint") {
        const { url = "unknown" } = peers.get(event.peer ?? "") ?? {};
        await io.print(`Updating reports, requested by peer ${escapeText(url)}\n`);
      }
      const said = remark(event, peers);
      if (said !== null) io.complain(escapeText(said));
    }
  };
}

/** The line for a case that is excluded for an agent. */
export function skippedLine(id: string, agent: string, from: string): string {
  return `Skipping test case ID ${id} for agent ${escapeText(agent)} from peer ${escapeText(from)}\n`;
}

/** `-d`: every event of the run as a line of JSON on standard error. */
export function debugReader(io: Io): Reader<RunEvent> {
  return async (events) => {
    for await (const event of events) io.complain(safeJson(event));
  };
}

/** The name that a server would have if another server did not have it already; null if the name is its own. */
function namesake(agent: string, peers: ReadonlyMap<string, PeerUp>): string | null {
  const [, wanted] = /^(.*) \(\d+\)$/s.exec(agent) ?? [];
  return [...peers.values()].some((peer) => peer.agent === wanted) ? (wanted ?? null) : null;
}

function about(peer: PeerUp | undefined): string {
  const { agent = "unknown", url = "unknown" } = peer ?? {};
  return `for agent ${escapeText(agent)} from peer ${escapeText(url)}`;
}

function remark(event: RunEvent, peers: ReadonlyMap<string, PeerUp>): string | null {
  if (event.type === "peer-down") {
    const rest = event.after === null ? "none of its cases is run" : `gone during case ${event.after}`;
    return `${event.url}: ${event.because}; ${rest}`;
  }
  if (event.type === "note") {
    const name = peers.get(event.peer ?? "")?.agent;
    return name === undefined ? event.text : `${name}: ${event.text}`;
  }
  return null;
}
