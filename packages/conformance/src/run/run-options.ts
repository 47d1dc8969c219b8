import type { Lacks } from "../case/capability.js";
import type { Case } from "../case/case.js";
import { target, type Target, type TargetOptions } from "../net/target.js";
import { CompressedStreams } from "../play/compressed-streams.js";
import type { Profile } from "../record/record.js";
import type { TesterOptions } from "../tester/tester-options.js";
import type { Timeouts } from "../tester/timeouts.js";
import { systemClock, type Clock } from "../time/clock.js";
import type { Retries } from "./find-peer.js";
import type { PeerProcess } from "./peer-process.js";
import type { Shard } from "./shard.js";

/**
 * Options of {@link run}.
 *
 * @example
 * ```ts
 * import { cases, run, type RunOptions } from "wireproof";
 *
 * const options: RunOptions = { urls: [], cases, profile: "autobahn", concurrency: 4, timeoutScale: 2 };
 * for await (const event of run(options))
 *   if (event.type === "run") console.assert(event.config.timeoutScale === 2);
 * ```
 */
export interface RunOptions {
  /** Servers to test, one after the other: ws:// or wss:// URLs. */
  readonly urls: readonly string[];
  /** Names of the servers in reports, by position. Default: what the `Server` header says, or else `defaultName`. */
  readonly agents?: readonly string[];
  /** Name to use when the server sends no `Server` header. Default: its URL. */
  readonly defaultName?: string;
  /** Options for one server only, by position. Default: none. */
  readonly peers?: readonly PeerOptions[];
  /**
   * Whether a case is not played with a server; called with the server's name in reports. Default: every case is
   * played.
   */
  readonly isExcluded?: (agent: string, caseId: string) => boolean;
  /** What the servers lack: cases that need it are skipped, and the run says so. Default: nothing. */
  readonly lacks?: Lacks;
  /** Cases to play, in catalogue order; those that suit only clients are left out. */
  readonly cases: readonly Case[];
  /** Name of the set that the cases were taken from, for the record. Default `all`. */
  readonly set?: string;
  /** Which part of a larger run these cases are, for the record. Default: they are a whole run. */
  readonly shard?: Shard;
  /** How cases are played and judged. Default `modern`. */
  readonly profile?: Profile;
  /** Cases in flight at the same time, 1 to 256. Default {@link DEFAULT_CONCURRENCY}, 32. */
  readonly concurrency?: number;
  /** Factor for every deadline, above 0. Default 1. */
  readonly timeoutScale?: number;
  /**
   * Seconds without a single octet after which a load case (sections 9, 12, 13) is too slow to judge under `modern`.
   * Three times as many when it is played again alone. Default 10 times `timeoutScale`.
   */
  readonly loadSilenceSeconds?: number;
  /**
   * The peer sends a Ping on a connection that is idle for so many seconds, above 0. Default: nobody knows, and the cases
   * that need it are left out.
   */
  readonly keepaliveSeconds?: number;
  /**
   * How many messages load cases (sections 9.7, 9.8, 12, 13) send: `full`, the 1,000 of the original, or `enough` to
   * exercise what the case is about. Default: `full` under `autobahn`, `enough` under `modern`.
   */
  readonly messages?: "full" | "enough";
  /**
   * Whether 1.1.1 is played before all other cases: if no connection opens or nothing is echoed, the cases that need an
   * echo are blocked, not played. Default true; never under `autobahn`, or without 1.1.1, 1.1.2 and 1.2.2.
   */
  readonly sanityFirst?: boolean;
  /** How often servers that do not answer yet are tried again, all together. Default: they are tried once. */
  readonly retries?: Readonly<Retries>;
  /**
   * Whether connections are streams of HTTP/2 (RFC 8441): over TLS by ALPN, without TLS with prior knowledge. Cases about the
   * opening handshake of HTTP/1.1 are left out. Default false.
   */
  readonly http2?: boolean;
  /** Whether any certificate is accepted. Default false. */
  readonly insecure?: boolean;
  /**
   * Certificates (PEM) to trust instead of the usual ones, and the name of the file they are from. Default: the usual
   * ones.
   */
  readonly ca?: { readonly file: string; readonly pem: string };
  /** Name for SNI and for the check of the certificate. Default: the host of the URL. */
  readonly servername?: string;
  /** The Origin field. Default: none is sent. */
  readonly origin?: string;
  /** Further header lines of the opening handshake, `Name: value`. Default: none. */
  readonly headers?: readonly string[];
  /** Subprotocols to offer (RFC 6455 §1.9). Default: none. */
  readonly subprotocols?: readonly string[];
  /**
   * The process of the servers, which is started, and started again when it has ended. The caller ends it when the run
   * is over. Default: the servers run already.
   */
  readonly process?: PeerProcess;
  /** When it is aborted, cases in flight are given up, and the run ends as interrupted. Default: none. */
  readonly signal?: AbortSignal;
  /**
   * For tests.
   *
   * @internal
   */
  readonly clock?: Clock;
}

/**
 * Options for one server of a run.
 *
 * @example
 * ```ts
 * import { cases, run, type PeerOptions } from "wireproof";
 *
 * const staging: PeerOptions = { agent: "staging", target: { servername: "staging.example.com" } };
 * for await (const event of run({ urls: [], peers: [staging], cases }))
 *   console.assert(event.type === "run" || event.type === "run-end");
 * ```
 */
export interface PeerOptions {
  /** Its name in reports. Default: as in {@link RunOptions}. */
  readonly agent?: string;
  /** Hosts to try at the same port if it is not where its URL says. Default: none. */
  readonly fallbackHosts?: readonly string[];
  /** In place of those of the run. Default: those of the run. */
  readonly target?: Pick<RunOptions, "servername" | "origin" | "subprotocols">;
  /** In place of the deadlines of the profile; not scaled. Default: those of the profile. */
  readonly timeouts?: Partial<Timeouts>;
  /** What the tester does otherwise than its profile says. Default: nothing. */
  readonly testerOptions?: TesterOptions;
}

/**
 * Cases in flight where a run says nothing else.
 *
 * Measured with the 247 cases of sections 1–7 and 10 on two cores: a conforming peer takes 1.24 s with one case in
 * flight, 0.53 s with 4, 0.31 s with 16, 0.29 s with 32. A peer that never answers Close frames takes 17.1 s with 16,
 * 11.2 s with 32 and 8.2 s with 64. Some peers accept no more than 32 connections at the same time.
 *
 * @example
 * ```ts
 * import { cases, DEFAULT_CONCURRENCY, run } from "wireproof";
 *
 * for await (const event of run({ urls: [], cases }))
 *   if (event.type === "run") console.assert(event.config.concurrency === DEFAULT_CONCURRENCY);
 * ```
 */
export const DEFAULT_CONCURRENCY = 32;

/** The options of a run, with defaults for absent ones. */
export interface Settings {
  readonly options: RunOptions;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly concurrency: number;
  readonly timeoutScale: number;
  readonly messages: "full" | "enough";
  readonly keepaliveSeconds?: number;
  /** Compressed messages that the cases of all peers share. */
  readonly streams: CompressedStreams;
  readonly targets: readonly Target[];
  /** The attempts that are left. */
  readonly retries: Retries | undefined;
  /** Notes without a peer that were already emitted: each is emitted once. */
  readonly reportedNotes: Set<string>;
}

/** Throws a TypeError for a string that is not a URL, and an Error for certificates that cannot be read. */
export function resolveSettings(options: RunOptions): Settings {
  return {
    options,
    profile: options.profile ?? "modern",
    clock: options.clock ?? systemClock,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    timeoutScale: options.timeoutScale ?? 1,
    messages: options.messages ?? (options.profile === "autobahn" ? "full" : "enough"),
    ...(options.keepaliveSeconds === undefined ? {} : { keepaliveSeconds: options.keepaliveSeconds }),
    streams: new CompressedStreams(),
    retries: options.retries === undefined ? undefined : { ...options.retries },
    reportedNotes: new Set(),
    targets: options.urls.map((url, index) =>
      target(url, { ...rest(options), ...options.peers?.[index]?.target }),
    ),
  };
}

function rest({ ca, ...options }: RunOptions): TargetOptions {
  return { ...options, ...(ca === undefined ? {} : { ca: ca.pem }) };
}
