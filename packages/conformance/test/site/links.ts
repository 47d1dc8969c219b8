import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/** Every file of a folder and of those in it. */
export function filesIn(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(path, entry.name)) : [join(path, entry.name)],
  );
}

/** The links of all pages of a site that lead to no file of it, or to an anchor that is not there: `page: link`. */
export function brokenLinks(site: string): readonly string[] {
  const pages = new Map(
    filesIn(site)
      .filter((file) => file.endsWith(".html"))
      .map((file) => [relative(site, file), readFileSync(file, "utf8")]),
  );
  const ids = new Map(
    [...pages].map(([path, text]) => [
      path,
      new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id)),
    ]),
  );
  return [...pages].flatMap(([path, text]) =>
    [...text.matchAll(/ (?:href|src)="([^"]*)"/g)]
      .map(([, link = ""]) => link.replaceAll("&amp;", "&"))
      .filter((link) => !/^(?:https:\/\/|data:)/.test(link))
      .filter((link) => {
        const [file = "", anchor] = link.split("#");
        const target = file === "" ? path : relative(site, resolve(site, dirname(path), file));
        const isThere = statSync(join(site, target), { throwIfNoEntry: false })?.isFile() === true;
        return !isThere || (anchor !== undefined && ids.get(target)?.has(anchor) !== true);
      })
      .map((link) => `${path}: ${link}`),
  );
}
