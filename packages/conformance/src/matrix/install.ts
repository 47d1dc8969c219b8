import { existsSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { Child } from "../child/child.js";
import { OutputRing } from "../child/output-ring.js";
import { programProblem } from "../child/program.js";
import { cut, escapeText } from "../report/escape.js";
import type { Stack } from "./manifest.js";
import { Packages } from "./packages.js";

export interface InstallOptions {
  readonly stacks: readonly Stack[];
  /** The folder of the stacks, such as `interop/stacks`. */
  readonly folder: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** How Debian is told that nothing may be started as a service; `/usr/sbin/policy-rc.d` if absent. */
  readonly policy?: string;
}

/** Where invoke-rc.d looks for it. */
const POLICY = "/usr/sbin/policy-rc.d";
const APT = { program: "apt-get", args: [], env: {} };
const PRINTED = 8000;
const COMPLAINT = 300;

/**
 * Installs what the stacks lack, as far as that is possible here. What cannot be installed is said, and stays "not
 * available": that is no error.
 */
export async function installStacks(options: InstallOptions): Promise<void> {
  const { stacks, folder, say } = options;
  const parent = dirname(resolve(folder));
  const packages = new Packages(join(parent, "node_modules"));
  const all = await Promise.all(stacks.map((stack) => packages.availability(stack)));
  const missing = all.flatMap((here) => (here.available ? [] : here.missing));
  const namesFrom = (from: string): string[] =>
    [...new Set(missing.filter((one) => one.from === from).map(({ name }) => name))].toSorted();
  if (namesFrom("npm").length > 0 && existsSync(join(parent, "package-lock.json"))) {
    await installing(
      "npm",
      ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", parent],
      options,
    );
  }
  const debian = namesFrom("Debian 12");
  if (debian.length === 0) return;
  if (process.getuid?.() !== 0 || (await programProblem(APT)) !== null) {
    say(
      `not installed, because only root can do so, and only on Debian: ${debian.map(escapeText).join(" ")}`,
    );
    return;
  }
  await withoutServices(options.policy ?? POLICY, async () => {
    await installing("apt-get", ["update", "-q"], options);
    // One by one where all together are refused: one name that is not known here must not keep the others away.
    const install = ["install", "-yq", "--no-install-recommends"];
    if (await installing("apt-get", [...install, ...debian], options)) return;
    for (const name of debian) await installing("apt-get", [...install, name], options);
  });
}

async function withoutServices(policy: string, work: () => Promise<void>): Promise<void> {
  const isOurs = !existsSync(policy);
  if (isOurs) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    await work();
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
}

/** Whether a program that installs something has done so. */
async function installing(
  program: string,
  args: readonly string[],
  { say, signal }: InstallOptions,
): Promise<boolean> {
  if (signal.aborted) return false;
  say(`${program} ${args.map(escapeText).join(" ")}`);
  const output = new OutputRing(PRINTED);
  const child = new Child({ program, args, env: { DEBIAN_FRONTEND: "noninteractive" } }, output);
  const stop = (): void => void child.stop();
  signal.addEventListener("abort", stop);
  const { code, how } = await child.ended;
  signal.removeEventListener("abort", stop);
  if (code === 0) return true;
  const last = output.since(0).lines.findLast(({ text }) => text.trim() !== "")?.text ?? "";
  say(`${program} ${how}: ${escapeText(cut(last, COMPLAINT))}`);
  return false;
}
