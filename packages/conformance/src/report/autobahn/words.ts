import type { Closing, Outcome } from "../../judge/verdict.js";

/** Outcomes in the original's words. */
export const BEHAVIORS: Readonly<Record<Outcome, string>> = {
  pass: "OK",
  "non-strict": "NON-STRICT",
  informational: "INFORMATIONAL",
  unimplemented: "UNIMPLEMENTED",
  "too-slow": "FAILED",
  fail: "FAILED",
  blocked: "FAILED",
  skipped: "UNIMPLEMENTED",
  "harness-error": "FAILED",
};

/** Closings in the original's words. */
export const CLOSE_BEHAVIORS: Readonly<Record<Closing, string>> = {
  ok: "OK",
  unclean: "UNCLEAN",
  "wrong-code": "WRONG CODE",
  "wrong-side": "FAILED",
  "dropped-by-tester": "FAILED BY CLIENT",
  "not-opened": "FAILED",
  "not-applicable": "INFORMATIONAL",
};
