import { copyFileSync, existsSync, readdirSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import type { Case } from "../case/case.js";
import { CASES } from "../cases/index.js";
import { badgeSvg } from "../report/badge.js";
import { atomFeed } from "./atom.js";
import { casePages, requirementPages } from "./catalogue-model.js";
import { citedRequirement } from "./findings.js";
import { frontPage } from "./front-model.js";
import { gridModel } from "./grid-model.js";
import type { DataPage, SiteFacts, SitePage, SiteProgram, StackModel } from "./page-model.js";
import { badgePath, pathOf } from "./paths.js";
import type { SiteData } from "./site-data.js";
import { stackBadge } from "./stack-badge.js";
import { stackModel } from "./stack-model.js";

/** What the site is made of besides its data. */
export interface SiteSources {
  /** The folder of the results; its files become downloads. */
  readonly results: string;
  /** A folder of run files, which become downloads as well. */
  readonly runs?: string;
  /** The steps of a case, a line each. */
  readonly scriptOf: (subject: Case) => readonly string[];
}

/** The build of the report page puts it beside the compiled sources. */
const PROGRAM = new URL("../../report-ui/site.mjs", import.meta.url);

/** Writes the whole site into a folder that exists. Returns how many pages it has. */
export async function writeSite(data: SiteData, sources: SiteSources, out: string): Promise<number> {
  const { renderPage, assets } = await siteProgram();
  const files = downloads(data, sources);
  const paths = files.map(({ path }) => path);
  const stacks = data.stacks.map((one) => {
    const { folder } = one.about;
    const isIn = {
      gridAsClient: Object.hasOwn(data.grid?.clients ?? {}, folder),
      proxies: data.proxies.filter(({ stack }) => stack === folder).map(({ key }) => key),
    };
    return stackModel(one, CATALOGUE, { downloads: paths, isIn });
  });
  const write = writerInto(out);
  for (const { source, path } of files) {
    await mkdir(dirname(join(out, path)), { recursive: true });
    copyFileSync(source, join(out, path));
  }
  const facts: SiteFacts = {
    day: newestDay(stacks),
    hasGrid: data.grid !== undefined,
    hasProxies: data.proxies.length > 0,
  };
  const pages = sitePages(data, stacks, sources, files);
  for (const page of pages) {
    const path = pathOf(page);
    await write(path, renderPage(page, path, facts));
  }
  for (const stack of stacks) await write(badgePath(stack.folder), badgeSvg(stackBadge(stack)));
  await write("changes.atom", atomFeed(changesOf(stacks)));
  for (const [name, text] of Object.entries(assets)) await write(name, text);
  return pages.length;
}

const CATALOGUE: readonly string[] = CASES.map(({ id }) => id);

function sitePages(
  data: SiteData,
  stacks: readonly StackModel[],
  sources: SiteSources,
  files: DataPage["files"],
): readonly SitePage[] {
  const gridReviews = new Map(data.stacks.map((one) => [one.about.folder, one.gridReviews]));
  const grid = data.grid === undefined ? undefined : gridModel(data.grid, stacks, gridReviews);
  const names = new Map(stacks.map(({ folder, name }) => [folder, name]));
  const proxies = data.proxies.map((one) => ({
    ...one,
    name: names.get(one.stack) ?? one.stack,
    hasPage: names.has(one.stack),
    probes: one.probes.map((probe) => ({ ...probe, info: citedRequirement(probe.requirement ?? null) })),
  }));
  return [
    frontPage(stacks),
    ...stacks.map((stack) => ({ kind: "stack", stack }) as const),
    ...requirementPages(stacks, grid?.mentions ?? new Map()),
    ...casePages(stacks, sources.scriptOf),
    ...(grid?.pages ?? []),
    ...(proxies.length > 0 ? [{ kind: "proxies", proxies } as const] : []),
    { kind: "changes", changes: changesOf(stacks) },
    { kind: "data", files },
  ];
}

function changesOf(stacks: readonly StackModel[]): StackModel["changes"] {
  return stacks.flatMap(({ changes }) => changes).sort((a, b) => b.day.localeCompare(a.day));
}

function newestDay(stacks: readonly StackModel[]): string {
  return changesOf(stacks)[0]?.day ?? "";
}

/** Everything that can be downloaded, with the file that it is a copy of. */
function downloads(
  { files }: SiteData,
  { results, runs }: SiteSources,
): readonly { readonly path: string; readonly octets: number; readonly source: string }[] {
  const ofRuns =
    runs === undefined ? [] : runFiles(runs).map((name) => [`runs/${name}`, join(runs, name)] as const);
  return [...files.map((name) => [name, join(results, name)] as const), ...ofRuns].map(([name, source]) => ({
    path: `data/${name}`,
    octets: statSync(source).size,
    source,
  }));
}

/** Run files, as they are or compressed; nothing else of the folder. */
function runFiles(runs: string): readonly string[] {
  return readdirSync(runs)
    .filter((name) => /^[\w.-]+\.ndjson(?:\.gz)?$/.test(name) && statSync(join(runs, name)).isFile())
    .toSorted();
}

function writerInto(out: string): (path: string, text: string) => Promise<void> {
  const made = new Set<string>();
  return async (path, text) => {
    const file = join(out, path);
    const folder = dirname(file);
    if (!made.has(folder)) {
      await mkdir(folder, { recursive: true });
      made.add(folder);
    }
    await writeFile(file, text);
  };
}

/** Throws an Error if it was not built. */
async function siteProgram(): Promise<SiteProgram> {
  if (!existsSync(PROGRAM))
    throw new Error("the pages of the site are missing from this installation; npm run build makes them");
  return (await import(PROGRAM.href)) as SiteProgram;
}
