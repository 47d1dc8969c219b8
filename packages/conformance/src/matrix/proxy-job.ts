import { join } from "node:path";

import { programDigest } from "./build.js";
import type { ProxyProgram, Stack } from "./manifest.js";
import type { HttpVersion, ProxyResults } from "./results.js";

/** A proxy with one version of HTTP in front. */
export interface ProxyJob {
  readonly stack: Stack;
  /** What the client speaks. */
  readonly over: HttpVersion;
  readonly program: ProxyProgram;
}

/** What decides whether a proxy has to be tested again. */
export type ProxyKey = Pick<ProxyResults, "stack" | "version" | "path" | "folder" | "suite" | "set">;

/** The proxies of stacks that have one of these in front, in the order of their names. */
export function proxyJobsOf(stacks: readonly Stack[], over: readonly HttpVersion[]): readonly ProxyJob[] {
  return stacks.flatMap((stack) =>
    over.flatMap((one) => {
      const program = (one === "http2" ? stack.http2 : stack)?.proxy;
      return program === undefined ? [] : { stack, over: one, program };
    }),
  );
}

/** The name of its results and of its run file: `nginx`, `haproxy.http2`. */
export function proxyName({ stack, over }: Pick<ProxyJob, "stack" | "over">): string {
  return `${stack.folder}${over === "http2" ? ".http2" : ""}`;
}

/** What a proxy is called in lines of progress: `nginx, HTTP/1.1`. */
export function proxyTitle({ stack, program }: ProxyJob): string {
  return `${stack.folder}, ${program.path}`;
}

export function proxyKey(
  { stack, program }: ProxyJob,
  stacks: string,
  { version, suite, set }: Pick<ProxyKey, "version" | "suite" | "set">,
): ProxyKey {
  const folder = programDigest(join(stacks, stack.folder), program);
  return { stack: stack.folder, version, path: program.path, folder, suite, set };
}
