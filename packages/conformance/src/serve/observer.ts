import type { CaseRecord } from "../record/record.js";
import type { RunEvent } from "../run/event.js";
import type { Control } from "./control-url.js";

/** What a client does: what it asks for by its URL, or that it sends a command. */
export type Visit = Control["do"] | "command";

/** The play of a case. */
export interface CaseAbout {
  readonly peer: string;
  readonly case: string;
  readonly attempt: number;
}

/** Follows a server from inside, as somebody who runs its client does. */
export interface ServeObserver {
  /** The client comes again for cases that went wrong because a limit ran out. */
  readonly repeats?: true;
  /** Called when a client has asked for something that makes sense. */
  readonly visited?: (visit: Visit) => void;
  /** Called when a connection on which the client could send commands is gone. */
  readonly left?: () => void;
  /** Called with every event before it is told; what it returns is told first. */
  readonly before?: (event: RunEvent) => readonly RunEvent[];
  /** Called when the connection of a case is gone: its result is told when the promise settles. */
  readonly settling?: (record: CaseRecord, about: CaseAbout) => Promise<void>;
}
