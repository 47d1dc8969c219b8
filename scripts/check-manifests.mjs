/**
 * What no compiler looks at in package.json and lock files: one version for all packages, exact versions of everything
 * else, the same licence in each package that is published, and lock files whose every entry can be checked by its
 * digest and comes from wherever npm is told to look. Names what is wrong, and exits 1 if anything is.
 */
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const read = (path) => readFileSync(`${ROOT}${path}`, "utf8");

/** Folders that are no workspaces. */
const APART = ["interop/", "toolchains/", "site/", "examples/frameworks/"];
const folders = readdirSync(`${ROOT}packages`).map((name) => `packages/${name}/`);
const manifests = new Map(
  ["", ...APART, ...folders].map((folder) => [folder, JSON.parse(read(`${folder}package.json`))]),
);
const { version } = manifests.get("");
const ours = new Set(folders.map((folder) => manifests.get(folder).name));

const problems = [
  ...[...manifests].flatMap(([folder, manifest]) => manifestProblems(`${folder}package.json`, manifest)),
  ...folders.filter((folder) => !manifests.get(folder).private).flatMap(licenceProblems),
  ...["", ...APART].flatMap((folder) => lockProblems(`${folder}package-lock.json`)),
];
for (const problem of problems) console.error(`check-manifests: ${problem}`);
if (problems.length > 0) process.exitCode = 1;

function manifestProblems(file, manifest) {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const found = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    .filter(([, wanted]) => !wanted.startsWith("file:"))
    .filter(([name, wanted]) => (ours.has(name) ? wanted !== version : !/^(?:\d|npm:.+@\d)/.test(wanted)))
    .map(([name, wanted]) => `${file}: ${name} is wanted as ${wanted}, which is not one exact version`);
  // Theirs is no version of anything.
  if (APART.some((folder) => file.startsWith(folder)) || manifest.version === version) return found;
  return [`${file}: the version is ${manifest.version}, not ${version}`, ...found];
}

function licenceProblems(folder) {
  return read(`${folder}LICENSE`) === read("LICENSE")
    ? []
    : [`${folder}LICENSE is not that of the repository`];
}

function lockProblems(file) {
  return Object.entries(JSON.parse(read(file)).packages)
    .filter(([path, entry]) => path.includes("node_modules/") && !entry.link)
    .flatMap(([path, { integrity, resolved }]) => [
      ...(integrity === undefined ? [`${file}: ${path} has no integrity`] : []),
      ...(resolved === undefined ? [] : [`${file}: ${path} names a registry`]),
    ]);
}
