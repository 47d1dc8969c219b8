import type { Fault } from "./fault.js";

/** What a strict server can get wrong about closing and about failing the connection (sections 28 and 29). */
export type ClosingFaultName =
  | "tcp-left-open"
  | "close-unanswered"
  | "empty-close-1005"
  | "application-codes-refused"
  | "codes-but-1000-refused"
  | "code-1015-taken"
  | "undefined-codes-unanswered"
  | "reason-unchecked"
  | "reason-printable-only"
  | "reads-behind-close"
  | "second-close-answered"
  | "bad-frame-after-close-fails"
  | "close-overtakes"
  | "goes-on-after-failing"
  | "pongs-after-failing"
  | "fails-with-1000"
  | "fails-twice"
  | "close-after-failing-answered";

export const CLOSING_FAULTS: Readonly<Record<ClosingFaultName, Fault>> = {
  "tcp-left-open": {
    does: "TCP stays open behind the closing handshake",
    caughtBy: "29.1.11",
    isBroad: true,
  },
  "close-unanswered": {
    does: "Close frames are not answered",
    caughtBy: "29.1.1, 29.1.2.1, 29.1.2.3, 29.1.9.1, 29.1.9.2, 29.1.9.3, 29.1.10, 29.1.11, 29.1.14",
    isBroad: true,
  },
  "empty-close-1005": { does: "an empty Close frame is answered with 1005", caughtBy: "29.1.1" },
  "application-codes-refused": {
    does: "codes from 3000 on are refused",
    caughtBy: "29.1.2.9, 29.1.2.10, 29.1.2.11, 29.1.2.12",
  },
  "codes-but-1000-refused": {
    does: "every code but 1000 is refused",
    caughtBy:
      "29.1.2.2, 29.1.2.4, 29.1.2.5, 29.1.2.6, 29.1.2.7, 29.1.2.8, 29.1.2.9, 29.1.2.10, 29.1.2.11, 29.1.2.12, 29.1.2.13",
  },
  "code-1015-taken": { does: "1015 is taken and sent back", caughtBy: "29.1.4" },
  "undefined-codes-unanswered": {
    does: "a Close frame with a code that is not defined is overlooked",
    caughtBy:
      "29.1.4, 29.1.5.1, 29.1.5.2, 29.1.5.3, 29.1.5.4, 29.1.5.5, 29.1.5.6, 29.1.5.7, 29.1.5.8, 29.1.5.9",
  },
  "reason-unchecked": { does: "close reasons are not checked", caughtBy: "29.1.7.*" },
  "reason-printable-only": {
    does: "close reasons may hold printable ASCII only",
    caughtBy: "29.1.8.*",
  },
  "reads-behind-close": {
    does: "messages behind a Close frame are echoed",
    caughtBy: "29.1.9.1, 29.1.9.2",
  },
  "second-close-answered": { does: "a second Close frame is answered too", caughtBy: "29.1.10" },
  "bad-frame-after-close-fails": {
    does: "an illegal frame behind a Close frame fails the connection without an answer",
    caughtBy: "29.1.9.4",
  },
  "close-overtakes": {
    does: "the echo of a large message comes behind the Close frame",
    caughtBy: "28.2.2, 29.1.14",
  },
  "goes-on-after-failing": {
    does: "messages are echoed after the connection has failed",
    caughtBy: "29.3.1.*",
  },
  "pongs-after-failing": {
    does: "Pings are answered after the connection has failed",
    caughtBy: "29.3.1.*",
    isBroad: true,
  },
  "fails-with-1000": {
    does: "the connection fails with the code 1000",
    caughtBy: "29.3.1.*, 29.3.2.*, 29.3.3, 29.3.4",
    isBroad: true,
  },
  "fails-twice": { does: "every illegal frame is answered with a Close frame", caughtBy: "29.3.3" },
  "close-after-failing-answered": {
    does: "a Close frame is answered after the connection has failed",
    caughtBy: "29.1.15, 29.3.4",
  },
};
