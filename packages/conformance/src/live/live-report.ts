import type { IncomingMessage, ServerResponse } from "node:http";

import type { RunEvent } from "../run/event.js";
import { PageFeed, type FeedContext } from "../report/page/feed.js";
import { pageTemplate } from "../report/page/template.js";
import { headersFor, sendPage, type WebHandler } from "../serve/web-server.js";
import { DetailSpool } from "./detail-spool.js";
import { EventLog } from "./event-log.js";
import { EventStream } from "./event-stream.js";

export interface LiveReportOptions extends FeedContext {
  /** Path of the page; it begins and ends with a slash. Default `/`. */
  readonly path?: string;
}

/** The report page of a run that is in progress. */
export interface LiveReport {
  /** Answers requests for the page, its stream of events, and details of cases; takes no others. */
  readonly handler: WebHandler;
  /** Reads the events of the run to their end and sends them to the pages. */
  readonly follow: (events: AsyncIterable<RunEvent>) => Promise<void>;
  /** Ends the streams and removes what was stored. */
  readonly close: () => Promise<void>;
}

/**
 * Serves the report page during a run and after it. Memory holds one short result for each case; the rest is in a
 * temporary file. Use it on the loopback interface: anyone who can connect can read everything that peers sent. Throws
 * an Error if the page was not built, or the error of the system if no temporary file can be made.
 */
export async function liveReport(options: LiveReportOptions): Promise<LiveReport> {
  const { path = "/" } = options;
  const { head, tail } = pageTemplate({ source: "live", events: "events", detail: "detail" });
  const log = new EventLog();
  const stream = new EventStream(log);
  const spool = await DetailSpool.create();
  const handler: WebHandler = (request, response, asked) => {
    if (asked === path) sendPage(response, 200, { type: "text/html; charset=utf-8", body: head + tail });
    else if (asked === `${path}events`) stream.subscribe(request, response);
    else if (asked === `${path}detail`) void sendDetail(spool, request, response);
    else return false;
    return true;
  };
  const follow = async (events: AsyncIterable<RunEvent>): Promise<void> => {
    const feed = new PageFeed(options);
    for await (const event of events) {
      const items = feed.items(event);
      for (const item of items) {
        // A page may ask for the detail as soon as it gets the result.
        if ("detail" in item) await spool.put(item.detail);
        log.append(item.event);
      }
      if (items.length > 0) stream.wake();
    }
  };
  const close = async (): Promise<void> => {
    stream.close();
    await spool.close();
  };
  return { handler, follow, close };
}

async function sendDetail(
  spool: DetailSpool,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { searchParams } = new URL(request.url ?? "/", "http://localhost");
  const type = "application/json; charset=utf-8";
  try {
    const detail = await spool.get(searchParams.get("peer") ?? "", searchParams.get("case") ?? "");
    response.writeHead(detail === null ? 404 : 200, headersFor(type));
    response.end(detail ?? "null");
  } catch {
    // The run is over and the file is gone.
    response.destroy();
  }
}
