import type { MutantName } from "@wireproof/peers";
import * as group from "./groups.js";
import { without, type VerdictTable } from "./verdict-table.js";

const INFORMATIONAL = { "informational/not-applicable": group.INFORMATIONAL };
/** An empty Close frame answers one: nothing says that it is an echo, and not that of a peer that never sends a code. */
const EMPTY_ECHO = group.RESERVED_BITS_CLOSE;
const ILLEGAL = [group.BAD_FRAMES, group.INVALID_TEXT].join();
/** Pings behind what a peer has to fail the connection for. */
const PINGS_BEHIND_FAILURE = "3.2, 3.3, 3.4, 4.1.3, 4.1.4, 4.1.5, 4.2.3, 4.2.4, 4.2.5";
const ANSWERED = [group.ECHOES, group.PONGS_UNASKED, group.ALL_CLOSES, group.BAD_CLOSES].join();
const EVERY_ILLEGAL = [ILLEGAL, group.RESERVED_BITS_CLOSE].join();

const WRONG_CODES = [group.BAD_REASONS, group.CODES_FORBIDDEN].join();
/** An echo of an illegal Close frame is illegal itself. */
const BAD_ECHOES = { "fail/unclean": group.HALF_A_CODE, "fail/wrong-code": WRONG_CODES };

/** What the profile `modern` says about twelve broken servers, all 247 cases. */
export const MODERN_TABLES: Readonly<Partial<Record<MutantName, VerdictTable>>> = {
  sloppy: {
    "pass/ok": [
      group.ECHOES,
      group.PONGS_UNASKED,
      group.ALL_CLOSES,
      group.CODES_NOT_DEFINED,
      EMPTY_ECHO,
    ].join(),
    "non-strict/ok": group.CODES_NOT_USED,
    "fail/wrong-side": ILLEGAL,
    ...BAD_ECHOES,
    ...INFORMATIONAL,
  },
  noclose: {
    // The echo is right; the closing gives it away.
    "pass/unclean": `${without(group.ECHOES, "7.1.1")}, ${group.PONGS_UNASKED}`,
    "fail/unclean": `7.1.1, ${group.ALL_CLOSES}`,
    "fail/wrong-side": EVERY_ILLEGAL,
    "fail/dropped-by-tester": group.BAD_CLOSES,
    ...INFORMATIONAL,
  },
  nodrop: {
    "pass/dropped-by-tester": [
      group.ECHOES,
      group.PONGS_UNASKED,
      group.ALL_CLOSES,
      group.CODES_NOT_DEFINED,
      EMPTY_ECHO,
    ].join(),
    "non-strict/dropped-by-tester": group.CODES_NOT_USED,
    "fail/wrong-side": ILLEGAL,
    "fail/dropped-by-tester": group.HALF_A_CODE,
    "fail/wrong-code": WRONG_CODES,
    ...INFORMATIONAL,
  },
  instantdrop: {
    "pass/unclean": group.PONGS_UNASKED,
    "fail/unclean": group.ALL_CLOSES,
    "fail/wrong-side": group.ECHOES,
    // TCP was closed as it may be, but without a Close frame.
    "non-strict/ok": [
      group.BAD_FRAMES,
      group.RESERVED_BITS_CLOSE,
      group.BAD_CLOSES,
      without(group.INVALID_TEXT, "6.4.*"),
    ].join(),
    // It went before anything was wrong.
    "fail/ok": "6.4.*",
    ...INFORMATIONAL,
  },
  reject: { "blocked/not-opened": group.FRAMING_TO_CLOSING },
  echobin: {
    "pass/ok": [
      group.BINARY_ECHO,
      group.PONGS,
      group.PONGS_UNASKED,
      group.ALL_CLOSES,
      group.CODES_NOT_DEFINED,
      EMPTY_ECHO,
    ].join(),
    "non-strict/ok": group.CODES_NOT_USED,
    "fail/ok": [group.TEXT_ECHO, group.PONGS_AND_TEXT].join(),
    "fail/wrong-side": ILLEGAL,
    ...BAD_ECHOES,
    ...INFORMATIONAL,
  },
  masked: {
    "pass/ok": [group.PONGS_UNASKED, group.ALL_CLOSES, group.CODES_NOT_DEFINED, EMPTY_ECHO].join(),
    "non-strict/ok": group.CODES_NOT_USED,
    "fail/ok": without(group.ECHOES, "2.10, 2.11, 5.6, 5.7, 5.8"),
    // A second masked frame comes before the Close frame is answered.
    "fail/unclean": ["2.10, 2.11, 5.6, 5.7, 5.8", group.HALF_A_CODE].join(),
    "fail/wrong-code": WRONG_CODES,
    "fail/wrong-side": ILLEGAL,
    ...INFORMATIONAL,
  },
  mute: {
    "pass/unclean": group.PONGS_UNASKED,
    "fail/unclean": [group.ECHOES, group.ALL_CLOSES].join(),
    "fail/wrong-side": EVERY_ILLEGAL,
    "fail/dropped-by-tester": group.BAD_CLOSES,
    ...INFORMATIONAL,
  },
  closefirst: {
    // In these the tester closes at once, and the Close 1000 looks like an answer.
    "pass/dropped-by-tester": [group.PONGS_UNASKED, group.ALL_CLOSES, group.CODES_NOT_DEFINED].join(),
    "non-strict/dropped-by-tester": group.CODES_NOT_USED,
    "fail/wrong-side": group.ECHOES,
    "fail/wrong-code": [EVERY_ILLEGAL, group.HALF_A_CODE, WRONG_CODES].join(),
    ...INFORMATIONAL,
  },
  closesAgain: {
    "pass/ok": ANSWERED,
    // It has failed the connection, and closes once more.
    "fail/unclean": EVERY_ILLEGAL,
    ...INFORMATIONAL,
  },
  talksAfterClose: {
    // The events are right; what comes behind them belongs to the closing.
    "pass/unclean": [without(group.ECHOES, "7.1.1"), group.PONGS_UNASKED].join(),
    "fail/unclean": ["7.1.1", group.ALL_CLOSES, group.BAD_CLOSES, EVERY_ILLEGAL].join(),
    ...INFORMATIONAL,
  },
  pongsAfterClose: {
    "pass/ok": without([ANSWERED, EVERY_ILLEGAL].join(), `7.1.3, ${PINGS_BEHIND_FAILURE}`),
    "fail/unclean": PINGS_BEHIND_FAILURE,
    "non-strict/ok": "7.1.3",
    ...INFORMATIONAL,
  },
};
