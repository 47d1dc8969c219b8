import type { Case } from "../case/case.js";
import type { CommandLine } from "../child/command-line.js";
import type { Profile } from "../record/record.js";
import type { RunEvent } from "../run/event.js";
import type { ServedRun } from "../serve/serve.js";
import type { ClientProcess } from "./client-process.js";
import type { Progress } from "./progress.js";
import type { Pulse } from "./pulse.js";
import type { Visits } from "./visits.js";

/** The client and the conditions of its test. */
export interface ClientUnderTest {
  readonly cases: readonly Case[];
  /** The parsed command. Its arguments may contain `{url}`, `{agent}` and `{ca}`. */
  readonly line: CommandLine;
  /** The name that it should send. */
  readonly agent: string;
  /** How long it may bring no new result, in milliseconds. */
  readonly timeoutMs: number;
  /** It opens one URL and echoes, so it is started once for each case. If false, the driver finds out. */
  readonly single: boolean;
  /** Default `modern`. */
  readonly profile?: Profile;
  /** Processes at the same time if it is started once for each case, from 1. */
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

/** A way to run a client through the cases. */
export interface Mode {
  /** Settles when the client has played its cases or was given up, and no process is left. */
  run(): Promise<void>;
  readonly isExcluded: (agent: string, caseId: string) => boolean;
  /** The events to emit before an event. */
  readonly before: (event: RunEvent) => readonly RunEvent[];
  /** The processes that may be behind a case. */
  readonly suspects: (caseId: string) => readonly ClientProcess[];
  /** Settles when the ends of these processes have been emitted. */
  readonly exitsReported: () => Promise<void>;
}

/** What the driver gives to a mode. */
export interface ModeContext extends DriverContext {
  readonly visits: Visits;
  readonly stopped: AbortSignal;
  readonly start: (url: string, graceMs?: number) => ClientProcess;
  /** Ends the test of the client. `because`: one sentence; `client`: its output is emitted. */
  readonly giveUp: (because: string, client: ClientProcess | null) => void;
}
