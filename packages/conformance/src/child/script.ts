import { access } from "node:fs/promises";
import { basename } from "node:path";

import { quote } from "../report/escape.js";
import type { CommandLine } from "./command-line.js";

const INTERPRETERS = /^(node|nodejs|bun|python[\d.]*|pypy[\d.]*|ruby|perl|php|lua|sh|bash|dash|zsh)$/;
const SCRIPT = /\.([cm]?[jt]s|py|rb|pl|php|lua|sh)$/;

/** Why a command cannot work that begins with an interpreter and a script; null if nothing speaks against it. */
export async function scriptProblem({ program, args }: CommandLine): Promise<string | null> {
  const [script = ""] = args;
  if (!INTERPRETERS.test(basename(program)) || script.startsWith("-") || !SCRIPT.test(script)) return null;
  try {
    await access(script);
    return null;
  } catch {
    return `there is no file ${quote(script)}`;
  }
}
