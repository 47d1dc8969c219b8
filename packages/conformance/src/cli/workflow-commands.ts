import type { Io } from "./io.js";

/**
 * What a CI reads as a command in the output of a step: GitHub two colons at the start of a line, behind any blanks, and
 * `##[` anywhere; Azure `##vso[` anywhere.
 */
const COMMANDS = /(?<=^\s*:)(?=:)|(?<=##)(?=(?:vso)?\[)/gim;

/** Whether the output of this process is read for commands. */
export function readsCommands(env: Io["env"]): boolean {
  return env["GITHUB_ACTIONS"] === "true" || env["TF_BUILD"] !== undefined;
}

/** Text in which no line is a command: reports for people quote what peers sent. */
export function withoutCommands(text: string): string {
  return text.replaceAll(COMMANDS, " ");
}
