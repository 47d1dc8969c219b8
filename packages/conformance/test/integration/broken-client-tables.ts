import type { BrokenClientName } from "@wireproof/peers";
import type { Profile } from "../../src/record/record.js";
import * as group from "./groups.js";
import { without, type VerdictTable } from "./verdict-table.js";

/** 7.7.8 sends a code that is the clients' own, which `modern` only observes. */
const OBSERVED = { "informational/not-applicable": "7.1.6, 7.7.8, 7.13.*" };
const INFORMATIONAL = { "informational/not-applicable": group.INFORMATIONAL };
/** Echoes of Close frames that `modern` takes one by one. */
const BAD_ECHOES = {
  "non-strict/ok": group.CODES_NOT_USED,
  "fail/unclean": group.HALF_A_CODE,
  "fail/wrong-code": `${group.BAD_REASONS}, ${group.CODES_FORBIDDEN}`,
};
/** An empty Close frame answers one: nothing says that it is an echo. */
const EMPTY_ECHO = group.RESERVED_BITS_CLOSE;
const CLOSES_BUT_1010: string = without(group.CLOSES, "7.7.8");
/** Messages whose case has a kill timer: a client that echoes its 1001 is charged with a wrong code by `autobahn`. */
const KILLED_ECHOES = "1.*, 6.5.*, 6.6.*, 6.7.*, 6.9.*, 6.11.*, 6.22.*, 6.23.*, 7.1.1, 10.1.1";

const both = (...patterns: readonly string[]): string => patterns.join();

/** What is said about clients that are broken on purpose, in every case of sections 1–7 and 10. */
export const BROKEN_CLIENT_TABLES: Readonly<
  Record<BrokenClientName, Readonly<Record<Profile, VerdictTable>>>
> = {
  sloppy: {
    autobahn: {
      "pass/ok": both(
        group.ECHOES,
        group.PONGS_UNASKED,
        group.RESERVED_BITS_CLOSE,
        group.ALL_CLOSES,
        group.CLOSES_OF_BAD_LENGTH,
      ),
      // The echo makes the tester fail the connection before an event can come.
      "pass/wrong-side": group.RESERVED_OPCODE_ALONE,
      "fail/wrong-side": both(without(group.BAD_FRAMES, group.RESERVED_OPCODE_ALONE), group.INVALID_TEXT),
      "fail/wrong-code": group.CLOSES_WITH_BAD_CONTENT,
      ...INFORMATIONAL,
    },
    modern: {
      "pass/ok": both(
        group.ECHOES,
        group.PONGS_UNASKED,
        CLOSES_BUT_1010,
        group.CLOSES_AND_MORE,
        group.CODES_NOT_DEFINED,
        EMPTY_ECHO,
      ),
      "fail/wrong-side": both(group.BAD_FRAMES, group.INVALID_TEXT),
      ...BAD_ECHOES,
      ...OBSERVED,
    },
  },
  neverMasks: {
    autobahn: {
      "fail/unclean": both(group.TEXT_ECHO, group.BINARY_ECHO, "2.10, 2.11", group.PONGS_AND_TEXT),
      // The first pong counts as an event, though the connection is failed because of it.
      "pass/unclean": both(without(group.PONGS, "2.10, 2.11"), group.PONGS_UNASKED, group.ALL_CLOSES),
      "pass/wrong-side": both(
        group.LONG_PING,
        "3.1, 3.5, 3.6, 3.7",
        group.RESERVED_OPCODE_ALONE,
        without(group.BAD_FRAGMENTS, "5.1, 5.15"),
      ),
      "non-strict/wrong-side": both("3.2, 3.3, 3.4, 5.15", group.RESERVED_OPCODE_AFTER_TEXT),
      "fail/wrong-side": both("5.1", group.INVALID_TEXT),
      "pass/ok": group.BAD_CLOSES,
      ...INFORMATIONAL,
    },
    modern: {
      // No event of theirs is wrong, but the Close frame is not masked either.
      "pass/unclean": both(group.PONGS_UNASKED, EMPTY_ECHO),
      "fail/unclean": both(
        group.ECHOES,
        CLOSES_BUT_1010,
        group.CLOSES_AND_MORE,
        group.HALF_A_CODE,
        group.CODES_NOT_USED,
        group.CODES_NOT_DEFINED,
      ),
      "fail/wrong-code": both(group.BAD_REASONS, group.CODES_FORBIDDEN),
      "fail/wrong-side": both(group.BAD_FRAMES, group.INVALID_TEXT),
      ...OBSERVED,
    },
  },
  echoesWrong: {
    autobahn: {
      "pass/ok": both(
        group.PONGS,
        group.PONGS_UNASKED,
        group.RESERVED_BITS_CLOSE,
        group.ALL_CLOSES,
        group.CLOSES_OF_BAD_LENGTH,
      ),
      "fail/ok": both(without(group.TEXT_ECHO, KILLED_ECHOES), group.PONGS_AND_TEXT),
      "fail/wrong-code": both(
        without(group.TEXT_ECHO, "5.*, 6.1.*, 6.2.*"),
        group.BINARY_ECHO,
        group.CLOSES_WITH_BAD_CONTENT,
      ),
      "pass/wrong-side": group.RESERVED_OPCODE_ALONE,
      "fail/wrong-side": both(without(group.BAD_FRAMES, group.RESERVED_OPCODE_ALONE), group.INVALID_TEXT),
      ...INFORMATIONAL,
    },
    modern: {
      "pass/ok": both(
        group.PONGS,
        group.PONGS_UNASKED,
        CLOSES_BUT_1010,
        group.CLOSES_AND_MORE,
        group.CODES_NOT_DEFINED,
        EMPTY_ECHO,
      ),
      "fail/ok": both(group.TEXT_ECHO, group.BINARY_ECHO, group.PONGS_AND_TEXT),
      ...BAD_ECHOES,
      "fail/wrong-side": both(group.BAD_FRAMES, group.INVALID_TEXT),
      ...OBSERVED,
    },
  },
  ignoresPings: {
    autobahn: {
      "pass/ok": both(
        group.TEXT_ECHO,
        group.BINARY_ECHO,
        group.PONGS_UNASKED,
        group.RESERVED_BITS_CLOSE,
        group.ALL_CLOSES,
        group.CLOSES_OF_BAD_LENGTH,
      ),
      "fail/ok": both(group.PONGS, group.PONGS_AND_TEXT),
      // No pong comes, so that nothing tells it from a client that has failed the connection.
      "pass/wrong-side": both(group.LONG_PING, group.RESERVED_OPCODE_ALONE, group.RESERVED_OPCODE_AFTER_TEXT),
      "fail/wrong-side": both(group.RESERVED_BITS, group.BAD_FRAGMENTS, group.INVALID_TEXT),
      "fail/wrong-code": group.CLOSES_WITH_BAD_CONTENT,
      ...INFORMATIONAL,
    },
    modern: {
      "pass/ok": both(
        group.TEXT_ECHO,
        group.BINARY_ECHO,
        group.PONGS_UNASKED,
        CLOSES_BUT_1010,
        group.CLOSES_AND_MORE,
        group.CODES_NOT_DEFINED,
        EMPTY_ECHO,
      ),
      "fail/ok": both(group.PONGS, group.PONGS_AND_TEXT),
      ...BAD_ECHOES,
      "fail/wrong-side": both(group.BAD_FRAMES, group.INVALID_TEXT),
      ...OBSERVED,
    },
  },
  neverCloses: {
    autobahn: {
      "pass/unclean": both(group.ECHOES, group.PONGS_UNASKED, group.CLOSES),
      // It answers what comes behind the Close frame.
      "fail/unclean": group.CLOSES_AND_MORE,
      "pass/wrong-side": both(group.RESERVED_OPCODE_ALONE, group.RESERVED_BITS_CLOSE),
      "fail/wrong-side": both(without(group.BAD_FRAMES, group.RESERVED_OPCODE_ALONE), group.INVALID_TEXT),
      "pass/ok": group.BAD_CLOSES,
      ...INFORMATIONAL,
    },
    modern: {
      "pass/unclean": both(without(group.ECHOES, "7.1.1"), group.PONGS_UNASKED),
      "fail/unclean": both("7.1.1", CLOSES_BUT_1010, group.CLOSES_AND_MORE, group.BAD_CLOSES),
      "fail/wrong-side": both(group.BAD_FRAMES, group.RESERVED_BITS_CLOSE, group.INVALID_TEXT),
      ...OBSERVED,
    },
  },
  dies: {
    autobahn: {
      "pass/ok": both(
        group.PONGS,
        group.PONGS_UNASKED,
        "3.1, 3.5, 3.6",
        group.RESERVED_BITS_CLOSE,
        without(group.BAD_FRAGMENTS, "5.1, 5.15"),
        without(group.INVALID_TEXT, "6.4.*"),
        without(group.ALL_CLOSES, "7.1.5"),
        group.CLOSES_OF_BAD_LENGTH,
      ),
      "non-strict/ok": both("3.2, 3.3, 3.4, 5.15, 6.4.3, 6.4.4", group.RESERVED_OPCODE_AFTER_TEXT),
      "pass/unclean": "7.1.5",
      "fail/ok": "5.1, 6.4.1, 6.4.2",
      "pass/wrong-side": group.RESERVED_OPCODE_ALONE,
      "fail/wrong-side": both(group.TEXT_ECHO, group.BINARY_ECHO, group.PONGS_AND_TEXT, group.LONG_PING),
      "fail/wrong-code": group.CLOSES_WITH_BAD_CONTENT,
      ...INFORMATIONAL,
    },
    modern: {
      "pass/ok": both(
        group.PONGS,
        group.PONGS_UNASKED,
        CLOSES_BUT_1010,
        "7.1.3, 7.1.4",
        group.CODES_NOT_DEFINED,
        EMPTY_ECHO,
      ),
      // A client that drops TCP at the illegal frame has failed the connection, without the Close frame it should send.
      "non-strict/ok": both(
        group.CODES_NOT_USED,
        group.RESERVED_BITS,
        group.RESERVED_OPCODE_AFTER_TEXT,
        without(group.BAD_FRAGMENTS, "5.1"),
        without(group.INVALID_TEXT, "6.4.1, 6.4.2"),
      ),
      "fail/ok": "6.4.1, 6.4.2",
      "fail/unclean": both("7.1.5", group.HALF_A_CODE),
      "fail/wrong-code": both(group.BAD_REASONS, group.CODES_FORBIDDEN),
      "fail/wrong-side": both(
        group.TEXT_ECHO,
        group.BINARY_ECHO,
        group.PONGS_AND_TEXT,
        group.LONG_PING,
        group.RESERVED_OPCODE_ALONE,
        "5.1",
      ),
      ...OBSERVED,
    },
  },
};
