/** An application in a folder of its own, which can install the packages as they are published. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { cp, mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { LIBRARIES } from "./programs.js";

const run = promisify(execFile);

// Seen from dist/test/toolchains/support.
const ROOT = new URL("../../../../../../", import.meta.url);
const TOOLCHAINS = fileURLToPath(new URL("toolchains/node_modules/", ROOT));
/** They come with the tests of other things. Bun's launcher needs an install script; what it launches does not. */
const BUN = `@oven/bun-${process.platform}-${process.arch === "arm64" ? "aarch64" : process.arch}/bin/bun`;
export const bun: string = fileURLToPath(new URL(`interop/node_modules/${BUN}`, ROOT));
export const deno: string = fileURLToPath(new URL("interop/node_modules/@deno/linux-x64-glibc/deno", ROOT));
/** A tool that takes longer than this hangs. */
const GUARD_MS = 30 * 60_000;

/** The folder of a tool. */
export function toolFolder(name: string): string {
  return join(TOOLCHAINS, name);
}

/** Why the tests of a tool are skipped; false: they are not. */
export function skipWithout(name: string): string | false {
  if (existsSync(toolFolder(name))) return false;
  return `${name} not installed: npm ci --ignore-scripts --prefix toolchains`;
}

/** The same for one of the two runtimes. */
export function skipWithoutRuntime(binary: string): string | false {
  return existsSync(binary) ? false : `${binary} not installed: npm ci --ignore-scripts --prefix interop`;
}

export class Application {
  /** Empty at first; whoever makes an application removes it. */
  readonly folder: string = mkdtempSync(join(tmpdir(), "wireproof-application-"));

  /**
   * Packs the packages and puts them where an installation would: `@wireproof/websocket`, `@wireproof/ws`, and the latter
   * as `ws`, which is what `npm:@wireproof/ws` makes of it.
   */
  async install(): Promise<void> {
    const modules = join(this.folder, "node_modules");
    await unpack("websocket", join(modules, "@wireproof", "websocket"));
    await unpack("ws-compat", join(modules, "@wireproof", "ws"));
    await cp(join(modules, "@wireproof", "ws"), join(modules, "ws"), { recursive: true });
    if (existsSync(TOOLCHAINS)) await symlink(join(TOOLCHAINS, "@types"), join(modules, "@types"), "dir");
    await this.write({ "package.json": "{}", ...LIBRARIES });
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true });
  }

  /** Writes files, by their paths in the folder of the application. */
  async write(files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.folder, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  /** Runs a script of a tool, or one of the application, on this Node; resolves with what it printed. */
  node(script: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<string> {
    return this.run(process.execPath, [script, ...args], env);
  }

  /** Runs a program; resolves with what it printed, rejects with all of it when it fails. */
  run(program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
    // The test runner that this is may not be taken for the tool's, nor its coverage.
    const { NODE_TEST_CONTEXT: _, NODE_V8_COVERAGE: __, ...own } = process.env;
    const options = { cwd: this.folder, env: { ...own, ...env }, timeout: GUARD_MS };
    return new Promise((resolve, reject) => {
      execFile(program, args, options, (error, stdout, stderr) => {
        // The message ends with what came by stderr.
        if (error === null) resolve(stdout + stderr);
        else reject(new Error(`${error.message}\n${stdout}`));
      });
    });
  }
}

/** What would be published of a package of this repository, as it is now. */
async function unpack(name: string, target: string): Promise<void> {
  const there = await mkdtemp(join(tmpdir(), "wireproof-tarball-"));
  try {
    const folder = fileURLToPath(new URL(`packages/${name}/`, ROOT));
    const pack = ["pack", "--ignore-scripts", "--json", "--pack-destination", there];
    const { stdout } = await run("npm", pack, { cwd: folder });
    const [{ filename }] = JSON.parse(stdout) as [{ filename: string }];
    await run("tar", ["-xzf", join(there, filename), "-C", there]);
    await mkdir(dirname(target), { recursive: true });
    await rename(join(there, "package"), target);
  } finally {
    await rm(there, { recursive: true });
  }
}
