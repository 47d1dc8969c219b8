import { readFileSync, statSync } from "node:fs";
import { dirname, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DOCS = resolve(ROOT, "docs");

/** Where the sources are, from the manifest of a package that is published. */
export const REPOSITORY = JSON.parse(
  readFileSync(resolve(ROOT, "packages/conformance/package.json"), "utf8"),
).repository.url.replace(/^git\+|\.git$/g, "");

/** A plugin of markdown-it: links that work in a browser of the repository work on the site, too. */
export function linksForSite(markdown) {
  markdown.core.ruler.push("links-for-site", ({ tokens, env }) => {
    const page = env.realPath ?? env.path;
    for (const link of tokens.flatMap(({ children }) => children ?? [])) {
      if (link.type !== "link_open") continue;
      link.attrSet("href", hrefOnSite(link.attrGet("href"), page));
    }
  });
}

function hrefOnSite(href, page) {
  if (/^(?:[a-z]+:|#|\/)/i.test(href)) return href;
  const [path, ...anchor] = href.split("#");
  const hash = anchor.length === 0 ? "" : `#${anchor.join("#")}`;
  const target = resolve(dirname(page), decodeURIComponent(path));
  // Inside docs/, VitePress knows the way.
  if (target === DOCS || target.startsWith(DOCS + sep))
    return `${path.replace(/(?:^|(?<=\/))README\.md$/, "index.md")}${hash}`;
  // Throws for a file that is not there, and fails the build.
  const kind = statSync(target).isDirectory() ? "tree" : "blob";
  return `${REPOSITORY}/${kind}/main/${relative(ROOT, target).split(sep).join("/")}${hash}`;
}
