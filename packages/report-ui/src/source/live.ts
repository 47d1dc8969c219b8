import type { PageDetail, PageEvent, PageSource } from "wireproof/page";
import type { Source } from "./source.js";

/** Events are gathered for so long before the page is drawn again. */
const GATHER_MS = 80;

/**
 * Events over Server-Sent Events. The stream starts at the beginning of the run; when the connection is lost, the
 * browser connects again and the stream goes on where it was.
 */
export function liveSource(source: Extract<PageSource, { source: "live" }>): Source {
  return {
    isLive: true,
    open: (listener) => {
      let waiting: PageEvent[] = [];
      const flush = (): void => {
        const events = waiting;
        waiting = [];
        listener.events(events);
        listener.settled();
      };
      const stream = new EventSource(source.events);
      stream.addEventListener("message", ({ data }: MessageEvent<string>) => {
        if (waiting.length === 0) setTimeout(flush, GATHER_MS);
        waiting.push(JSON.parse(data) as PageEvent);
      });
      stream.addEventListener("open", () => listener.connected(true));
      stream.addEventListener("error", () => listener.connected(false));
    },
    detail: async ({ peer, case: id }) => {
      const response = await fetch(`${source.detail}?${new URLSearchParams({ peer, case: id })}`);
      return response.ok ? ((await response.json()) as PageDetail) : null;
    },
  };
}
