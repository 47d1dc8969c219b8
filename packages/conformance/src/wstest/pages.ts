import { relative, sep } from "node:path";
import type { Io } from "../cli/io.js";
import { reasonOf } from "../reason-of.js";
import { UsageError } from "../cli/usage-error.js";
import type { Admission } from "../serve/admission.js";
import { overviewPage } from "../serve/overview-page.js";
import { reportFiles, REPORTS_PATH } from "../serve/report-files.js";
import type { ServedRun } from "../serve/serve.js";
import { startWebServer, type WebHandler, type WebServer } from "../serve/web-server.js";
import { bindEverywhere } from "./everywhere.js";

/** The default port of the original. */
export const WEB_PORT = 8080;

export interface PagesOptions {
  readonly served: ServedRun;
  readonly cases: number;
  readonly outdir: string;
  /** 0: no pages. Undefined: the default port, or no pages if it is in use. */
  readonly port: number | undefined;
  readonly admission: Admission;
}

/** Serves the state of the run and its reports over HTTP. Throws a UsageError if the port cannot be used. */
export async function startPages(options: PagesOptions, io: Io): Promise<WebServer | undefined> {
  const { served, cases, outdir } = options;
  const overview = {
    url: served.url,
    cases,
    get agents() {
      return served.agents;
    },
    missing: (agent: string) => served.missing(agent),
  };
  return startWeb(options, [overviewPage(overview, outdir), reportFiles(outdir), asInFolder(outdir)], io);
}

/** Serves pages on the port of `-u` or on the default port. Throws a UsageError if that of `-u` cannot be used. */
export async function startWeb(
  { port, admission }: Pick<PagesOptions, "port" | "admission">,
  handlers: readonly WebHandler[],
  io: Io,
): Promise<WebServer | undefined> {
  if (port === 0) return undefined;
  const wanted = port ?? WEB_PORT;
  try {
    return await bindEverywhere(wanted, (host) =>
      startWebServer({ host, port: wanted, handlers, admission }),
    );
  } catch (error) {
    const reason = reasonOf(error);
    if (port !== undefined) throw new UsageError(`--webport: ${reason}`);
    io.complain(`${reason}: there are no pages; choose another port with -u N`);
    return undefined;
  }
}

/**
 * The original serves the whole current folder under /cwd/. This serves only the reports, at the same paths.
 */
function asInFolder(outdir: string): WebHandler {
  const path = relative(process.cwd(), outdir).split(sep).join("/");
  const prefix = `/cwd/${path === "" ? "" : `${path}/`}`;
  const files = reportFiles(outdir);
  return (request, response, asked) =>
    !path.startsWith("..") &&
    asked.startsWith(prefix) &&
    files(request, response, `${REPORTS_PATH}${asked.slice(prefix.length)}`);
}
