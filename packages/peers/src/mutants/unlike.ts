import type { Mutant } from "./mutant.js";
import { strictServer } from "./strict-echo.js";
import type { Habits } from "./strict-sender.js";

/** Correct servers, each with a habit that RFC 6455 allows and few others have. No case may accuse them. */
const HABITS: Readonly<Record<string, Habits>> = {
  "sends no close code": { sendsNoCode: true },
  "answers the latest Ping of each read": { answersLatestPing: true },
  "answers 3 ms later": { delayMs: 3 },
  "echoes in three fragments": { fragments: true },
  "writes short frames octet by octet": { writesOctets: true },
  "refuses messages of more than 64 KiB": { messageLimit: 65_536 },
};

/** These servers, by what each does. */
export const UNLIKE: ReadonlyMap<string, Mutant> = new Map(
  Object.entries(HABITS).map(([does, habits]) => [does, strictServer("unlike", { habits })]),
);
