import type { RunEvent } from "../run/event.js";
import type { PageAgainst } from "../report/page/page-event.js";
import { liveReport } from "../live/live-report.js";
import { startWebServer } from "../serve/web-server.js";
import { catalogue } from "./catalogue.js";
import type { Reader } from "./fan-out.js";
import type { Io } from "./io.js";
import { toggle, type Option } from "./option.js";

export const uiOption: Option<boolean> = toggle(
  "Show the report page live, on a free port of this machine. After the run it stays until Ctrl-C.",
);

/** The live report page of a run, on a separate port. */
export interface LivePage {
  readonly reader: Reader<RunEvent>;
  /** Settles when the user presses Ctrl-C: at once if the run was interrupted. */
  readonly untilInterrupted: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Starts to serve the page and prints its address. */
export async function startLivePage(io: Io, against: PageAgainst | undefined): Promise<LivePage> {
  const live = await liveReport({
    command: "wireproof",
    catalogue: catalogue(),
    ...(against === undefined ? {} : { against }),
  });
  const web = await startWebServer({ host: "127.0.0.1", port: 0, handlers: [live.handler] });
  io.complain(`the report is live at ${web.url}`);
  return {
    reader: live.follow,
    untilInterrupted: async () => {
      if (io.signal.aborted) return;
      io.expectInterruption();
      io.complain(`the run is over; its report stays at ${web.url} until Ctrl-C`);
      await new Promise<void>((resolve) => {
        io.signal.addEventListener("abort", () => resolve(), { once: true });
      });
    },
    close: async () => {
      await live.close();
      await web.close();
    },
  };
}
