import type { TestContext } from "node:test";
import type { CaseEnd, RunEvent } from "../../src/run/event.js";
import { serve, type ServedRun, type ServeOptions } from "../../src/serve/serve.js";
import { casesOf } from "../integration/verdict-table.js";

export interface Serving extends ServedRun {
  /** The events so far, without the wire log. */
  readonly seen: RunEvent[];
  /** Settles when the run has ended. */
  readonly ended: Promise<void>;
  /** Resolves with the first event, seen or still to come, that matches. */
  when<E extends RunEvent>(isIt: (event: RunEvent) => event is E): Promise<E>;
}

/** Starts a server on a free port for the cases that the patterns choose; it ends with the test. */
export async function serving(
  context: Pick<TestContext, "after">,
  patterns: string,
  options: Partial<ServeOptions> = {},
): Promise<Serving> {
  const server = await serve({ cases: casesOf(patterns), port: 0, ...options });
  const seen: RunEvent[] = [];
  let wake: (() => void)[] = [];
  const ended = (async () => {
    for await (const event of server.events) {
      if (event.type === "wire") continue;
      seen.push(event);
      const waiting = wake;
      wake = [];
      for (const callback of waiting) callback();
    }
  })();
  context.after(async () => {
    server.stop();
    await ended;
  });
  const when = async <E extends RunEvent>(isIt: (event: RunEvent) => event is E): Promise<E> => {
    for (let at = 0; ; at++) {
      while (at >= seen.length) await new Promise<void>((resolve) => wake.push(resolve));
      const event = seen[at];
      if (event !== undefined && isIt(event)) return event;
    }
  };
  return Object.assign(Object.create(server) as ServedRun, { seen, ended, when });
}

/** A guard for `when`: the end of a case, by its id and the number of its play. */
export function endOf(id: string, attempt = 1): (event: RunEvent) => event is CaseEnd {
  return (event): event is CaseEnd =>
    event.type === "case-end" && event.case === id && event.attempt === attempt;
}
