/** The manifests of interop/stacks, stack.json: what has to be in them, and which of the packages they name are here. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

export const STACKS = fileURLToPath(new URL("../interop/stacks", import.meta.url));
/** What `npm ci --prefix interop` installs. */
export const MODULES = fileURLToPath(new URL("../interop/node_modules", import.meta.url));
export const ROLES = ["server", "client"];

const sentence = z.string().endsWith(".");
const role = {
  /** What is copied into the folder in which it is built and started; relative to the manifest. */
  files: z.array(z.string()).min(1),
  /** A line for the shell. */
  build: z.string().optional(),
};
const roles = {
  server: z
    .strictObject({
      ...role,
      start: z.string().includes("{port}"),
      path: z.string().startsWith("/").default("/"),
    })
    .optional(),
  client: z.strictObject({ ...role, start: z.string().includes("{url}") }).optional(),
};
const manifest = z
  .strictObject({
    name: z.string().min(1),
    language: z.string().min(1),
    homepage: z.url({ protocol: /^https$/ }),
    licence: z.string().min(1),
    packages: z
      .array(
        z.strictObject({ from: z.enum(["Debian 12", "npm"]), name: z.string(), version: z.string().min(1) }),
      )
      .min(1),
    /** The package whose version is that of the implementation. */
    versionOf: z.string(),
    ...roles,
    /** The same roles over TLS and HTTP/2. */
    http2: z
      .strictObject(roles)
      .refine((it) => it.server ?? it.client, "there is neither a server nor a client")
      .optional(),
    /** What differs from the defaults of the implementation. */
    settings: z.array(sentence),
    /** What it cannot do, and what that means for the results. */
    limits: z.array(sentence),
  })
  .refine((it) => it.packages.some(({ name }) => name === it.versionOf), "versionOf is none of the packages")
  .refine((it) => it.server ?? it.client ?? it.http2, "there is neither a server nor a client");

/** Every stack, with the name of its folder. Throws if a manifest is not valid, or names a file that is not there. */
export function readStacks() {
  return readdirSync(STACKS)
    .filter((name) => name !== "README.md")
    .toSorted()
    .map((folder) => {
      const read = manifest.safeParse(JSON.parse(readFileSync(join(STACKS, folder, "stack.json"), "utf8")));
      if (!read.success) {
        throw new Error(`interop/stacks/${folder}/stack.json: ${z.prettifyError(read.error)}`);
      }
      for (const file of [read.data, read.data.http2].flatMap(filesOf)) {
        if (!existsSync(join(STACKS, folder, file))) {
          throw new Error(`interop/stacks/${folder}: there is no ${file}`);
        }
      }
      return { folder, ...read.data };
    });
}

function filesOf(http) {
  return ROLES.flatMap((role) => http?.[role]?.files ?? []);
}

/** The version of a package as it is installed here, if it is. */
export function installedVersion({ from, name }) {
  if (from !== "npm") return debian().get(name);
  const file = join(MODULES, name, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}

let debianPackages;

/** The versions of all packages of Debian that are installed, asked for once. */
function debian() {
  debianPackages ??= new Map(
    queryDebian()
      .split("\n")
      .map((line) => line.split(" "))
      .filter(([, status]) => status === "installed")
      .map(([name, , version]) => [name, version]),
  );
  return debianPackages;
}

function queryDebian() {
  try {
    const format = "${Package} ${db:Status-Status} ${Version}\n";
    const options = { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] };
    return execFileSync("dpkg-query", ["-W", `-f=${format}`], options);
  } catch {
    // Not Debian.
    return "";
  }
}
