import { join } from "node:path";

import { programDigest } from "./build.js";
import type { ServerProgram, Stack, StackProgram } from "./manifest.js";
import type { Availability } from "./packages.js";
import { ROLES, VERSIONS_OF_HTTP, type HttpVersion, type Role, type RoleResult } from "./results.js";

/** One role of one stack over one version of HTTP: what is tested at a time. */
export interface Job {
  readonly stack: Stack;
  readonly over: HttpVersion;
  readonly role: Role;
  readonly program: StackProgram | ServerProgram;
}

/** Which jobs are wanted. */
export interface JobChoice {
  readonly roles: readonly Role[];
  readonly over: readonly HttpVersion[];
}

/** The jobs of all stacks, in the order of their names. */
export function jobsOf(stacks: readonly Stack[], { roles, over }: JobChoice): readonly Job[] {
  return stacks.flatMap((stack) =>
    VERSIONS_OF_HTTP.filter((one) => over.includes(one)).flatMap((one) =>
      ROLES.filter((role) => roles.includes(role)).flatMap((role) => {
        const program = (one === "http2" ? stack.http2 : stack)?.[role];
        return program === undefined ? [] : { stack, over: one, role, program };
      }),
    ),
  );
}

/** What is said of a job: `ws server`, `hypercorn server over HTTP/2`. */
export function jobTitle({ stack, role, over }: Job): string {
  return `${stack.folder} ${role}${over === "http2" ? " over HTTP/2" : ""}`;
}

/** The name of its run file and of its folder: `ws.server`, `hypercorn.server.http2`. */
export function jobName({ stack, role, over }: Job): string {
  return `${stack.folder}.${role}${over === "http2" ? ".http2" : ""}`;
}

/** What decides whether a job has to be run again. */
export type JobKey = Pick<
  RoleResult,
  "role" | "over" | "version" | "packages" | "folder" | "suite" | "set" | "profile"
>;

export function jobKey(
  { stack, role, over, program }: Job,
  stacks: string,
  { version, packages }: Extract<Availability, { available: true }>,
  { suite, profile, set }: Pick<RoleResult, "suite" | "profile" | "set">,
): JobKey {
  const folder = programDigest(join(stacks, stack.folder), program);
  return { role, over, version, packages, folder, suite, set, profile };
}

/** Whether a stored result is what the job would be run for. One that failed is tried again: it may be mended by now. */
export function isUnchanged(stored: RoleResult | undefined, key: JobKey): boolean {
  if (stored === undefined || stored.status === "failed") return false;
  return (
    stored.version === key.version &&
    stored.packages.join("\n") === key.packages.join("\n") &&
    stored.folder === key.folder &&
    stored.suite === key.suite &&
    stored.set === key.set &&
    stored.profile === key.profile
  );
}
