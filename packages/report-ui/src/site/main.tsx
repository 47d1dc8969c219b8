/** The pages of the site as HTML. Built for Node: `wireproof matrix site` loads it. */
import type { JSX } from "preact";
import { renderToString } from "preact-render-to-string";

import type { SitePage, SiteProgram } from "../../../conformance/src/site/page-model.js";
import { visible } from "../model/text.js";
import { Cases, CaseView, Requirement, Requirements } from "./catalogue.js";
import { ChangesView } from "./changes.js";
import { Data } from "./data.js";
import { Frame } from "./document.js";
import { Front } from "./front.js";
import { Grid, GridClient } from "./grid.js";
import document from "./page.html";
import { Proxies } from "./proxies.js";
import { SignShapes } from "./signs.js";
import { Stack } from "./stack.js";

/** Put in place by the build: the style and the script that all pages share. */
declare const SITE_STYLE: string;
declare const SITE_SCRIPT: string;

export const assets: SiteProgram["assets"] = { "site.css": SITE_STYLE, "site.js": SITE_SCRIPT };

export const renderPage: SiteProgram["renderPage"] = (page, path, facts) => {
  const rendered = renderToString(
    <Frame path={path} facts={facts}>
      <Content page={page} />
    </Frame>,
  );
  // Once more for the whole: attributes may have text of a peer, too.
  const body = compact(rendered.split("\n").map(visible).join("\n"));
  const used = new Set([...body.matchAll(/<use href="#(s\d+)"/g)].map(([, id = ""]) => id));
  return document
    .replaceAll("%ROOT%", "../".repeat(path.split("/").length - 1))
    .replace("%TITLE%", () => escaped(titleOf(page)))
    .replace("<!--BODY-->", () => (used.size === 0 ? "" : renderToString(<SignShapes used={used} />)) + body);
};

/**
 * Without the end tags and quotes that HTML does not need (§13.1.2.4, §13.1.2.3), which are a tenth of a table with thousands
 * of signs. No text and no attribute can look like a tag here: `<` is escaped in both.
 */
function compact(html: string): string {
  return html
    .replaceAll("></use>", "/>")
    .replaceAll(/<\/td>(?=<td|<\/tr>)/g, "")
    .replaceAll(/<\/tr>(?=<tr|<\/tbody>)/g, "")
    .replaceAll(/(<a href="[^"<>]*" aria-label=)"(\w+)">/g, "$1$2>");
}

function Content({ page }: { readonly page: SitePage }): JSX.Element {
  switch (page.kind) {
    case "front":
      return <Front page={page} />;
    case "stack":
      return <Stack stack={page.stack} />;
    case "requirements":
      return <Requirements page={page} />;
    case "requirement":
      return <Requirement page={page} />;
    case "cases":
      return <Cases page={page} />;
    case "case":
      return <CaseView page={page} />;
    case "grid":
      return <Grid page={page} />;
    case "grid-client":
      return <GridClient page={page} />;
    case "proxies":
      return <Proxies proxies={page.proxies} />;
    case "changes":
      return <ChangesView changes={page.changes} />;
    case "data":
      return <Data files={page.files} />;
  }
}

function titleOf(page: SitePage): string {
  switch (page.kind) {
    case "front":
      return "WebSocket stacks";
    case "stack":
      return `${page.stack.name} – WebSocket stacks`;
    case "requirements":
      return "Requirements – WebSocket stacks";
    case "requirement":
      return `${page.info.citation} – WebSocket stacks`;
    case "cases":
      return "Cases – WebSocket stacks";
    case "case":
      return `Case ${page.info.id} – WebSocket stacks`;
    case "grid":
      return "Interop grid – WebSocket stacks";
    case "grid-client":
      return `${page.client.name} – Interop grid`;
    case "proxies":
      return "Proxies – WebSocket stacks";
    case "changes":
      return "Changes – WebSocket stacks";
    case "data":
      return "Data – WebSocket stacks";
  }
}

function escaped(text: string): string {
  return visible(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
