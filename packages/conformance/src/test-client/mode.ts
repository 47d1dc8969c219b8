import type { Case } from "../case/case.js";
import type { CommandLine } from "../child/command-line.js";
import type { RunEvent } from "../run/event.js";
import type { ServedRun } from "../serve/serve.js";
import type { ClientProcess } from "./client-process.js";
import type { Progress } from "./progress.js";
import type { Pulse } from "./pulse.js";
import type { Visits } from "./visits.js";

/** The client, and what is expected of it. */
export interface ClientUnderTest {
  readonly cases: readonly Case[];
  /** The command as it is started; its arguments may hold `{url}`, `{agent}` and `{ca}`. */
  readonly line: CommandLine;
  /** What it is told to call itself. */
  readonly agent: string;
  /** How long it may bring nothing new, in milliseconds. */
  readonly timeoutMs: number;
  /** It opens one URL and echoes: it is started once a case. If it is false, that is found out. */
  readonly single: boolean;
  /** Processes at the same time where it is started once a case, from 1. */
  readonly parallel: number;
  /** A file with the certificate to trust. */
  readonly caFile?: string;
  readonly signal?: AbortSignal;
}

export interface DriverContext extends ClientUnderTest {
  readonly served: ServedRun;
  readonly progress: Progress;
  readonly pulse: Pulse;
}

/** A way of bringing a client through the cases. */
export interface Mode {
  /** Settles when the client is through, or given up, and nothing of it is left. */
  run(): Promise<void>;
  readonly isExcluded: (agent: string, caseId: string) => boolean;
  /** What has to be told before an event. */
  readonly before: (event: RunEvent) => readonly RunEvent[];
  /** The processes that may be behind a case. */
  readonly suspects: (caseId: string) => readonly ClientProcess[];
  /** Settles when the end of these processes was told. */
  readonly told: () => Promise<void>;
}

/** What modes need of the driver. */
export interface ModeContext extends DriverContext {
  readonly visits: Visits;
  readonly stopped: AbortSignal;
  readonly start: (url: string, graceMs?: number) => ClientProcess;
  /** The client cannot be tested, or no longer. `because`: one sentence; `client`: what it printed is told. */
  readonly giveUp: (because: string, client: ClientProcess | null) => void;
}
