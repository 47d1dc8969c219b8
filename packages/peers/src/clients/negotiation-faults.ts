import type { Fault } from "../mutants/fault.js";

/** What a client can get wrong about answers to its offer of permessage-deflate, one thing at a time. */
export type NegotiationFaultOfClients =
  | "any-answer-taken"
  | "unoffered-taken"
  | "unknown-parameter-taken"
  | "window-7-taken"
  | "window-16-taken"
  | "leading-zero-taken"
  | "missing-server-value-taken"
  | "missing-client-value-taken"
  | "duplicates-taken"
  | "unoffered-window-taken"
  | "larger-window-taken"
  | "second-deflate-ignored"
  | "client-window-ignored"
  | "window-fails-late"
  | "window-8-fails-late"
  | "no-takeover-refused"
  | "client-takeover-kept"
  | "unasked-fails-late"
  | "compresses-declined"
  | "quotes-lost";

export const CLIENT_NEGOTIATION_FAULTS: Readonly<Record<NegotiationFaultOfClients, Fault>> = {
  "any-answer-taken": {
    does: "any answer is taken, whatever it says",
    caughtBy: "31.2.2, 31.2.3.*, 31.2.4, 31.2.10",
  },
  "unoffered-taken": {
    does: "permessage-deflate is used although it was not offered",
    caughtBy: "31.2.1",
  },
  "unknown-parameter-taken": { does: "unknown parameters of the answer are overlooked", caughtBy: "31.2.2" },
  "window-7-taken": { does: "a window of 7 bits is taken", caughtBy: "31.2.3.1" },
  "window-16-taken": { does: "windows of more than 15 bits are taken", caughtBy: "31.2.3.2, 31.2.3.3" },
  "leading-zero-taken": { does: "a leading zero is overlooked", caughtBy: "31.2.3.4" },
  "missing-server-value-taken": {
    does: "server_max_window_bits without a value is taken",
    caughtBy: "31.2.3.5",
  },
  "missing-client-value-taken": {
    does: "client_max_window_bits without a value is taken",
    caughtBy: "31.2.3.6",
  },
  "duplicates-taken": { does: "parameters that come twice are taken", caughtBy: "31.2.4" },
  "unoffered-window-taken": {
    does: "client_max_window_bits is taken although it was not offered",
    caughtBy: "31.2.5",
  },
  "larger-window-taken": {
    does: "a larger server_max_window_bits than was offered is taken",
    caughtBy: "31.2.6",
  },
  "second-deflate-ignored": {
    does: "the second of two accepted extensions is overlooked",
    caughtBy: "31.2.10",
  },
  "client-window-ignored": {
    does: "messages are compressed with the largest window, whatever was agreed",
    caughtBy: "31.2.7.1, 31.2.7.2, 31.2.7.3, 31.2.7.4, 31.2.7.5, 31.2.7.6, 31.2.7.7, 31.2.12",
  },
  "window-fails-late": {
    does: "client_max_window_bits is taken, and the first message closes the connection with 1011",
    caughtBy: "31.2.7.*, 31.2.12",
  },
  "window-8-fails-late": {
    does: "a window of 8 bits is taken, and the first message closes the connection with 1011",
    caughtBy: "31.2.7.1",
  },
  "no-takeover-refused": { does: "client_no_context_takeover is refused", caughtBy: "31.2.8" },
  "client-takeover-kept": {
    does: "the context is kept, whatever was agreed",
    caughtBy: "31.2.8",
  },
  "unasked-fails-late": {
    does: "server_no_context_takeover, not asked for, makes the first message close the connection with 1011",
    caughtBy: "31.2.9",
  },
  "compresses-declined": {
    does: "messages are compressed although the server declined",
    caughtBy: "31.2.11",
  },
  "quotes-lost": { does: "a value in quotes counts as no value", caughtBy: "31.2.12" },
};
