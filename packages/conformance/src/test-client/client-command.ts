import { basename } from "node:path";

import type { CommandLine } from "../child/command-line.js";

/** What a client gets: in its arguments if they have a placeholder, and always in its environment. */
export interface ClientFacts {
  /** `{url}`, WIREPROOF_URL: the address to which it connects. */
  readonly url: string;
  /** `{agent}`, WIREPROOF_AGENT: the name that it should send. */
  readonly agent: string;
  /** `{ca}`, WIREPROOF_CA: with TLS, a file with the certificate to trust. */
  readonly caFile?: string;
}

/** The command with all placeholders filled in. */
export function clientCommand(line: CommandLine, facts: ClientFacts): CommandLine {
  const { url, agent, caFile } = facts;
  const fill = (text: string): string =>
    text.replace(/\{(url|agent|ca)\}/g, (found, name: string) => {
      if (name === "url") return url;
      return name === "agent" ? agent : (caFile ?? found);
    });
  const given = Object.entries(line.env).map(([name, value]) => [name, fill(value)] as const);
  return {
    program: line.program,
    args: line.args.map(fill),
    env: { ...variables(facts), ...Object.fromEntries(given) },
  };
}

/** The default name of a client: the name of its script or program, not that of an interpreter. */
export function agentNameOf({ program, args }: CommandLine): string {
  const script = args.find((arg) => /\.\w{1,4}$/.test(arg) && !/^-|[{}]/.test(arg));
  return basename(script ?? program);
}

function variables({ url, agent, caFile }: ClientFacts): Record<string, string> {
  const common = { WIREPROOF_URL: url, WIREPROOF_AGENT: agent };
  if (caFile === undefined) return common;
  // Node trusts this certificate in addition to its own ones, so that a client on Node needs no change.
  const extra = process.env["NODE_EXTRA_CA_CERTS"] === undefined ? { NODE_EXTRA_CA_CERTS: caFile } : {};
  return { ...common, WIREPROOF_CA: caFile, ...extra };
}
