import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join, posix } from "node:path";

/** One page of the web-platform-tests in one variant: what runs in it, one after the other. */
export interface Page {
  /** Path and variant, such as "/websockets/constructor.any.js?wss". */
  readonly name: string;
  readonly path: string;
  readonly query: string;
  readonly scripts: readonly Script[];
  readonly isLong: boolean;
}

export interface Script {
  readonly name: string;
  /** The text of a script that stands in a page; undefined: it is a file. */
  readonly text: string | undefined;
}

/** What a page with HTML has to be without: a document, and what only browsers have beside it. */
const NEEDS_DOCUMENT = /\bdocument\b|<iframe|window\.open|XMLHttpRequest|\bcookies?\b|\bopener\b|\bparent\b/;

/** The pages of `websockets/` in a checkout that need no document. */
export function pagesOf(root: string): Page[] {
  return filesUnder(root, "/websockets").flatMap((path) => {
    const text = readFileSync(join(root, path), "utf8");
    if (path.endsWith(".any.js")) return scriptPages(path, text);
    if (path.endsWith(".worker.js")) return scriptPages(path, text, false);
    return path.endsWith(".html") ? htmlPages(path, text) : [];
  });
}

function filesUnder(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? filesUnder(root, path) : [path];
    })
    .sort();
}

function scriptPages(path: string, text: string, hasHarness = true): Page[] {
  const meta = (key: string): string[] =>
    [...text.matchAll(/^\/\/ META: (\w+)=(.*)$/gm)].flatMap(([, name, value]) =>
      name === key ? [value!.trim()] : [],
    );
  const harness = hasHarness ? ["/resources/testharness.js"] : [];
  const names = [...harness, ...meta("script").map((script) => resolve(path, script)), path];
  const scripts = names.map((name) => ({ name, text: undefined }));
  const isLong = meta("timeout").includes("long");
  return queries(meta("variant")).map((query) => ({ name: path + query, path, query, scripts, isLong }));
}

function htmlPages(path: string, text: string): Page[] {
  if (NEEDS_DOCUMENT.test(text) || !text.includes("testharness.js")) return [];
  const variants = [...text.matchAll(/<meta name=["']?variant["']? content=["']([^"']*)["']/g)].map(
    ([, query]) => query!,
  );
  const scripts = [...text.matchAll(/<script(?: src=["']?([^"'>\s]+)["']?)?[^>]*>(.*?)<\/script>/gs)]
    .map(([, source, inline]) =>
      source === undefined ? { name: path, text: inline } : { name: resolve(path, source), text: undefined },
    )
    .filter(({ name }) => !name.endsWith("testharnessreport.js"));
  const isLong = /<meta name=["']?timeout["']? content=["']?long/.test(text);
  return queries(variants).map((query) => ({ name: path + query, path, query, scripts, isLong }));
}

function queries(variants: readonly string[]): readonly string[] {
  return variants.length === 0 ? [""] : variants;
}

/** As a URL in the page would be: from the root, or from the folder of the page. */
export function resolve(page: string, source: string): string {
  const [path = ""] = source.split("?", 1);
  return path.startsWith("/") ? path : posix.join(posix.dirname(page), path);
}

/** What the server of the web-platform-tests would put into files of theirs. */
export interface Places {
  readonly port: number;
  readonly securePort: number;
  readonly http2Port: number;
}

/** Whether a page asks for WebSocket over HTTP/2 (RFC 8441). */
export function isOverHttp2({ query }: Pick<Page, "query">): boolean {
  return query.includes("wpt_flags=h2");
}

export function readScript(root: string, path: string, places: Places): string {
  const text = readFileSync(join(root, moved(root, path)), "utf8");
  return text
    .replaceAll("{{host}}", "localhost")
    .replaceAll("{{ports[ws][0]}}", String(places.port))
    .replaceAll("{{ports[wss][0]}}", String(places.securePort))
    .replaceAll("{{ports[h2][0]}}", String(places.http2Port))
    .replaceAll("{{hosts[alt][www]}}", "127.0.0.1");
}

/** Their server has one file under another address. */
function moved(root: string, path: string): string {
  const parser = "/resources/webidl2/lib/webidl2.js";
  return path === "/resources/WebIDLParser.js" && existsSync(join(root, parser)) ? parser : path;
}
