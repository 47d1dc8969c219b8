/** The compilers of TypeScript in every module mode: they accept the application, and what they make of it runs. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";

import { Application, skipWithout, toolFolder } from "./support/application.js";
import { EXCHANGED } from "./support/programs.js";
import { ASSIGNED, CHECKED, DEFAULTED, FROM_MODULES, STARRED } from "./support/typed-programs.js";

interface Mode {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly sources: Readonly<Record<string, string>>;
  /** What is run of what was made. */
  readonly programs: readonly string[];
}

const NODE10: Mode = {
  name: "node10, CommonJS",
  options: { module: "commonjs", moduleResolution: "node10", esModuleInterop: true },
  sources: { "assigned.ts": ASSIGNED, "defaulted.ts": DEFAULTED },
  programs: ["assigned.js", "defaulted.js"],
};
const WITHOUT_INTEROP: Mode = {
  name: "node10, CommonJS, without esModuleInterop",
  options: { module: "commonjs", moduleResolution: "node10", esModuleInterop: false },
  sources: { "assigned.ts": ASSIGNED, "starred.ts": STARRED },
  programs: ["assigned.js", "starred.js"],
};
const BOTH: Pick<Mode, "sources" | "programs"> = {
  sources: {
    "assigned.cts": ASSIGNED,
    "defaulted.cts": DEFAULTED,
    "main.mts": FROM_MODULES,
    "js.cjs": CHECKED,
  },
  programs: ["assigned.cjs", "defaulted.cjs", "main.mjs"],
};
const NODE16: Mode = {
  name: "node16, from CommonJS and from ES modules",
  options: { module: "node16", allowJs: true },
  ...BOTH,
};
const NODENEXT: Mode = {
  name: "nodenext, from CommonJS and from ES modules",
  options: { module: "nodenext", allowJs: true },
  ...BOTH,
};
const BUNDLER: Mode = {
  name: "bundler, ES modules",
  options: { module: "esnext", moduleResolution: "bundler" },
  sources: { "main.mts": FROM_MODULES },
  programs: ["main.mjs"],
};

const own = dirname(createRequire(import.meta.url).resolve("typescript/package.json"));
const COMPILERS = [
  {
    version: "5.9",
    folder: toolFolder("typescript"),
    skip: skipWithout("typescript"),
    modes: [NODE10, WITHOUT_INTEROP, NODE16, NODENEXT, BUNDLER],
  },
  {
    version: "6.0",
    folder: toolFolder("typescript-6"),
    skip: skipWithout("typescript-6"),
    modes: [{ ...NODE10, options: { ...NODE10.options, ignoreDeprecations: "6.0" } }, NODENEXT],
  },
  // It has no node10.
  { version: "7.0", folder: own, skip: skipWithout("@types/node"), modes: [NODE16, NODENEXT, BUNDLER] },
];

const application = new Application();
before(() => application.install());
after(() => application.remove());

for (const { version, folder, skip, modes } of COMPILERS)
  describe(`TypeScript ${version}`, { skip }, () => {
    for (const { name, options, sources, programs } of modes)
      test(name, async () => {
        const project = `${version}/${name}`;
        const files = Object.entries(sources).map(([file, source]) => [`${project}/${file}`, source]);
        const compilerOptions = {
          target: "es2022",
          lib: ["es2023"],
          types: ["node"],
          strict: true,
          checkJs: true,
          skipLibCheck: false,
          outDir: "out",
          rootDir: ".",
          ...options,
        };
        await application.write({
          ...(Object.fromEntries(files) as Record<string, string>),
          [`${project}/tsconfig.json`]: JSON.stringify({ compilerOptions, include: ["*"] }),
        });
        await application.node(join(folder, "bin/tsc"), ["-p", project]);
        for (const program of programs)
          assert.equal(await application.node(`${project}/out/${program}`), `${EXCHANGED}\n`, program);
      });
  });
