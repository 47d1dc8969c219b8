import { access, constants, stat } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";

import { quote } from "../report/escape.js";
import type { CommandLine } from "./command-line.js";

const INTERPRETERS = /^(node|nodejs|bun|python[\d.]*|pypy[\d.]*|ruby|perl|php|lua|sh|bash|dash|zsh)$/;
const SCRIPT = /\.([cm]?[jt]s|py|rb|pl|php|lua|sh)$/;

/**
 * Why the program of a command cannot be started, in one sentence; null if no reason is known. Other reasons, such as
 * a missing interpreter, are known only when it is started.
 */
export async function programProblem({ program, env }: CommandLine): Promise<string | null> {
  // On Windows, names of programs have endings that users do not type.
  if (process.platform === "win32") return null;
  if (program.includes("/")) return pathProblem(program);
  const folders = (env["PATH"] ?? process.env["PATH"] ?? "").split(delimiter);
  const problems: string[] = [];
  for (const folder of folders) {
    const problem = await pathProblem(join(folder === "" ? "." : folder, program));
    if (problem === null) return null;
    if (problem !== absent(join(folder === "" ? "." : folder, program))) problems.push(problem);
  }
  return problems[0] ?? `there is no program ${quote(program)} in the folders of PATH`;
}

/** Why a command of an interpreter and a script cannot work, in one sentence; null if no reason is known. */
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

async function pathProblem(path: string): Promise<string | null> {
  try {
    if ((await stat(path)).isDirectory()) return `${quote(path)} is a folder, not a program`;
  } catch {
    return absent(path);
  }
  try {
    await access(path, constants.X_OK);
    return null;
  } catch {
    return `${quote(path)} is not executable: use chmod +x, or begin the command with its interpreter`;
  }
}

function absent(path: string): string {
  return `there is no program ${quote(path)}`;
}
