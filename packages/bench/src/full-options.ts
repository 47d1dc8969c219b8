import { parseArgs } from "node:util";
import { cases, selectCases, type Case, type Profile } from "wireproof";
import { isPeerName, PEER_NAMES, type PeerName } from "./peer-names.js";

export interface FullOptions {
  readonly peer: PeerName;
  readonly messages: "full" | "enough";
  readonly profile: Profile;
  readonly cases: readonly Case[];
}

const USAGE = `bench full [--peer ${PEER_NAMES.join("|")}] [--messages full|enough] [--cases PATTERN]`;

/** The options, or what is wrong with them. */
export function fullOptions(args: readonly string[]): FullOptions | string {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        peer: { type: "string", default: "ws" },
        messages: { type: "string", default: "full" },
        cases: { type: "string", multiple: true, default: [] },
      },
    });
    return settle(values.peer, values.messages, values.cases);
  } catch (error) {
    return `${error instanceof Error ? error.message : String(error)}\n${USAGE}`;
  }
}

function settle(peer: string, messages: string, include: readonly string[]): FullOptions | string {
  if (!isPeerName(peer)) return `there is no peer ${peer}\n${USAGE}`;
  if (messages !== "full" && messages !== "enough") return `--messages takes full or enough\n${USAGE}`;
  const selection = selectCases(cases, { include, exclude: [] });
  if (!selection.ok) return `no case matches ${selection.unknown.map(({ pattern }) => pattern).join(", ")}`;
  const profile = messages === "full" ? "autobahn" : "modern";
  return { peer, messages, profile, cases: selection.cases };
}
