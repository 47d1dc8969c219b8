import type { Fault } from "./fault.js";

/** What a server can get wrong about subprotocols and extensions, one thing at a time. */
export type NegotiationFaultName =
  | "protocol-unasked"
  | "protocol-empty"
  | "protocols-reflected"
  | "protocols-twice"
  | "protocol-in-lower-case"
  | "protocols-unchecked"
  | "escapes-decoded"
  | "folds-reflected"
  | "extension-unasked"
  | "unknown-accepted"
  | "malformed-taken"
  | "quotes-lost"
  | "lines-answered"
  | "long-headers-hang"
  | "any-offer-accepted"
  | "offer-echoed"
  | "window-7-taken"
  | "window-16-taken"
  | "window-0-taken"
  | "leading-zeros-taken"
  | "words-as-windows"
  | "empty-values-taken"
  | "missing-values-ignored"
  | "needless-values-ignored"
  | "unknown-parameters-ignored"
  | "duplicates-ignored"
  | "server-window-larger"
  | "window-ignored"
  | "client-window-unasked"
  | "window-answered-bare"
  | "no-takeover-left-out"
  | "answered-twice"
  | "answer-unknown"
  | "answer-repeats"
  | "answer-with-value"
  | "answer-malformed"
  | "compresses-unasked";

export const NEGOTIATION_FAULTS: Readonly<Record<NegotiationFaultName, Fault>> = {
  "protocol-unasked": {
    does: "the answer chooses a subprotocol that nobody offered",
    caughtBy: "21.1.1",
    isBroad: true,
  },
  "protocol-empty": {
    does: "the answer always has an empty Sec-WebSocket-Protocol",
    caughtBy: "21.1.1, 21.1.2, 21.1.3, 21.1.4, 21.1.5, 21.1.6, 21.1.8.*, 21.1.9.1",
    isBroad: true,
  },
  "protocols-reflected": {
    does: "Sec-WebSocket-Protocol comes back as it was sent",
    caughtBy: "21.1.3, 21.1.4, 21.1.5, 21.1.8.*, 21.1.9.1, 21.2.8.1, 21.2.8.2",
  },
  "protocols-twice": {
    does: "the first two subprotocols are chosen, in a header each",
    caughtBy: "21.1.2, 21.1.3, 21.1.4, 21.1.5, 21.1.6, 21.2.8.2",
  },
  "protocol-in-lower-case": { does: "the subprotocol comes back in lower case", caughtBy: "21.1.6" },
  "protocols-unchecked": {
    does: "the first subprotocol is chosen, even if it is no token",
    caughtBy: "21.1.8.2, 21.1.8.3, 21.1.8.4, 21.1.9.1, 21.2.8.1",
  },
  "escapes-decoded": {
    does: "the subprotocol comes back with its escapes decoded",
    caughtBy: "21.1.3, 21.1.4, 21.1.5, 21.1.8.*, 21.1.9.1, 21.2.8.1, 21.2.8.2",
  },
  "folds-reflected": {
    does: "a folded Sec-WebSocket-Protocol comes back as two lines",
    caughtBy: "21.1.3, 21.1.4, 21.1.8.*, 21.1.9.*, 21.2.8.1, 21.2.8.2",
  },
  "extension-unasked": {
    does: "the answer has an extension that nobody offered",
    caughtBy: "21.2.1, 21.2.2.*, 21.2.4, 31.1.4.8, 31.1.6.8, 31.1.15",
    isBroad: true,
  },
  "unknown-accepted": {
    does: "every extension is accepted by its name",
    caughtBy:
      "21.2.1, 21.2.3.2, 21.2.6, 21.2.8.4, 31.1.5.1, 31.1.12, 31.1.5.2, 31.1.5.3, 31.1.5.4, 31.1.5.5, 31.1.5.6, 31.1.5.7, 31.1.4.1, 31.1.4.2, 31.1.4.3, 31.1.4.4, 31.1.4.5, 31.1.4.6, 31.1.4.7, 31.1.6.1, 31.1.6.2, 31.1.6.3, 31.1.6.4, 31.1.6.5, 31.1.6.6, 31.1.6.7, 31.1.7, 31.1.8.*, 31.1.9.*",
  },
  "malformed-taken": { does: "a malformed Sec-WebSocket-Extensions is overlooked", caughtBy: "21.2.2.*" },
  "quotes-lost": { does: "a value in quotes counts as no value", caughtBy: "21.2.3.2" },
  "lines-answered": { does: "each Sec-WebSocket-Extensions is answered on its own", caughtBy: "21.2.5" },
  "long-headers-hang": {
    does: "a request of more than 8,000 octets is never answered",
    caughtBy: "21.2.8.*",
    isBroad: true,
  },
  "any-offer-accepted": {
    does: "any offer of permessage-deflate is accepted",
    caughtBy:
      "21.2.3.2, 31.1.5.1, 31.1.12, 31.1.5.2, 31.1.5.3, 31.1.5.4, 31.1.5.5, 31.1.5.6, 31.1.5.7, 31.1.4.1, 31.1.4.2, 31.1.4.3, 31.1.4.4, 31.1.4.5, 31.1.4.6, 31.1.4.7, 31.1.6.1, 31.1.6.2, 31.1.6.3, 31.1.6.4, 31.1.6.5, 31.1.6.6, 31.1.6.7, 31.1.7, 31.1.8.*, 31.1.9.*",
  },
  "offer-echoed": {
    does: "the first offer comes back as the answer",
    caughtBy:
      "31.1.2, 31.1.10, 31.1.4.1, 31.1.4.2, 31.1.4.3, 31.1.4.4, 31.1.4.5, 31.1.4.6, 31.1.4.7, 31.1.6.1, 31.1.6.2, 31.1.6.3, 31.1.6.4, 31.1.6.5, 31.1.6.6, 31.1.6.7, 31.1.7, 31.1.8.*, 31.1.9.*",
  },
  "window-7-taken": { does: "windows of 7 bits are taken", caughtBy: "31.1.4.1, 31.1.6.2" },
  "window-16-taken": {
    does: "windows of more than 15 bits are taken",
    caughtBy: "31.1.4.2, 31.1.6.3, 31.1.10",
  },
  "window-0-taken": { does: "a window of 0 bits is taken", caughtBy: "31.1.4.3, 31.1.6.4" },
  "leading-zeros-taken": { does: "leading zeros are overlooked", caughtBy: "31.1.4.4, 31.1.4.5, 31.1.6.5" },
  "words-as-windows": {
    does: "values that are no number are taken for windows",
    caughtBy: "31.1.4.6, 31.1.4.7, 31.1.6.6, 31.1.6.7",
  },
  "empty-values-taken": {
    does: "values that are missing, with or without an equals sign, are overlooked",
    caughtBy: "31.1.4.8, 31.1.6.1, 31.1.6.8",
  },
  "missing-values-ignored": { does: "server_max_window_bits without a value is taken", caughtBy: "31.1.6.1" },
  "needless-values-ignored": {
    does: "values of parameters that take none are overlooked",
    caughtBy: "31.1.9.*",
  },
  "unknown-parameters-ignored": { does: "unknown parameters of an offer are overlooked", caughtBy: "31.1.7" },
  "duplicates-ignored": { does: "parameters that come twice are taken", caughtBy: "31.1.8.*" },
  "server-window-larger": {
    does: "server_max_window_bits is answered with 15",
    caughtBy: "21.2.3.2, 31.1.5.2, 31.1.5.3, 31.1.5.4, 31.1.5.5, 31.1.5.6, 31.1.5.7",
  },
  "window-ignored": {
    does: "messages are compressed with the largest window, whatever was agreed",
    caughtBy: "31.1.5.2, 31.1.5.3, 31.1.5.4, 31.1.5.5, 31.1.5.6, 31.1.5.7",
  },
  "client-window-unasked": {
    does: "the answer has client_max_window_bits, offered or not",
    caughtBy:
      "21.2.3.2, 21.2.5, 21.2.6, 31.1.1, 31.1.10, 31.1.11, 31.1.12, 31.1.13, 31.1.5.8, 31.1.5.2, 31.1.5.3, 31.1.5.4, 31.1.5.5, 31.1.5.6, 31.1.5.7",
  },
  "window-answered-bare": {
    does: "client_max_window_bits without a value comes back as it is",
    caughtBy: "31.1.2",
  },
  "no-takeover-left-out": {
    does: "server_no_context_takeover is accepted and not repeated",
    caughtBy: "31.1.12",
  },
  "answered-twice": {
    does: "permessage-deflate is accepted twice",
    caughtBy:
      "21.2.3.*, 21.2.5, 21.2.6, 31.1.1, 31.1.2, 31.1.3.*, 31.1.5.2, 31.1.5.3, 31.1.5.4, 31.1.5.5, 31.1.5.6, 31.1.5.7, 31.1.5.8, 31.1.10, 31.1.11, 31.1.12, 31.1.13",
  },
  "answer-unknown": {
    does: "the answer has a parameter that nobody knows",
    caughtBy:
      "21.2.3.*, 21.2.5, 21.2.6, 31.1.1, 31.1.2, 31.1.3.*, 31.1.5.2, 31.1.5.3, 31.1.5.4, 31.1.5.5, 31.1.5.6, 31.1.5.7, 31.1.5.8, 31.1.10, 31.1.11, 31.1.12, 31.1.13",
  },
  "answer-repeats": {
    does: "the answer has a parameter twice",
    caughtBy:
      "21.2.3.*, 21.2.5, 21.2.6, 31.1.1, 31.1.2, 31.1.3.*, 31.1.5.2, 31.1.5.3, 31.1.5.4, 31.1.5.5, 31.1.5.6, 31.1.5.7, 31.1.5.8, 31.1.10, 31.1.11, 31.1.12, 31.1.13",
  },
  "answer-with-value": {
    does: "the answer has a value where none belongs",
    caughtBy:
      "21.2.3.*, 21.2.5, 21.2.6, 31.1.1, 31.1.2, 31.1.3.*, 31.1.5.2, 31.1.5.3, 31.1.5.4, 31.1.5.5, 31.1.5.6, 31.1.5.7, 31.1.5.8, 31.1.10, 31.1.11, 31.1.12, 31.1.13",
  },
  "answer-malformed": {
    does: "the answer ends with a semicolon",
    caughtBy:
      "21.2.3.*, 21.2.5, 21.2.6, 31.1.1, 31.1.2, 31.1.3.*, 31.1.5.2, 31.1.5.3, 31.1.5.4, 31.1.5.5, 31.1.5.6, 31.1.5.7, 31.1.5.8, 31.1.10, 31.1.11, 31.1.12, 31.1.13",
  },
  "compresses-unasked": { does: "messages are compressed although nothing was agreed", caughtBy: "31.1.15" },
};
