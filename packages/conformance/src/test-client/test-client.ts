import { casesFor } from "../case/select.js";
import type { RunEvent } from "../run/event.js";
import { withoutSkipped } from "../run/skipped.js";
import type { ServeObserver } from "../serve/observer.js";
import { serve, type ServedRun, type ServeOptions } from "../serve/serve.js";
import { Driver } from "./driver.js";
import type { ClientUnderTest } from "./mode.js";
import { Progress } from "./progress.js";
import { Pulse } from "./pulse.js";

export interface TestClientOptions
  extends
    Omit<ServeOptions, "observer" | "client" | "isExcluded" | "once" | "cases" | "signal">,
    ClientUnderTest {
  /** The command as the user wrote it. */
  readonly command: string;
}

export interface TestedClient {
  /** Where the client connects to. */
  readonly url: string;
  /**
   * Everything that happens, as for `serve`, with the output of the process and its end. When the events are over, or
   * nothing reads them any more, no process is left.
   */
  readonly events: AsyncIterable<RunEvent>;
  /** Gives up what is in flight and ends the run. May be called more than once. */
  stop(): void;
}

/**
 * Starts the tester as a server, and a client that walks through its cases, again and again if it ends too early.
 * Rejects with the error of the system if the address cannot be bound.
 */
export async function testClient(given: TestClientOptions): Promise<TestedClient> {
  const cases = casesFor("client", given.cases, {
    pings: given.keepaliveSeconds !== undefined,
    http2: given.http2 === true,
  });
  const { played } = withoutSkipped(cases, "client", given.lacks);
  const options = { ...given, cases: played };
  const observer = new Observer(played.length);
  const served = await serve({
    ...options,
    cases: given.cases,
    port: options.port ?? 0,
    client: { start: options.command, ...(options.single ? { single: true } : {}) },
    isExcluded: (agent, id) => observer.driver?.isExcluded(agent, id) ?? false,
    observer,
    reported: async () => {
      await options.reported?.();
      await observer.driver?.landed();
    },
  });
  const driver = new Driver({ ...options, served, progress: observer.progress, pulse: observer.pulse });
  observer.driver = driver;
  return { url: served.url, events: events(served, driver, options), stop: () => served.stop() };
}

async function* events(
  served: ServedRun,
  driver: Driver,
  { signal }: Pick<ClientUnderTest, "signal">,
): AsyncGenerator<RunEvent, void> {
  const stop = (): void => driver.stop();
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted === true) stop();
  // An error of the driver ends the run, and is thrown below after the last event.
  const driving = driver.drive().finally(() => served.stop());
  driving.catch(() => undefined);
  try {
    yield* served.events;
  } finally {
    signal?.removeEventListener("abort", stop);
    driver.stop();
    await driving;
  }
}

/** Passes on to the driver what the server sees. */
class Observer implements Required<ServeObserver> {
  readonly repeats = true;
  readonly progress: Progress;
  readonly pulse: Pulse = new Pulse();
  driver: Driver | undefined;

  constructor(cases: number) {
    this.progress = new Progress(cases);
  }

  readonly visited: Required<ServeObserver>["visited"] = (visit) => {
    this.driver?.visits.take(visit);
    this.pulse.beat();
  };

  readonly left: Required<ServeObserver>["left"] = () => {
    this.driver?.visits.left();
    this.pulse.beat();
  };

  readonly before: Required<ServeObserver>["before"] = (event) => {
    const earlier = this.driver?.before(event) ?? [];
    this.progress.take(event);
    if (event.type === "run-end") this.driver?.stop();
    if (event.type !== "wire") this.pulse.beat();
    return earlier;
  };

  readonly givesUrls: Required<ServeObserver>["givesUrls"] = () => this.driver?.givesUrls === true;

  readonly settling: Required<ServeObserver>["settling"] = async (record, about) => {
    await this.driver?.settling(record, about);
  };
}
