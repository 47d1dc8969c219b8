/** Where each page lies below the root of the site. Links name the file, so that they work from a disk as well. */
import type { SitePage } from "./page-model.js";

export function stackPath(folder: string, anchor?: string): string {
  return `stack/${folder}/index.html${anchor === undefined ? "" : `#${anchor}`}`;
}

export function requirementPath(id: string): string {
  return `requirement/${id}/index.html`;
}

export function casePath(id: string): string {
  return `case/${id}/index.html`;
}

export function gridPath(client: string, server?: string): string {
  return `grid/${client}/index.html${server === undefined ? "" : `#${server}`}`;
}

export function badgePath(folder: string): string {
  return `badge/${folder}.svg`;
}

export function pathOf(page: SitePage): string {
  switch (page.kind) {
    case "front":
      return "index.html";
    case "stack":
      return stackPath(page.stack.folder);
    case "requirements":
      return "requirement/index.html";
    case "requirement":
      return requirementPath(page.info.id);
    case "cases":
      return "case/index.html";
    case "case":
      return casePath(page.info.id);
    case "grid":
      return "grid/index.html";
    case "grid-client":
      return gridPath(page.client.folder);
    case "proxies":
      return "proxies/index.html";
    case "changes":
      return "changes/index.html";
    case "data":
      return "data/index.html";
  }
}
