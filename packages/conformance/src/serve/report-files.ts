import { createReadStream, lstatSync, readdirSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { pipeline } from "node:stream";
import { headersFor, type WebHandler } from "./web-server.js";

/** Path of the files of the report folder. */
export const REPORTS_PATH = "/reports/";

/** The types of report files. No other files of the folder are served. */
const TYPES: ReadonlyMap<string, string> = new Map([
  [".html", "text/html; charset=utf-8"],
  [".json", "application/json; charset=utf-8"],
  [".ndjson", "application/x-ndjson; charset=utf-8"],
  [".xml", "text/xml; charset=utf-8"],
  [".md", "text/plain; charset=utf-8"],
  [".txt", "text/plain; charset=utf-8"],
  [".tap", "text/plain; charset=utf-8"],
  [".sarif", "application/json; charset=utf-8"],
]);

/**
 * Serves the files that are in the report folder now. A name becomes a path only if it is in the list of the folder, so
 * that no request can leave the folder. Links in it are not followed.
 */
export function reportFiles(folder: string): WebHandler {
  return (request, response, path) => {
    if (!path.startsWith(REPORTS_PATH)) return false;
    const name = path.slice(REPORTS_PATH.length);
    if (!reportNames(folder).includes(name)) return false;
    const file = join(folder, name);
    const size = sizeOf(file);
    if (size === null) return false;
    send({ file, size: request.method === "HEAD" ? 0 : size, announced: size }, response);
    return true;
  };
}

/** Names of the reports in the folder, in order. */
export function reportNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && !entry.name.startsWith(".") && TYPES.has(extname(entry.name)))
      .map(({ name }) => name)
      .toSorted();
  } catch {
    return [];
  }
}

/** Null if the file is gone in the meantime. */
function sizeOf(file: string): number | null {
  try {
    return lstatSync(file).size;
  } catch {
    return null;
  }
}

function send(
  { file, size, announced }: { file: string; size: number; announced: number },
  response: ServerResponse,
): void {
  const type = TYPES.get(extname(file)) ?? "application/octet-stream";
  response.writeHead(200, { ...headersFor(type), "Content-Length": announced, Connection: "close" });
  if (size === 0) {
    response.end();
    return;
  }
  // If a report grows meanwhile, only the announced length is sent; if it shrinks, the connection ends.
  pipeline(createReadStream(file, { end: size - 1 }), response, () => undefined);
}
