import type { MutantName } from "@wireproof/peers";
import * as group from "./groups.js";
import { without, type VerdictTable } from "./verdict-table.js";

export interface AutobahnTable {
  readonly table: VerdictTable;
  /** How often each word has to stand in the table: measured with Autobahn|Testsuite 25.10.1, or counted by its rules. */
  readonly behavior: Readonly<Record<string, number>>;
  readonly behaviorClose: Readonly<Record<string, number>>;
}

const INFORMATIONAL = { "INFORMATIONAL/INFORMATIONAL": group.INFORMATIONAL };
/** Two of the three informational cases, of those that were measured with the other servers. */
const INFORMATIONAL_2 = { "INFORMATIONAL/INFORMATIONAL": "7.1.6, 7.13.1" };

/** Pings behind what a peer has to fail the connection for. */
const PINGS_BEHIND_FAILURE = "3.2, 3.3, 3.4, 4.1.3, 4.1.4, 4.1.5, 4.2.3, 4.2.4, 4.2.5";
const ANSWERED: string = [group.ECHOES, group.PONGS_UNASKED, group.ALL_CLOSES, group.BAD_CLOSES].join();
const FAILED: string = [
  group.BAD_FRAMES,
  group.RESERVED_BITS_CLOSE,
  without(group.INVALID_TEXT, "6.4.*"),
].join();

/**
 * What Autobahn|Testsuite 25.10.1 says about nine broken servers. Its totals were measured with some cases more
 * (9.1.1, 9.7.1, 12.1.1, 13.1.1); they are given here without those. The last three, correct servers that go on behind
 * their Close frame, were not measured: their rows follow from its rules.
 */
export const AUTOBAHN_TABLES: Readonly<Partial<Record<MutantName, AutobahnTable>>> = {
  sloppy: {
    table: {
      "OK/OK": [group.ECHOES, group.PONGS_UNASKED, group.RESERVED_BITS_CLOSE, group.ALL_CLOSES].join(),
      // The echo makes the tester fail the connection before an event can come.
      "OK/FAILED": group.RESERVED_OPCODE_ALONE,
      "OK/FAILED BY CLIENT": group.CLOSES_OF_BAD_LENGTH,
      "FAILED/FAILED": [
        group.LONG_PING,
        group.RESERVED_BITS,
        group.RESERVED_OPCODE_AFTER_TEXT,
        group.BAD_FRAGMENTS,
        group.INVALID_TEXT,
      ].join(),
      "FAILED/WRONG CODE": group.CLOSES_WITH_BAD_CONTENT,
      ...INFORMATIONAL,
    },
    behavior: { OK: 134, FAILED: 110, INFORMATIONAL: 3 },
    behaviorClose: { OK: 128, FAILED: 104, "WRONG CODE": 10, INFORMATIONAL: 3, "FAILED BY CLIENT": 2 },
  },
  noclose: {
    table: {
      "OK/UNCLEAN": [group.ECHOES, group.PONGS_UNASKED, group.CLOSES].join(),
      "OK/FAILED": [group.RESERVED_OPCODE_ALONE, group.RESERVED_BITS_CLOSE].join(),
      "OK/FAILED BY CLIENT": group.BAD_CLOSES,
      // It answers what comes behind the Close frame.
      "FAILED/UNCLEAN": group.CLOSES_AND_MORE,
      "FAILED/FAILED": [
        group.LONG_PING,
        group.RESERVED_BITS,
        group.RESERVED_OPCODE_AFTER_TEXT,
        group.BAD_FRAGMENTS,
        group.INVALID_TEXT,
      ].join(),
      ...INFORMATIONAL,
    },
    behavior: { OK: 141, FAILED: 103, INFORMATIONAL: 3 },
    behaviorClose: { UNCLEAN: 127, FAILED: 105, "FAILED BY CLIENT": 12, INFORMATIONAL: 3 },
  },
  nodrop: {
    table: {
      // Which of the two depends on whether the case has a kill timer of a second or less.
      "OK/FAILED BY CLIENT": "1.1.1, 1.1.2, 6.5.1, 7.1.1, 7.1.2, 7.3.1, 7.3.2, 7.7.1",
      "OK/UNCLEAN": "2.1, 2.7, 5.3, 5.19, 6.1.1, 10.1.1",
      "OK/FAILED": "4.1.1",
      "FAILED/FAILED": "2.5, 3.1, 3.2, 6.3.1, 6.4.1, 6.6.1",
      "FAILED/WRONG CODE": "7.5.1, 7.9.1",
      ...INFORMATIONAL_2,
    },
    behavior: { OK: 15, FAILED: 8, INFORMATIONAL: 2 },
    behaviorClose: { "FAILED BY CLIENT": 8, UNCLEAN: 6, FAILED: 7, INFORMATIONAL: 2, "WRONG CODE": 2 },
  },
  instantdrop: {
    table: {
      "OK/OK": "2.5, 3.1, 4.1.1, 6.3.1, 6.6.1, 7.3.2, 7.5.1, 7.9.1",
      "OK/UNCLEAN": "2.7, 7.1.2, 7.3.1, 7.7.1",
      "NON-STRICT/OK": "3.2",
      // It went before anything was wrong.
      "FAILED/OK": "6.4.1",
      "FAILED/FAILED": "1.1.1, 1.1.2, 2.1, 5.3, 5.19, 6.1.1, 6.5.1, 7.1.1, 10.1.1",
      ...INFORMATIONAL_2,
    },
    behavior: { OK: 12, FAILED: 10, INFORMATIONAL: 2, "NON-STRICT": 1 },
    behaviorClose: { FAILED: 9, OK: 10, UNCLEAN: 4, INFORMATIONAL: 2 },
  },
  reject: {
    table: {
      "FAILED/FAILED":
        "1.1.1, 1.1.2, 2.1, 2.5, 2.7, 3.1, 3.2, 4.1.1, 5.3, 5.19, 6.1.1, 6.3.1, 6.4.1, 6.5.1, 6.6.1, " +
        "7.1.1, 7.1.2, 7.3.1, 7.3.2, 7.5.1, 7.7.1, 7.9.1, 10.1.1",
      ...INFORMATIONAL_2,
    },
    behavior: { FAILED: 23, INFORMATIONAL: 2 },
    behaviorClose: { FAILED: 23, INFORMATIONAL: 2 },
  },
  echobin: {
    table: {
      "OK/OK": "2.1, 2.7, 7.1.2, 7.3.1, 7.7.1",
      "OK/FAILED BY CLIENT": "7.3.2",
      // It echoes the tester's own 1001, or the empty Close frame of the cases with close timers.
      "FAILED/WRONG CODE": "1.1.1, 1.1.2, 6.5.1, 7.1.1, 7.5.1, 7.9.1, 10.1.1",
      "FAILED/OK": "5.3, 5.19, 6.1.1",
      "FAILED/FAILED": "2.5, 3.1, 3.2, 4.1.1, 6.3.1, 6.4.1, 6.6.1",
      ...INFORMATIONAL_2,
    },
    behavior: { FAILED: 17, OK: 6, INFORMATIONAL: 2 },
    behaviorClose: { OK: 8, "WRONG CODE": 7, FAILED: 7, INFORMATIONAL: 2, "FAILED BY CLIENT": 1 },
  },
  masked: {
    table: {
      "OK/OK": "2.7, 7.1.2, 7.3.1, 7.7.1",
      // The pong in a masked frame counts as an event, though the connection is failed because of it.
      "OK/WRONG CODE": "2.1",
      "OK/FAILED": "2.5, 3.1, 4.1.1",
      "OK/FAILED BY CLIENT": "7.3.2",
      "NON-STRICT/FAILED": "3.2",
      "FAILED/WRONG CODE": "1.1.1, 1.1.2, 5.3, 5.19, 6.1.1, 6.5.1, 7.1.1, 7.5.1, 7.9.1, 10.1.1",
      "FAILED/FAILED": "6.3.1, 6.4.1, 6.6.1",
      ...INFORMATIONAL_2,
    },
    behavior: { FAILED: 13, OK: 9, INFORMATIONAL: 2, "NON-STRICT": 1 },
    behaviorClose: { "WRONG CODE": 11, FAILED: 7, OK: 4, INFORMATIONAL: 2, "FAILED BY CLIENT": 1 },
  },
  mute: {
    table: {
      "OK/UNCLEAN": "2.7, 7.1.2, 7.3.1, 7.7.1",
      "OK/FAILED": "2.5, 3.1, 4.1.1",
      "OK/FAILED BY CLIENT": "7.3.2, 7.5.1, 7.9.1",
      "NON-STRICT/FAILED": "3.2",
      "FAILED/UNCLEAN": "1.1.1, 1.1.2, 2.1, 5.3, 5.19, 6.1.1, 6.5.1, 7.1.1, 10.1.1",
      "FAILED/FAILED": "6.3.1, 6.4.1, 6.6.1",
      ...INFORMATIONAL_2,
    },
    behavior: { FAILED: 12, OK: 10, INFORMATIONAL: 2, "NON-STRICT": 1 },
    behaviorClose: { UNCLEAN: 13, FAILED: 7, "FAILED BY CLIENT": 3, INFORMATIONAL: 2 },
  },
  closefirst: {
    table: { "FAILED/FAILED": "1.1.1, 2.1" },
    behavior: { FAILED: 2 },
    behaviorClose: { FAILED: 2 },
  },
  closesAgain: {
    table: {
      "OK/OK": ANSWERED,
      // The tester's 1000 comes back behind 1002 or 1007, and the last code counts.
      "OK/WRONG CODE": FAILED,
      "NON-STRICT/WRONG CODE": "6.4.*",
      ...INFORMATIONAL,
    },
    behavior: { OK: 240, "NON-STRICT": 4, INFORMATIONAL: 3 },
    behaviorClose: { OK: 139, "WRONG CODE": 105, INFORMATIONAL: 3 },
  },
  talksAfterClose: {
    // A message is an event, whatever it is behind.
    table: { "FAILED/OK": [ANSWERED, FAILED, "6.4.*"].join(), ...INFORMATIONAL },
    behavior: { FAILED: 244, INFORMATIONAL: 3 },
    behaviorClose: { OK: 244, INFORMATIONAL: 3 },
  },
  pongsAfterClose: {
    table: {
      "OK/OK": without([ANSWERED, FAILED].join(), `7.1.3, ${PINGS_BEHIND_FAILURE}`),
      "FAILED/OK": `7.1.3, ${PINGS_BEHIND_FAILURE}`,
      "NON-STRICT/OK": "6.4.*",
      ...INFORMATIONAL,
    },
    behavior: { OK: 230, FAILED: 10, "NON-STRICT": 4, INFORMATIONAL: 3 },
    behaviorClose: { OK: 244, INFORMATIONAL: 3 },
  },
};
