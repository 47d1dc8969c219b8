import { basename } from "node:path";

import type { CommandLine } from "../child/command-line.js";

/** What a client is told: in its arguments where they have a place for it, and always in its environment. */
export interface ClientFacts {
  /** `{url}`, WIREPROOF_URL: where it connects to. */
  readonly url: string;
  /** `{agent}`, WIREPROOF_AGENT: how it should call itself. */
  readonly agent: string;
  /** `{ca}`, WIREPROOF_CA: a file with the certificate to trust, over TLS. */
  readonly caFile?: string;
}

/** The command with everything in its place. */
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

/** What a client is called that does not say it: the file it is made of, which interpreters are not. */
export function agentNameOf({ program, args }: CommandLine): string {
  const script = args.find((arg) => /\.\w{1,4}$/.test(arg) && !/^-|[{}]/.test(arg));
  return basename(script ?? program);
}

function variables({ url, agent, caFile }: ClientFacts): Record<string, string> {
  const common = { WIREPROOF_URL: url, WIREPROOF_AGENT: agent };
  if (caFile === undefined) return common;
  // Node trusts it in addition to its own, so that a client on Node needs no change.
  const extra = process.env["NODE_EXTRA_CA_CERTS"] === undefined ? { NODE_EXTRA_CA_CERTS: caFile } : {};
  return { ...common, WIREPROOF_CA: caFile, ...extra };
}
