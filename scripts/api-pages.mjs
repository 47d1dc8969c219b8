/**
 * The API reference of the libraries: TypeDoc reads the published declarations, and its Markdown plugin makes a page for
 * each entry of the packages. TypeDoc needs the API of the TypeScript compiler, which TypeScript 7 does not have, so both
 * come from the folder `toolchains`, with a TypeScript 5.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { headingSlug } from "../site/heading-slug.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** What applications import, and its declarations. */
const ENTRIES = [
  ["wireproof", "packages/conformance/dist/src/index.d.ts"],
  ["wireproof/certificate", "packages/conformance/dist/src/mint-certificate.d.ts"],
  ["wireproof/node-test", "packages/conformance/dist/src/runners/node-test.d.ts"],
  ["wireproof/vitest", "packages/conformance/dist/src/runners/vitest.d.ts"],
  ["wireproof/jest", "packages/conformance/dist/src/runners/jest.d.cts"],
  ["wireproof/page", "packages/conformance/dist/src/report/page/shared.d.ts"],
  ["@wireproof/websocket", "packages/websocket/dist/lib/index.d.cts"],
  ["@wireproof/websocket/engines", "packages/websocket/dist/lib/engines/index.d.cts"],
  ["@wireproof/websocket/reconnecting", "packages/websocket/dist/lib/reconnecting/index.d.cts"],
  ["@wireproof/websocket/ws", "packages/websocket/dist/lib/ws/index.d.ts"],
  ["@wireproof/websocket/testing", "packages/websocket/dist/lib/testing/index.d.ts"],
  ["@wireproof/adapters/crossws", "packages/adapters/dist/src/crossws.d.ts"],
  ["@wireproof/adapters/fastify", "packages/adapters/dist/src/fastify.d.ts"],
  ["@wireproof/adapters/graphql-ws", "packages/adapters/dist/src/graphql-ws.d.ts"],
  ["@wireproof/adapters/hono", "packages/adapters/dist/src/hono.d.ts"],
  ["@wireproof/adapters/koa", "packages/adapters/dist/src/koa.d.ts"],
  ["@wireproof/adapters/middleware", "packages/adapters/dist/src/middleware.d.ts"],
  ["@wireproof/adapters/nestjs", "packages/adapters/dist/src/nestjs.d.ts"],
  ["@wireproof/adapters/trpc", "packages/adapters/dist/src/trpc.d.ts"],
  ["@wireproof/websocket/metrics", "packages/websocket/dist/lib/metrics/index.d.cts"],
  ["@wireproof/websocket/otel", "packages/websocket/dist/lib/otel/index.d.cts"],
];

/** The pages by name; undefined where TypeDoc is not installed. Throws an Error that lists what TypeDoc complains about. */
export async function apiPages() {
  const tools = await load();
  if (tools === undefined) return undefined;
  const { typedoc, plugin } = tools;
  const complaints = [];
  const folder = mkdtempSync(join(tmpdir(), "wireproof-api-"));
  const pages = join(folder, "pages");
  try {
    const app = await typedoc.Application.bootstrapWithPlugins(options(plugin, project(folder)));
    app.logger = new (class extends typedoc.Logger {
      log(message, level) {
        if (level >= typedoc.LogLevel.Warn) complaints.push(message);
      }
    })();
    const api = await app.convert();
    if (api !== undefined) {
      for (const module of api.children) tidy(api, module, typedoc.ReflectionKind.Namespace);
      for (const reflection of Object.values(api.reflections)) forgetAncestors(reflection);
      await app.outputs.writeOutput({ name: "markdown", path: pages }, api);
    }
    if (complaints.length > 0) throw new Error(`TypeDoc: ${complaints.join("\nTypeDoc: ")}`);
    const texts = readdirSync(pages).map((name) => [name, readFileSync(join(pages, name), "utf8")]);
    return withLinks(new Map(texts.map(([name, text]) => [plain(name), plain(text)])));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function load() {
  const toolchains = createRequire(new URL("../toolchains/package.json", import.meta.url));
  try {
    const typedoc = await import(pathToFileURL(toolchains.resolve("typedoc")).href);
    return { typedoc, plugin: toolchains.resolve("typedoc-plugin-markdown") };
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** A project of the compiler that consists of the declarations. */
function project(folder) {
  const file = join(folder, "tsconfig.json");
  const compilerOptions = { composite: false, noEmit: true, typeRoots: [join(ROOT, "node_modules/@types")] };
  const files = ENTRIES.map(([, file]) => join(ROOT, file));
  writeFileSync(file, JSON.stringify({ extends: join(ROOT, "tsconfig.base.json"), compilerOptions, files }));
  return file;
}

/** The scope of npm is in no file name. */
function plain(text) {
  return text.replaceAll(/(?<=^|\()@wireproof\.(?=[\w.-]+\.md)/g, "");
}

/**
 * Pages whose links lead to the headings that they name. The plugin counts headings otherwise than GitHub does where two
 * names differ only in case, such as `corpus` and `Corpus`.
 */
function withLinks(pages) {
  const headings = new Map([...pages].map(([name, text]) => [name, headingsOf(text)]));
  const relink = (page) => (link, name, file, anchor) => {
    const there = headings.get(file === "" ? page : file);
    const bare = name.replaceAll(/[`\\]/g, "");
    // Those of rows of tables are written out, and right.
    const isRow = /^(?:property|type-parameter)-/.test(anchor);
    if (there === undefined || isRow || there.get(anchor) === bare) return link;
    const found = [...there].find(([, title]) => title === bare);
    if (found === undefined) throw new Error(`${page}: ${link} leads nowhere`);
    return `[${name}](${file}#${found[0]})`;
  };
  return new Map(
    [...pages].map(([page, text]) => [
      page,
      text.replaceAll(/\[([^[\]]+)\]\(([\w.]*)#([^)]+)\)/g, relink(page)),
    ]),
  );
}

/** The titles of headings by their anchors, as GitHub makes them. */
function headingsOf(text) {
  const headings = new Map();
  for (const [, heading] of text.replaceAll(/^```.*?^```/gms, "").matchAll(/^#+ (.*)$/gm)) {
    const title = heading.replaceAll("\\", "").replace(/([(][)])?[?]?$/, "");
    const slug = headingSlug(title);
    let anchor = slug;
    for (let again = 1; headings.has(anchor); again++) anchor = `${slug}-${again}`;
    headings.set(anchor, title);
  }
  return headings;
}

/** Nothing in a page may depend on the machine, the day or the line of a source: pages are compared. */
function options(plugin, tsconfig) {
  return {
    plugin: [plugin],
    logLevel: "Warn",
    name: "API reference",
    entryPoints: ENTRIES.map(([, file]) => join(ROOT, file)),
    tsconfig,
    readme: "none",
    disableSources: true,
    disableGit: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    router: "module",
    flattenOutputFiles: true,
    hidePageHeader: true,
    hideBreadcrumbs: true,
    parametersFormat: "table",
    interfacePropertiesFormat: "table",
    typeAliasPropertiesFormat: "table",
    propertyMembersFormat: "table",
    // Options are described in the order in which they are declared, related ones together.
    sort: ["kind", "source-order"],
    groupOrder: ["Functions", "Classes", "Variables", "Interfaces", "Type Aliases", "*"],
  };
}

/** Names a module as applications import it, and drops the namespace that only repeats the names of its types. */
function tidy(api, module, namespace) {
  const isEntry = ([, file]) => file.replace(/^packages\/(.*?)(\/index)?\.d\.c?ts$/, "$1") === module.name;
  [module.name] = ENTRIES.find(isEntry);
  for (const child of module.getChildrenByKind(namespace)) api.removeReflection(child);
}

/** Pages name no ancestors that have no page: what comes from them is described where it is inherited. */
function forgetAncestors(reflection) {
  for (const ancestor of ["inheritedFrom", "overwrites"])
    if (reflection[ancestor]?.reflection === undefined) delete reflection[ancestor];
  const { typeHierarchy: hierarchy } = reflection;
  if (hierarchy === undefined || hierarchy.isTarget) return;
  const isOurs = ({ symbolId }) => /^(@wireproof\/|wireproof$)/.test(symbolId?.packageName);
  hierarchy.types = hierarchy.types.filter((type) => type.reflection !== undefined || !isOurs(type));
  if (hierarchy.types.length === 0) reflection.typeHierarchy = hierarchy.next;
}
