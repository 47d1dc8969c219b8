import type { Extension } from "./extension-header.js";

/** What both sides agreed on (RFC 7692 §7.1). */
export interface DeflateParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  /** 8–15; 15 if nothing was said. */
  readonly serverMaxWindowBits: number;
  /** 8–15; 15 if nothing was said. */
  readonly clientMaxWindowBits: number;
}

/** How one side compresses. */
export interface DeflateSide {
  readonly windowBits: number;
  readonly noContextTakeover: boolean;
}

/** How the client, or the server, compresses. */
export function sideOf(agreed: DeflateParameters, role: "client" | "server"): DeflateSide {
  return role === "client"
    ? { windowBits: agreed.clientMaxWindowBits, noContextTakeover: agreed.clientNoContextTakeover }
    : { windowBits: agreed.serverMaxWindowBits, noContextTakeover: agreed.serverNoContextTakeover };
}

/** Whether a side may send what needs this. */
export function meetsNeeds(
  { windowBits, noContextTakeover }: DeflateSide,
  needs: { readonly context?: true; readonly windowBits?: number },
): boolean {
  return windowBits >= (needs.windowBits ?? 0) && !(needs.context === true && noContextTakeover);
}

export const EXTENSION_NAME = "permessage-deflate";

/** What an offer or an answer says, word by word; null where it says nothing. */
export interface ReadParameters {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number | null;
  /** `"any"`: without a value, which only an offer may do (RFC 7692 §7.1.2.2). */
  readonly clientMaxWindowBits: number | "any" | null;
}

/** Why parameters are unusable: the requirement behind it, and one sentence. */
export interface ParameterProblem {
  readonly problem: string;
  readonly requirement: string;
}

/** Reads the parameters of an offer or of an answer. */
export function readParameters(
  extension: Extension,
  where: "offer" | "answer",
): ReadParameters | ParameterProblem {
  const said = new Map<string, string | null>();
  for (const [name, value] of extension.parameters) {
    const wrong = checkParameter(name, value, where);
    if (wrong !== null) return wrong;
    if (said.has(name)) return problem("7692-7-7", `the extension ${where} repeats ${name}`);
    said.set(name, value);
  }
  return {
    serverNoContextTakeover: said.has("server_no_context_takeover"),
    clientNoContextTakeover: said.has("client_no_context_takeover"),
    serverMaxWindowBits: windowBits(said.get("server_max_window_bits")),
    clientMaxWindowBits:
      said.get("client_max_window_bits") === null ? "any" : windowBits(said.get("client_max_window_bits")),
  };
}

/** A peer's own words in a sentence are cut here. The grammar has kept control characters out. */
const WORD_SHOWN = 40;

function checkParameter(
  name: string,
  value: string | null,
  where: "offer" | "answer",
): ParameterProblem | null {
  switch (name) {
    case "server_no_context_takeover":
    case "client_no_context_takeover":
      return value === null ? null : problem("7692-7-6", `${name} has a value in the extension ${where}`);
    case "client_max_window_bits":
      if (value === null && where === "offer") return null;
      return checkWindow(name, value, where);
    case "server_max_window_bits":
      return checkWindow(name, value, where);
    default:
      return problem(
        "7692-7-5",
        `the extension ${where} has the unknown parameter ${name.slice(0, WORD_SHOWN)}`,
      );
  }
}

/** 8 to 15 without a leading zero (RFC 7692 §7.1.2.1, §7.1.2.2). */
function checkWindow(name: string, value: string | null, where: string): ParameterProblem | null {
  if (value === null) return problem("7692-7-6", `${name} has no value in the extension ${where}`);
  if (/^(?:[89]|1[0-5])$/.test(value)) return null;
  const shown = value.slice(0, WORD_SHOWN);
  return problem("7692-7-6", `${name} is ${shown} in the extension ${where}, not 8 to 15`);
}

function windowBits(value: string | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function problem(requirement: string, sentence: string): ParameterProblem {
  return { problem: sentence, requirement };
}
