/**
 * Gives every package its next version, and with it what they want of each other, in package.json and lock files.
 *
 *     node scripts/set-version.mjs 0.2.0
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [version = ""] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+(?:-[a-z]+\.\d+)?$/.test(version)) {
  console.error("usage: node scripts/set-version.mjs VERSION, such as 0.2.0 or 0.2.0-beta.1");
  process.exit(2);
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const manifests = [
  "package.json",
  ...readdirSync(`${ROOT}packages`).map((name) => `packages/${name}/package.json`),
];
const names = new Set(manifests.map((file) => readJson(file).name));

for (const file of manifests) writeJson(file, raised(readJson(file)));
for (const file of ["package-lock.json", "interop/package-lock.json"])
  writeJson(file, raisedLock(readJson(file)));

function raised(manifest) {
  manifest.version = version;
  for (const field of ["dependencies", "devDependencies"]) {
    for (const name of Object.keys(manifest[field] ?? {})) {
      if (names.has(name)) manifest[field][name] = version;
    }
  }
  return manifest;
}

/** What it says of itself, and of the folders that are packages of this repository. */
function raisedLock(lock) {
  if (names.has(lock.name)) lock.version = version;
  for (const [path, entry] of Object.entries(lock.packages)) {
    if (/^(?:\.\.\/)?packages\/[^/]+$/.test(path) || names.has(entry.name)) raised(entry);
  }
  return lock;
}

function readJson(file) {
  return JSON.parse(readFileSync(`${ROOT}${file}`, "utf8"));
}

function writeJson(file, value) {
  writeFileSync(`${ROOT}${file}`, `${JSON.stringify(value, null, 2)}\n`);
}
