import type { Case } from "../case/case.js";
import { target, type Target, type TargetOptions } from "../net/target.js";
import { CompressedStreams } from "../play/compressed-streams.js";
import type { Profile } from "../record/record.js";
import type { TesterOptions } from "../tester/tester-options.js";
import type { Timeouts } from "../tester/timeouts.js";
import { systemClock, type Clock } from "../time/clock.js";
import type { Retries } from "./arrival.js";
import type { PeerProcess } from "./peer-process.js";

export interface RunOptions {
  /** Peers to test, one after the other: ws:// or wss://. */
  readonly urls: readonly string[];
  /** Names of the peers in reports, by position. Otherwise the `Server` header, else the URL. */
  readonly agents?: readonly string[];
  /** The name of a server that does not say one in a `Server` header; its URL if absent. */
  readonly unnamed?: string;
  /** What holds for one server only, by position. */
  readonly peers?: readonly PeerOptions[];
  /** Cases that are not played with a server, by its name in reports. */
  readonly isExcluded?: (agent: string, caseId: string) => boolean;
  /** What is played, in catalogue order; cases that can be asked of clients only are passed over. */
  readonly cases: readonly Case[];
  /** Name of the set that the cases were taken from, for the record. */
  readonly set?: string;
  /** How cases are played and judged; `modern` if absent. */
  readonly profile?: Profile;
  /** Cases in flight at the same time, 1 to 256; 32 if absent. */
  readonly concurrency?: number;
  /** Factor for every deadline; 1 if absent. */
  readonly timeoutScale?: number;
  /**
   * Seconds without a single octet after which a load case (sections 9, 12, 13) is too slow to judge under `modern`; 10
   * if absent, and three times as many when it is played again alone. Not scaled.
   */
  readonly loadSilenceSeconds?: number;
  /**
   * How many messages load cases (sections 9.7, 9.8, 12, 13) send: `full`, the 1,000 of the original, or `enough` to
   * exercise what the case is about. If absent, `full` under `autobahn` and `enough` under `modern`.
   */
  readonly messages?: "full" | "enough";
  /** How often peers that are not there yet are tried again, all together; once if absent. */
  readonly retries?: Readonly<Retries>;
  /** Accept any certificate. */
  readonly insecure?: boolean;
  /** Certificates to trust instead of the usual ones, and the name of the file they are from. */
  readonly ca?: { readonly file: string; readonly pem: string };
  /** Name for SNI and for the check of the certificate. */
  readonly servername?: string;
  readonly origin?: string;
  /** Further header lines, `Name: value`. */
  readonly headers?: readonly string[];
  readonly subprotocols?: readonly string[];
  /**
   * The process of the peers, if it is to be started, followed, and started again when it has ended. Who made it ends
   * it when the run is over.
   */
  readonly process?: PeerProcess;
  /** Aborted: cases in flight are given up, and the run ends as interrupted. */
  readonly signal?: AbortSignal;
  /** For tests. */
  readonly clock?: Clock;
}

/** What holds for one server of a run and not for the others. */
export interface PeerOptions {
  /** Its name in reports. */
  readonly agent?: string;
  /** Hosts on which it may be, at the same port, if it is not where its URL says. */
  readonly elsewhere?: readonly string[];
  /** In place of those of the run. */
  readonly target?: Pick<TargetOptions, "servername" | "origin" | "subprotocols">;
  /** In place of those of the profile; not scaled. */
  readonly timeouts?: Partial<Timeouts>;
  readonly testerOptions?: TesterOptions;
}

/**
 * Measured with the 247 cases of sections 1–7 and 10 on two cores: a conforming peer takes 1.24 s with one case in
 * flight, 0.53 s with 4, 0.31 s with 16, 0.29 s with 32; one that never answers Close frames 17.1 s with 16, 11.2 s with
 * 32 and 8.2 s with 64. More than 32 connections at a time is more than some peers take.
 */
export const DEFAULT_CONCURRENCY = 32;

/** The options of a run, with what is the default where they say nothing. */
export interface Settings {
  readonly options: RunOptions;
  readonly profile: Profile;
  readonly clock: Clock;
  readonly concurrency: number;
  readonly timeoutScale: number;
  readonly messages: "full" | "enough";
  /** Compressed messages that cases share, of all peers. */
  readonly streams: CompressedStreams;
  readonly targets: readonly Target[];
  /** What is left of it. */
  readonly retries: Retries | undefined;
  /** Notes that are not about one peer, each of which is told once. */
  readonly told: Set<string>;
}

/** Throws a TypeError for what is no URL, an Error for certificates that cannot be read. */
export function settle(options: RunOptions): Settings {
  return {
    options,
    profile: options.profile ?? "modern",
    clock: options.clock ?? systemClock,
    concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
    timeoutScale: options.timeoutScale ?? 1,
    messages: options.messages ?? (options.profile === "autobahn" ? "full" : "enough"),
    streams: new CompressedStreams(),
    retries: options.retries === undefined ? undefined : { ...options.retries },
    told: new Set(),
    targets: options.urls.map((url, index) =>
      target(url, { ...rest(options), ...options.peers?.[index]?.target }),
    ),
  };
}

function rest({ ca, ...options }: RunOptions): TargetOptions {
  return { ...options, ...(ca === undefined ? {} : { ca: ca.pem }) };
}
