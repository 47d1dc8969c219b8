/** The manifests of `interop/stacks`, stack.json: what has to be in them. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

import { isNestedTooDeep } from "../nesting.js";
import { FileProblem, readSmallFile } from "../read-file.js";

/** A package that has to be here. */
export type StackPackage =
  | { readonly from: "Debian 12" | "npm"; readonly name: string; readonly version: string }
  | {
      /** It is found by asking a program. */
      readonly from: "system";
      readonly name: string;
      readonly version: string;
      /** A command that prints the version. No shell runs it. */
      readonly ask: string;
    };

/** A program and how it is started. */
export interface StackProgram {
  /** What is copied into the folder in which it is built and started; relative to the manifest. */
  readonly files: readonly string[];
  /** A line for the shell. */
  readonly build?: string | undefined;
  /** The command, with places to fill in: no shell runs it. */
  readonly start: string;
}

export interface ServerProgram extends StackProgram {
  readonly path: string;
}

/** A proxy. `{port}`, `{behind}` and `{idle}` are filled in in its files as well. */
export interface ProxyProgram extends StackProgram {
  /** What it speaks in front and behind, such as `HTTP/1.1`, or `HTTP/2 to HTTP/1.1`. */
  readonly path: string;
}

/** The roles that the suite tests. */
export interface StackRoles {
  readonly server?: ServerProgram | undefined;
  readonly client?: StackProgram | undefined;
  /** It stands between a client and a server. */
  readonly proxy?: ProxyProgram | undefined;
}

/** What stack.json says. */
export interface Manifest extends StackRoles {
  readonly name: string;
  readonly language: string;
  readonly homepage: string;
  readonly licence: string;
  readonly packages: readonly StackPackage[];
  /** The package whose version is that of the implementation. */
  readonly versionOf: string;
  /** The same roles over TLS and HTTP/2. */
  readonly http2?: StackRoles | undefined;
  /** Further programs of the interop grid; its servers are those above. */
  readonly grid?: { readonly client?: StackProgram | undefined } | undefined;
  /** How the programs differ from the defaults of the implementation. */
  readonly settings: readonly string[];
  /** What it cannot do, and what that means for the results. */
  readonly limits: readonly string[];
}

/** A manifest, with the name of its folder. */
export interface Stack extends Manifest {
  readonly folder: string;
}

/** A manifest cannot be used. The message is a sentence without a full stop. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
}

/** The most octets that a manifest may have. */
const MANIFEST_OCTETS = 1024 * 1024;

const sentence = z.string().endsWith(".", "is not a sentence: it has no full stop at the end");
const common = {
  files: z
    .array(z.string().min(1))
    .describe("What is copied into the folder in which it is built and started; relative to the manifest."),
  build: z.string().min(1).optional().describe("A line for the shell, which builds it."),
};
const start = (...places: readonly string[]): z.ZodString => {
  const text = `The command that starts it, with ${places.join(" and ")}. No shell runs it.`;
  return places.reduce((type, place) => type.includes(place, `has no ${place}`), z.string()).describe(text);
};
const files = common.files.min(1, "names no file");
const roles = {
  server: z
    .strictObject({
      ...common,
      files,
      start: start("{port}"),
      path: z.string().startsWith("/").default("/").describe("The path of the server."),
    })
    .optional()
    .describe("A server that echoes."),
  client: z
    .strictObject({ ...common, files, start: start("{url}") })
    .optional()
    .describe("A client that walks through the cases and echoes."),
  proxy: z
    .strictObject({
      ...common,
      start: z
        .string()
        .min(1)
        .describe(
          "The command that starts it; no shell runs it. It or the files have {port}, where it listens, and {behind}, the port of the server; they may have {idle}, seconds after which an idle connection is cut.",
        ),
      path: z.string().min(1).describe("What it speaks in front and behind, such as HTTP/1.1."),
    })
    .optional()
    .describe("It stands between a client and the server at the port {behind}."),
};
const packageOf = z.discriminatedUnion("from", [
  z.strictObject({ from: z.enum(["Debian 12", "npm"]), name: z.string().min(1), version: z.string().min(1) }),
  z.strictObject({
    from: z.literal("system"),
    name: z.string().min(1),
    version: z.string().min(1),
    ask: z.string().min(1).describe("A command that prints the version. No shell runs it."),
  }),
]);

/** The schema of stack.json. Unknown keys are errors: a misspelt key would be ignored otherwise. */
export const manifestSchema: z.ZodType<Manifest> = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().min(1).describe("The name of the implementation."),
    language: z.string().min(1).describe("The language in which it is used."),
    homepage: z.url({ protocol: /^https$/ }),
    licence: z.string().min(1).describe("SPDX expression of its licence."),
    packages: z
      .array(packageOf)
      .min(1)
      .describe("What has to be installed, where it comes from, and the version that was tested."),
    versionOf: z.string().describe("The package whose version is that of the implementation."),
    ...roles,
    http2: z
      .strictObject(roles)
      .refine(
        (it) => it.server ?? it.client ?? it.proxy,
        "there is neither a server nor a client nor a proxy",
      )
      .optional()
      .describe("The same roles over TLS and HTTP/2."),
    grid: z
      .strictObject({
        client: z.strictObject({ ...common, files, start: start("{url}") }).optional(),
      })
      .optional()
      .describe("Programs of the interop grid, for each scenario that WIREPROOF_SCENARIO names."),
    settings: z.array(sentence).describe("How the programs differ from the defaults, a sentence each."),
    limits: z.array(sentence).describe("What it cannot do, and what that means for the results."),
  })
  .refine((it) => it.packages.some(({ name }) => name === it.versionOf), "versionOf is none of the packages")
  .refine(
    (it) => it.server ?? it.client ?? it.http2 ?? it.proxy,
    "there is neither a server nor a client nor a proxy",
  )
  .transform(({ $schema: _schema, ...manifest }) => manifest);

/**
 * Every stack of a folder such as `interop/stacks`, by name. Throws a ManifestError if a manifest is not valid, or names a
 * file that is not there.
 */
export function readStacks(stacks: string): readonly Stack[] {
  return foldersOf(stacks).map((folder) => readStack(stacks, folder));
}

function foldersOf(stacks: string): readonly string[] {
  try {
    const entries = readdirSync(stacks, { withFileTypes: true });
    return entries.flatMap((one) => (one.isDirectory() ? one.name : [])).toSorted();
  } catch {
    throw new ManifestError(`there is no folder ${stacks}`);
  }
}

function readStack(stacks: string, folder: string): Stack {
  const file = join(stacks, folder, "stack.json");
  const read = manifestSchema.safeParse(jsonOf(file));
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => {
      const where = path.map(String).join(".");
      return where === "" ? message : `${where}: ${message}`;
    });
    throw new ManifestError(`${file}: ${problems.join("; ")}`);
  }
  for (const name of programsOf(read.data).flatMap((it) => it.files)) {
    if (!existsSync(join(stacks, folder, name)))
      throw new ManifestError(`${file}: there is no file ${name} in its folder`);
  }
  for (const proxy of [read.data.proxy, read.data.http2?.proxy]) {
    const missing = proxy === undefined ? undefined : missingPlace(proxy, join(stacks, folder));
    if (missing !== undefined)
      throw new ManifestError(`${file}: neither start nor a file of the proxy has ${missing}`);
  }
  return { folder, ...read.data };
}

/** A place that a proxy has to have filled in, and has nowhere. */
function missingPlace({ start, files }: ProxyProgram, folder: string): string | undefined {
  const texts = [
    start,
    ...files.map((name) => readSmallFile(join(folder, name), MANIFEST_OCTETS).toString()),
  ];
  return ["{port}", "{behind}"].find((place) => !texts.some((text) => text.includes(place)));
}

function jsonOf(file: string): unknown {
  try {
    const octets = readSmallFile(file, MANIFEST_OCTETS);
    if (isNestedTooDeep(octets)) throw new ManifestError(`${file} is nested too deep`);
    return JSON.parse(octets.toString("utf8"));
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    const why = error instanceof FileProblem ? error.message : "it is not JSON";
    throw new ManifestError(`${file} cannot be read: ${why}`);
  }
}

/** Every program that a manifest describes. */
function programsOf({ server, client, http2, grid, proxy }: Manifest): readonly StackProgram[] {
  return [server, client, proxy, http2?.server, http2?.client, http2?.proxy, grid?.client].filter(
    (it) => it !== undefined,
  );
}
