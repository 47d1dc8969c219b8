import type { Side } from "../lint/direction.js";
import { cut, escapeText } from "../report/escape.js";
import type { Talk } from "./talk.js";

/** How the client's program ended. */
export interface ClientEnd {
  /** Its exit status; null if a signal ended it. */
  readonly code: number | null;
  /** In words that follow its name: `ended with exit status 1`. */
  readonly how: string;
  /** When it ended, or was ended, in milliseconds as those of `Seen`. */
  readonly atMs: number;
  /** It did not end in time, and was ended. */
  readonly isLate: boolean;
  /** The last line that it printed; empty if there is none. */
  readonly said: string;
}

/** What is known of one scenario between a client and a server. */
export interface Played {
  readonly client: ClientEnd;
  /** How the server's program ended although nobody asked it to, in words that follow its name; null if it runs. */
  readonly serverEnded: string | null;
  /** The connections that the client made. */
  readonly talks: readonly Talk[];
  /** Path of the URL that the client was given. */
  readonly path: string;
  /** How long the client had, in milliseconds. */
  readonly limitMs: number;
}

/** Who made a scenario fail, and how. */
export interface Fault {
  /** Null where the octets do not tell. */
  readonly side: Side | "both" | null;
  /** The requirement that was broken; absent where no RFC demands what the scenario does. */
  readonly requirement?: string;
  readonly because: string;
}

const SAID_CHARACTERS = 200;

/** What the client's program says of itself, to follow a clause. What it printed is its own text. */
export function saidText({ how, said }: ClientEnd): string {
  return `the client's program ${how}${said === "" ? "" : `, saying "${cut(escapeText(said), SAID_CHARACTERS)}"`}`;
}
