/**
 * Bundles each page into one HTML file that needs nothing else, and puts it where `wireproof` looks for it. The
 * content security policy names the script and the style by their hashes and allows no address; `%CONNECT%` is filled
 * in by whoever serves the page. The pages of the site of all stacks are made by Node: `site.mjs` is the program for
 * that, with the style and the script that they share.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const OUT = path("../conformance/dist/report-ui/");

const COMMON = {
  bundle: true,
  minify: true,
  loader: { ".html": "text" },
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
};
const FOR_BROWSERS = {
  ...COMMON,
  write: false,
  outdir: OUT,
  target: ["chrome111", "firefox113", "safari16.4"],
  format: "iife",
};

/** What is at the top of the pages that are no report. */
const brand = readFileSync(path("src/brand.html"), "utf8").trim();
const header = readFileSync(path("src/header.html"), "utf8").replace("<!--BRAND-->", () => brand);

mkdirSync(OUT, { recursive: true });
/** The report, static and live. */
await buildPage("report.html", {
  script: "src/main.tsx",
  style: "src/style/main.css",
  page: "src/page.html",
});
/** What runs the cases in the browser that it is opened in. */
await buildPage("browser.html", {
  script: "src/runner/main.ts",
  style: "src/runner/runner.css",
  page: "src/runner/page.html",
});
/** The frame of pages without script, which the suite fills. */
await buildPage("plain.html", { style: "src/style/plain.css", page: "src/plain.html" });
await buildSite();

/** Pages of many files: each takes style and script from beside it. */
async function buildSite() {
  const style = await build({ ...FOR_BROWSERS, entryPoints: [path("src/style/site.css")] });
  const script = await build({ ...FOR_BROWSERS, entryPoints: [path("src/site/script.ts")] });
  await build({
    ...COMMON,
    entryPoints: [path("src/site/main.tsx")],
    write: true,
    outfile: `${OUT}site.mjs`,
    platform: "node",
    target: "node20.19",
    format: "esm",
    define: {
      SITE_STYLE: JSON.stringify(textOf(style, ".css")),
      SITE_SCRIPT: JSON.stringify(textOf(script, ".js")),
    },
  });
}

async function buildPage(name, sources) {
  const bundled = await build({
    ...FOR_BROWSERS,
    entryPoints: [sources.script, sources.style].flatMap((one) => (one === undefined ? [] : [path(one)])),
  });
  // A comment or a closing tag inside the script would end its element early.
  const script =
    sources.script === undefined
      ? ""
      : textOf(bundled, ".js").replaceAll("</script", "<\\/script").replaceAll("<!--", "<\\!--");
  const style = textOf(bundled, ".css").trim();
  const page = readFileSync(path(sources.page), "utf8")
    .replace("%POLICY%", () => policyFor(script, style))
    .replace("<!--HEADER-->", () => header.trim())
    .replace("<!--STYLE-->", () => `<style>${style}</style>`)
    .replace("<!--SCRIPT-->", () => `<script>${script}</script>`);
  writeFileSync(`${OUT}${name}`, page);
}

function policyFor(script, style) {
  return [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "connect-src %CONNECT%",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function textOf(bundled, ending) {
  const file = bundled.outputFiles.find((one) => one.path.endsWith(ending));
  if (file === undefined) throw new Error(`the bundle has no ${ending}`);
  return file.text;
}

function hashOf(text) {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
