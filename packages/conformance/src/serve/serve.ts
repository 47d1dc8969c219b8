import { setMaxListeners } from "node:events";
import type { Lacks } from "../case/capability.js";
import type { Case } from "../case/case.js";
import { casesFor } from "../case/select.js";
import { caseInfo } from "../run/case-info.js";
import { skippedEvents, withoutSkipped, type SkippedCase } from "../run/skipped.js";
import { systemClock, type Clock } from "../time/clock.js";
import { CompressedStreams } from "../play/compressed-streams.js";
import type { TesterOptions } from "../tester/tester-options.js";
import { listen, type Listener } from "../net/listen.js";
import { timeouts, type Timeouts } from "../tester/timeouts.js";
import type { CaseRecord, Profile } from "../record/record.js";
import type { Shard } from "../run/shard.js";
import type { RunConfig, RunEvent } from "../run/event.js";
import { SUITE_VERSION } from "../version.js";
import { EventLog } from "./event-log.js";
import type { PlaySettings } from "../play/opened.js";
import { Admission } from "./admission.js";
import { SERVE_LIMITS, type ServeLimits } from "./limits.js";
import type { ServeObserver } from "./observer.js";
import { Session, type Unopened } from "./session.js";
import type { UrlPort } from "./url-port.js";

/**
 * Options of {@link serve}.
 *
 * @example
 * ```ts
 * import { cases, serve, type ServeOptions } from "wireproof";
 *
 * const options: ServeOptions = { cases, port: 0, once: true, limits: { connections: 50 } };
 * const served = await serve(options);
 * console.assert(served.url === `ws://127.0.0.1:${served.port}`);
 * served.stop();
 * for await (const event of served.events) console.assert(event.type !== "case-end");
 * ```
 */
export interface ServeOptions {
  /** Cases to play, in catalogue order; clients count them from 1. Those that suit only servers are left out. */
  readonly cases: readonly Case[];
  /**
   * What the clients lack: cases that need it are skipped, and the run says so. Clients do not count them. Default:
   * nothing.
   */
  readonly lacks?: Lacks;
  /** Name of the set that the cases were taken from, for the record. Default `all`. */
  readonly set?: string;
  /** As in {@link RunOptions}. */
  readonly shard?: Shard;
  /** How cases are played and judged. Default `modern`. */
  readonly profile?: Profile;
  /** Factor for every deadline, above 0. Default 1. */
  readonly timeoutScale?: number;
  /** As in {@link RunOptions}, in seconds. */
  readonly loadSilenceSeconds?: number;
  /** As in {@link RunOptions}. */
  readonly keepaliveSeconds?: number;
  /** In place of the deadlines of the profile; not scaled. Default: those of the profile. */
  readonly timeouts?: Partial<Timeouts>;
  /** What the tester does otherwise than its profile says. Default: nothing. */
  readonly testerOptions?: TesterOptions;
  /** As in {@link RunOptions}. */
  readonly messages?: "full" | "enough";
  /** Name or address to listen on. Default 127.0.0.1. */
  readonly host?: string;
  /** 0–65535, where 0 takes any free port. Default 9001. */
  readonly port?: number;
  /** Certificate and key in PEM, for wss. Default: plain TCP. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /**
   * Whether cases are played over HTTP/2 (RFC 8441): over TLS by ALPN, without TLS with prior knowledge. Cases about the opening
   * handshake of HTTP/1.1 are left out, and a client that asks for one over HTTP/1.1 is refused. Default false.
   */
  readonly http2?: boolean;
  /** End when a client that has a result for every case asks for reports, while no case is in flight. Default false. */
  readonly once?: boolean;
  /**
   * Whether a case is not played with a client; its connection is opened and closed again. Default: every case is played.
   */
  readonly isExcluded?: (agent: string, caseId: string) => boolean;
  /** Called when a client has asked for a case that it is excluded from. */
  readonly skipped?: (agent: string, caseId: string, from: string) => void;
  /**
   * Called behind every `checkpoint` event. The client that asked for reports gets its answer when the promise settles.
   */
  readonly reported?: () => Promise<void>;
  /** How the client was started, for the record, if the run starts it. */
  readonly client?: Pick<RunConfig, "start" | "single">;
  /**
   * Follows the server from inside, for commands that start the client.
   *
   * @internal
   */
  readonly observer?: ServeObserver;
  /**
   * Which clients may connect. Default: clients that name an address or localhost, and no page of another site.
   *
   * @internal
   */
  readonly admission?: Admission;
  /** What clients may use. Default: see {@link ServeLimits}. */
  readonly limits?: Partial<ServeLimits>;
  /** When it is aborted the server stops, as by `stop()`. Default: none. */
  readonly signal?: AbortSignal;
  /**
   * For tests.
   *
   * @internal
   */
  readonly clock?: Clock;
}

/**
 * A server that tests the clients that connect to it.
 *
 * @example
 * ```ts
 * import { cases, serve, type ServedRun } from "wireproof";
 *
 * const served: ServedRun = await serve({ cases: cases.slice(0, 2), port: 0 });
 * console.assert(served.missing("anyone").length === 2 && served.inFlight === 0);
 * served.note("Nobody came.");
 * served.stop();
 * const notes: string[] = [];
 * for await (const event of served.events) if (event.type === "note") notes.push(event.text);
 * console.assert(notes.join() === "Nobody came.");
 * ```
 */
export interface ServedRun {
  /** `ws://host:port`, or `wss://host:port`. */
  readonly url: string;
  /** The port it listens on. */
  readonly port: number;
  /**
   * Everything that happens, as for {@link run}: the first event is `run`, the last `run-end`. They have to be read:
   * cases do not begin while too many events wait. Ending the iteration stops the server.
   */
  readonly events: AsyncIterable<RunEvent>;
  /** Number of cases in flight. */
  readonly inFlight: number;
  /** Names of the clients that have played a case, in the order in which they came. */
  readonly agents: readonly string[];
  /**
   * The cases for which a client has no result yet; those it is excluded from do not count.
   *
   * @param agent - Name of the client.
   * @returns Ids in catalogue order.
   */
  missing(agent: string): readonly string[];
  /**
   * Adds a note to the events.
   *
   * @param text - One sentence.
   * @param agent - Name of the client that it is about. Default: it is about the run.
   */
  note(text: string, agent?: string): void;
  /**
   * Emits an event of the observer.
   *
   * @internal
   */
  emit(event: Exclude<RunEvent, { type: "run" | "run-end" }>): void;
  /**
   * Opens a port for a case that is about its URL, and for a client of this name. A string says why that cannot be.
   *
   * @internal
   */
  openUrl(played: Case, agent: string): Promise<UrlPort | string>;
  /**
   * Reports a case for a client that opened no connection for it: why it cannot be tried, or is not, or what the client did.
   *
   * @internal
   */
  report(played: Case, agent: string, seen: Pick<CaseRecord, "untried" | "notPlayed"> | Unopened): void;
  /** Gives up what is in flight and ends the run. May be called more than once. */
  stop(): void;
}

/** How long connections that are closing may take when the server stops. */
const GRACE_MS = 500;

/**
 * Starts the tester as a server: it tests the clients that connect to it, and emits what happens as events. Clients ask
 * for cases by URL, as Autobahn's do: `/getCaseCount`, `/runCase?case=1&agent=NAME`, `/updateReports?agent=NAME`.
 *
 * @param options - Which cases, where it listens, and how they are played.
 * @returns The server, when it listens.
 * @throws The error of the system if the address or the certificate cannot be used.
 *
 * @example
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { cases, serve } from "wireproof";
 *
 * const served = await serve({ cases: cases.slice(0, 1), port: 0 });
 * const client = connect(`${served.url}/runCase?case=1&agent=example`, {
 *   message: (ws, data) => ws.send(data),
 * });
 * for await (const event of served.events) {
 *   if (event.type !== "case-end") continue;
 *   console.assert(event.verdict.outcome === "pass", event.verdict.because);
 *   served.stop();
 * }
 * console.assert((await client).state !== "open");
 * ```
 */
export async function serve(options: ServeOptions): Promise<ServedRun> {
  const { host = "127.0.0.1", port = 9001, tls } = options;
  const { admission = new Admission() } = options;
  const limits = { ...SERVE_LIMITS, ...options.limits };
  const server = new Server(
    {
      ...options,
      cases: casesFor("client", options.cases, {
        pings: options.keepaliveSeconds !== undefined,
        http2: options.http2 === true,
      }),
    },
    admission,
    limits,
  );
  const listener = await listen({
    host,
    port,
    ...(tls === undefined ? {} : { tls }),
    ...(options.http2 === true ? { alpn: ["h2", "http/1.1"] } : {}),
    maxConnections: limits.connections,
    tlsSetupMs: server.settings.timeouts.connectMs,
    onConnection: (connection, from) => server.session.accept(connection, from),
  });
  admission.addName(host);
  admission.addPort(listener.port);
  return server.begin(listener);
}

class Server {
  readonly session: Session;
  readonly #options: ServeOptions;
  readonly settings: PlaySettings;
  readonly #limits: ServeLimits;
  readonly #log: EventLog;
  readonly #stopped = new AbortController();
  readonly #skipped: readonly SkippedCase[];
  #fault: unknown = null;

  constructor(options: ServeOptions, admission: Admission, limits: ServeLimits) {
    this.#options = options;
    this.settings = settle(options);
    this.#limits = limits;
    this.#log = new EventLog(this.settings.clock);
    const { played, skipped } = withoutSkipped(options.cases, "client", options.lacks);
    this.#skipped = skipped;
    // Every connection listens to it.
    setMaxListeners(0, this.#stopped.signal);
    this.session = new Session({
      ...this.settings,
      admission,
      limits,
      cases: played,
      once: options.once === true,
      http2: options.http2 === true,
      isExcluded: options.isExcluded ?? (() => false),
      skipped: options.skipped ?? (() => undefined),
      reported: options.reported ?? (() => Promise.resolve()),
      settling: options.observer?.settling ?? (() => Promise.resolve()),
      observer: options.observer ?? {},
      repeats: options.observer?.repeats === true,
      emit: (event) => this.#emit(event),
      tls: options.tls,
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
      openUrl: (played, agent) => session.openUrl(played, agent),
      report: (played, agent, seen) => {
        if (!this.#stopped.signal.aborted) session.report(played, agent, seen);
      },
      emit: (event) => {
        if (!this.#stopped.signal.aborted) this.#emit(event);
      },
      stop,
    };
  }

  #emit(event: RunEvent): void {
    for (const earlier of this.#options.observer?.before?.(event) ?? []) this.#log.emit(earlier);
    this.#log.emit(event);
    if (event.type === "peer-up") this.#skip(event.peer);
  }

  /** What a client lacks is known from the beginning. */
  #skip(peer: string): void {
    const { profile, clock } = this.settings;
    const about = { profile, role: "server", startedAt: clock.date() } as const;
    for (const one of this.#skipped)
      for (const event of skippedEvents(one, peer, about)) this.#log.emit(event);
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

  /** The tester itself has failed: the run ends, and reading its events throws the error. */
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
    ...(options.keepaliveSeconds === undefined ? {} : { keepaliveSeconds: options.keepaliveSeconds }),
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
      ...(options.shard === undefined ? {} : { shard: options.shard }),
      timeoutScale: timeouts.scale,
      ...(options.loadSilenceSeconds === undefined ? {} : { loadSilenceSeconds: options.loadSilenceSeconds }),
      ...(options.keepaliveSeconds === undefined ? {} : { keepaliveSeconds: options.keepaliveSeconds }),
      ...(options.http2 === true ? { http2: true } : {}),
      insecure: false,
      headers: [],
      subprotocols: [],
      ...options.client,
    },
    cases: options.cases.map(caseInfo),
  };
}
