import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wstest, type Outcome, type SpawnOptions } from "../cli/spawn-wireproof.js";
import { temporaryFolder } from "../cli/temporary-folder.js";

const root = temporaryFolder();
let folders = 0;

/** A folder of its own, as the working directory of somebody's CI job. */
export function workFolder(): string {
  const folder = join(root, String(++folders));
  mkdirSync(folder);
  return folder;
}

/** Writes a spec file, as an object or as the text that is found in the wild, and returns its name. */
export function writeSpec(folder: string, name: string, spec: object | string): string {
  writeFileSync(join(folder, name), typeof spec === "string" ? spec : JSON.stringify(spec));
  return name;
}

/** Runs `wstest -m fuzzingclient` with this spec. */
export function runClient(
  folder: string,
  spec: object | string,
  options: SpawnOptions = {},
): Promise<Outcome> {
  const name = writeSpec(folder, "fuzzingclient.json", spec);
  return wstest(["-m", "fuzzingclient", "-s", name], { cwd: folder, ...options });
}

/** What scripts read of a case in index.json. */
export interface IndexEntry {
  readonly behavior: string;
  readonly behaviorClose: string;
  readonly duration: number;
  readonly remoteCloseCode: number | null;
  readonly reportfile: string;
}

export type Index = Readonly<Record<string, Readonly<Record<string, IndexEntry>>>>;

export function readIndex(folder: string, outdir: string): Index {
  return JSON.parse(readFileSync(join(folder, outdir, "index.json"), "utf8")) as Index;
}

export function readCase(
  folder: string,
  outdir: string,
  entry: IndexEntry | undefined,
): Record<string, unknown> {
  const file = entry?.reportfile ?? assert.fail("there is no such case in the index");
  return JSON.parse(readFileSync(join(folder, outdir, file), "utf8")) as Record<string, unknown>;
}

/** A server mode that runs. */
export interface ServerMode {
  /** Where it listens. */
  readonly url: string;
  /** Where its pages are; empty without any. */
  readonly pages: string;
  readonly ended: Promise<Outcome>;
  readonly interrupt: () => void;
}

/** Starts `wstest -m fuzzingserver` on a free port and resolves when it says that it listens. */
export async function startServer(
  folder: string,
  spec: object,
  args: readonly string[] = ["-u", "0"],
  onOutput?: (child: ChildProcess) => void,
): Promise<ServerMode> {
  const name = writeSpec(folder, "fuzzingserver.json", { url: "ws://127.0.0.1:0", ...spec });
  return startMode(
    ["-m", "fuzzingserver", "-s", name, ...args],
    folder,
    /clients are tested at (\S+?)(?:,|\n)/,
    onOutput,
  );
}

/** Starts a mode and resolves when it has printed `ready`, whose first group is its address. */
export async function startMode(
  args: readonly string[],
  folder: string,
  ready: RegExp,
  onOutput: (child: ChildProcess) => void = () => undefined,
): Promise<ServerMode> {
  let interrupt: () => void = () => undefined;
  let ended: Promise<Outcome> | undefined;
  const said = await new Promise<string>((resolve, reject) => {
    let all = "";
    const listen = (soFar: string, child: ChildProcess): void => {
      onOutput(child);
      interrupt = () => void child.kill("SIGINT");
      all = soFar;
      if (ready.test(all)) resolve(all);
    };
    ended = wstest(args, { cwd: folder, onStderr: listen, onStdout: listen });
    ended.then(({ stdout, stderr }) => reject(new Error(`${stdout}${stderr}`)), reject);
  });
  return {
    url: ready.exec(said)?.[1] ?? assert.fail(said),
    pages: /page(?:s are| is) at (\S+)/.exec(said)?.[1] ?? "",
    ended: ended ?? assert.fail(),
    interrupt: () => interrupt(),
  };
}
