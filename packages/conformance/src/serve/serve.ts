import { setMaxListeners } from "node:events";
import type { Case } from "../case/case.js";
import { casesFor } from "../case/select.js";
import { caseInfo } from "../run/case-info.js";
import { systemClock, type Clock } from "../time/clock.js";
import { CompressedStreams } from "../play/compressed-streams.js";
import type { TesterOptions } from "../tester/tester-options.js";
import { listen, type Listener } from "../net/listen.js";
import { timeouts, type Timeouts } from "../tester/timeouts.js";
import type { Profile } from "../record/record.js";
import type { RunConfig, RunEvent } from "../run/event.js";
import { SUITE_VERSION } from "../version.js";
import { EventLog } from "./event-log.js";
import type { PlaySettings } from "../play/opened.js";
import { Admission } from "./admission.js";
import { SERVE_LIMITS, type ServeLimits } from "./limits.js";
import type { ServeObserver } from "./observer.js";
import { Session } from "./session.js";

export interface ServeOptions {
  /** What is played, in catalogue order; clients count them from 1. */
  readonly cases: readonly Case[];
  /** Name of the set that the cases were taken from, for the record. */
  readonly set?: string;
  /** How cases are played and judged; `modern` if absent. */
  readonly profile?: Profile;
  /** Factor for every deadline; 1 if absent. */
  readonly timeoutScale?: number;
  /** As for `run`. */
  readonly loadSilenceSeconds?: number;
  /** In place of the deadlines of the profile; not scaled. */
  readonly timeouts?: Partial<Timeouts>;
  readonly testerOptions?: TesterOptions;
  /** As for `run`. */
  readonly messages?: "full" | "enough";
  /** Name or address to bind to; 127.0.0.1 if absent. */
  readonly host?: string;
  /** 0 takes any free port; 9001 if absent. */
  readonly port?: number;
  /** Certificate and key in PEM: speak TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** End when an agent asks for reports that has a result for every case, while no case is in flight. */
  readonly once?: boolean;
  /** Cases that are not played with an agent; its connection is opened and closed again. */
  readonly isExcluded?: (agent: string, caseId: string) => boolean;
  /** A client has asked for a case that it is excluded from. */
  readonly skipped?: (agent: string, caseId: string, from: string) => void;
  /**
   * Called behind every `checkpoint` event. The client that asked for reports is told that they are there when the
   * promise settles.
   */
  readonly reported?: () => Promise<void>;
  /** How the client was started, for the record, if the run starts it. */
  readonly client?: Pick<RunConfig, "start" | "single">;
  readonly observer?: ServeObserver;
  /** Who may connect; if absent, whoever comes to an address or to localhost and is no page of a foreign site. */
  readonly admission?: Admission;
  readonly limits?: Partial<ServeLimits>;
  /** Aborted: as `stop()`. */
  readonly signal?: AbortSignal;
  /** For tests. */
  readonly clock?: Clock;
}

/** A server that tests whatever connects to it. */
export interface ServedRun {
  /** `ws://host:port`, or `wss://host:port`. */
  readonly url: string;
  readonly port: number;
  /**
   * Everything that happens, as for `run`: the first event is `run`, the last `run-end`. Somebody has to read them:
   * cases do not begin while too many wait. Who stops reading stops the server.
   */
  readonly events: AsyncIterable<RunEvent>;
  /** Cases in flight. */
  readonly inFlight: number;
  /** Names of the clients that have played a case, in the order in which they came. */
  readonly agents: readonly string[];
  /** Ids of cases for which this agent has no result yet; those it is excluded from do not count. */
  missing(agent: string): readonly string[];
  /** Tells something worth saying, in one sentence, about an agent if one is named. */
  note(text: string, agent?: string): void;
  /** Tells what the observer has to tell. */
  tell(event: Exclude<RunEvent, { type: "run" | "run-end" }>): void;
  /** Gives up what is in flight and ends the run. May be called more than once. */
  stop(): void;
}

/** How long connections that are about to end of themselves have for it when the server stops. */
const GRACE_MS = 500;

/**
 * Starts the tester as a server and resolves when it listens. Rejects with the error of the system if the address
 * cannot be bound, or the certificate cannot be used.
 */
export async function serve(options: ServeOptions): Promise<ServedRun> {
  const { host = "127.0.0.1", port = 9001, tls } = options;
  const { admission = new Admission() } = options;
  const limits = { ...SERVE_LIMITS, ...options.limits };
  const server = new Server({ ...options, cases: casesFor("client", options.cases) }, admission, limits);
  const listener = await listen({
    host,
    port,
    ...(tls === undefined ? {} : { tls }),
    maxConnections: limits.connections,
    tlsSetupMs: server.settings.timeouts.connectMs,
    onConnection: (connection, from) => server.session.accept(connection, from),
  });
  admission.knowName(host);
  admission.knowPort(listener.port);
  return server.begin(listener);
}

class Server {
  readonly session: Session;
  readonly #options: ServeOptions;
  readonly settings: PlaySettings;
  readonly #limits: ServeLimits;
  readonly #log: EventLog;
  readonly #stopped = new AbortController();
  #fault: unknown = null;

  constructor(options: ServeOptions, admission: Admission, limits: ServeLimits) {
    this.#options = options;
    this.settings = settle(options);
    this.#limits = limits;
    this.#log = new EventLog(this.settings.clock);
    // Every connection listens to it.
    setMaxListeners(0, this.#stopped.signal);
    this.session = new Session({
      ...this.settings,
      admission,
      limits,
      cases: options.cases,
      once: options.once === true,
      isExcluded: options.isExcluded ?? (() => false),
      skipped: options.skipped ?? (() => undefined),
      reported: options.reported ?? (() => Promise.resolve()),
      settling: options.observer?.settling ?? (() => Promise.resolve()),
      observer: options.observer ?? {},
      repeats: options.observer?.repeats === true,
      emit: (event) => this.#emit(event),
      recorded: () => this.#log.octets,
      ready: () => this.#log.ready(),
      stop: () => this.#stop(),
      fail: (fault) => this.#fail(fault),
      signal: this.#stopped.signal,
    });
  }

  begin(listener: Listener): ServedRun {
    const { session } = this;
    const { signal } = this.#options;
    const stop = (): void => this.#stop();
    session.url = listener.url;
    this.#emit(runStart(this.#options, { ...this.settings, ...this.#limits }, listener.url));
    const closed = new Promise<void>((resolve) => {
      this.#stopped.signal.addEventListener("abort", () => void listener.close(GRACE_MS).then(resolve));
    });
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    return {
      url: listener.url,
      port: listener.port,
      events: this.#events(closed),
      get inFlight() {
        return session.flights.size;
      },
      get agents() {
        return session.agents.names;
      },
      missing: (agent) => session.missing(agent),
      note: (text, agent) => this.#note(text, agent),
      tell: (event) => {
        if (!this.#stopped.signal.aborted) this.#emit(event);
      },
      stop,
    };
  }

  #emit(event: RunEvent): void {
    for (const earlier of this.#options.observer?.before?.(event) ?? []) this.#log.emit(earlier);
    this.#log.emit(event);
  }

  #note(text: string, agent?: string): void {
    if (this.#stopped.signal.aborted) return;
    const known = agent === undefined ? undefined : this.session.agents.find(agent);
    this.#emit({ type: "note", ...(known === undefined ? {} : { peer: known.peer }), text });
  }

  async *#events(closed: Promise<void>): AsyncGenerator<RunEvent, void> {
    try {
      yield* this.#log;
      await closed;
      if (this.#fault !== null) throw this.#fault;
    } finally {
      this.#stop();
      await closed;
    }
  }

  #stop(): void {
    if (this.#stopped.signal.aborted) return;
    const wasInterrupted = this.session.flights.size > 0;
    this.#stopped.abort();
    const { cases } = this.#options;
    this.#log.end(cases.length * Math.max(1, this.session.agents.size), wasInterrupted);
  }

  /** A fault of ours: the run ends, and whoever reads its events is told. */
  #fail(fault: unknown): void {
    this.#fault ??= fault;
    this.#stop();
  }
}

function settle(options: ServeOptions): PlaySettings {
  const { profile = "modern", timeoutScale = 1 } = options;
  return {
    profile,
    clock: options.clock ?? systemClock,
    timeouts: { ...timeouts(profile, timeoutScale, options.loadSilenceSeconds), ...options.timeouts },
    ...(options.testerOptions === undefined ? {} : { testerOptions: options.testerOptions }),
    messages: options.messages ?? (profile === "autobahn" ? "full" : "enough"),
    streams: new CompressedStreams(),
  };
}

function runStart(
  options: ServeOptions,
  settings: PlaySettings & Pick<ServeLimits, "connections">,
  url: string,
): RunEvent {
  const { clock, profile, messages, timeouts, connections } = settings;
  return {
    type: "run",
    suite: SUITE_VERSION,
    startedAt: clock.date(),
    set: options.set ?? "all",
    profile,
    messages,
    seed: 0,
    config: {
      role: "server",
      urls: [url],
      concurrency: connections,
      timeoutScale: timeouts.scale,
      ...(options.loadSilenceSeconds === undefined ? {} : { loadSilenceSeconds: options.loadSilenceSeconds }),
      insecure: false,
      headers: [],
      subprotocols: [],
      ...options.client,
    },
    cases: options.cases.map(caseInfo),
  };
}
