import type { RunEvent } from "../run/event.js";
import { BlockWriter, DetailBudget } from "./page/blocks.js";
import { PageFeed, type FeedItem } from "./page/feed.js";
import type { PageEvent } from "./page/page-event.js";
import { pageTemplate } from "./page/template.js";
import type { ReportChunk, ReportContext } from "./reporter.js";

/**
 * The report page as one file. It is written as the run goes on, so that memory holds the cases in flight and one
 * block of what is over; a page that a killed run leaves behind still opens with what it has.
 */
export async function* htmlReporter(
  events: AsyncIterable<RunEvent>,
  about: ReportContext,
): AsyncGenerator<ReportChunk> {
  const page = new HtmlPage(about);
  for await (const event of events) {
    if (event.type === "run") yield { data: page.head() };
    for await (const data of page.add(event)) yield { data };
  }
  for await (const data of page.end()) yield { data };
}

class HtmlPage {
  readonly #template = pageTemplate({ source: "embedded" });
  readonly #feed: PageFeed;
  readonly #events = new BlockWriter("events");
  readonly #details = new BlockWriter("detail");
  readonly #budget = new DetailBudget();
  #isBegun = false;

  constructor(about: ReportContext) {
    this.#feed = new PageFeed(about);
  }

  head(): string {
    this.#isBegun = true;
    return this.#template.head;
  }

  /** The elements that an event completes. */
  async *add(event: RunEvent): AsyncGenerator<string> {
    if (event.type === "peer-up") this.#budget.addPeer();
    if (event.type === "checkpoint") yield* this.#flush();
    for (const item of this.#feed.items(event)) yield* this.#addItem(item);
  }

  async *end(): AsyncGenerator<string> {
    if (!this.#isBegun) return;
    yield* this.#flush();
    yield this.#template.tail;
  }

  /** A page that ends here shows all that has happened. */
  async *#flush(): AsyncGenerator<string> {
    for (const block of [await this.#details.flush(), await this.#events.flush()]) {
      if (block !== undefined) yield block;
    }
  }

  async *#addItem(item: FeedItem): AsyncGenerator<string> {
    if (!("detail" in item)) return yield* this.#addEvent(item.event);
    if (!this.#budget.hasRoom) return yield* this.#addEvent({ ...item.event, block: null });
    const block = this.#details.number;
    const full = await this.#details.add(item.detail);
    if (full !== undefined) {
      this.#budget.spend(full.length);
      yield full;
    }
    yield* this.#addEvent({ ...item.event, block });
  }

  async *#addEvent(event: PageEvent): AsyncGenerator<string> {
    const full = await this.#events.add(event);
    if (full !== undefined) yield full;
  }
}
