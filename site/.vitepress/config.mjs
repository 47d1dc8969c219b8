import { defineConfig } from "vitepress";

import { headingSlug } from "../heading-slug.mjs";
import { linksForSite, REPOSITORY } from "../links.mjs";
import { sidebarFromMap } from "../sidebar.mjs";

export default defineConfig({
  title: "Wireproof",
  description: "A WebSocket conformance suite and a WebSocket endpoint",
  lang: "en",
  srcDir: "../docs",
  outDir: "dist",
  cacheDir: "node_modules/.cache",
  // A folder's page is README.md in the repository and index.html on the site.
  rewrites: (page) => page.replace(/(?:^|(?<=\/))README\.md$/, "index.md"),
  markdown: {
    // The same anchors as in the repository's browser, so that one link leads to the same heading in both.
    anchor: { slugify: headingSlug },
    config: (markdown) => linksForSite(markdown),
  },
  themeConfig: {
    // Searches an index that is part of the site: no service, no network.
    search: { provider: "local" },
    nav: [{ text: "Repository", link: REPOSITORY }],
    sidebar: sidebarFromMap(),
    outline: [2, 3],
    externalLinkIcon: true,
  },
});
