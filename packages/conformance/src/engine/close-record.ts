import type { CloseRecord } from "../report/event.js";

/** Where every connection begins: nothing has been sent, received or decided. */
export const NOTHING_CLOSED: CloseRecord = {
  closedByTester: false,
  failedByTester: false,
  droppedByTester: false,
  clean: false,
  notCleanReason: null,
  openTimeout: false,
  closeTimeout: false,
  dropTimeout: false,
  localCode: null,
  localReason: null,
  remoteCode: null,
  remoteReason: null,
  remotePayload: null,
  localPayload: null,
  tcp: "never-connected",
};
