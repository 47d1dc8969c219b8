import type { CaseRecord } from "../record/record.js";
import type { RunEvent } from "../run/event.js";
import type { Control } from "./control-url.js";

/** What a client has done: asked for something with its URL, or sent a command. */
export type Visit = Control["do"] | "command";

/** One play of a case. */
export interface CaseAbout {
  readonly peer: string;
  readonly case: string;
  readonly attempt: number;
}

/** Watches a server from inside. The code that runs its client uses this. */
export interface ServeObserver {
  /** The client comes again for cases that failed because of a time limit. */
  readonly repeats?: true;
  /** The client gets the URLs of cases that are about its URL; see `ServedRun.openUrl`. Otherwise they cannot be tried. */
  readonly givesUrls?: () => boolean;
  /** Called when a client has sent a valid request. */
  readonly visited?: (visit: Visit) => void;
  /** Called when a connection on which the client could send commands is gone. */
  readonly left?: () => void;
  /** Called with every event before it is emitted. The events that it returns are emitted first. */
  readonly before?: (event: RunEvent) => readonly RunEvent[];
  /** Called when the connection of a case is gone. Its result is emitted when the promise settles. */
  readonly settling?: (record: CaseRecord, about: CaseAbout) => Promise<void>;
}
