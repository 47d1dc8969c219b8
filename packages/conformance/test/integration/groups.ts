/**
 * The cases of sections 1–7 and 10 by what they ask of a peer, as patterns. Each case is in one group; verdict
 * tables are made of groups, and single cases where a peer treats a group unevenly.
 */
export const TEXT_ECHO: string =
  "1.1.*, 5.3, 5.4, 5.5, 6.1.*, 6.2.*, 6.5.*, 6.6.2, 6.6.5, 6.6.7, 6.6.9, 6.6.11, 6.7.*, 6.9.*, " +
  "6.11.1, 6.11.2, 6.11.3, 6.11.4, 6.22.*, 6.23.*, 7.1.1, 10.1.1";
export const BINARY_ECHO = "1.2.*";
export const PONGS = "2.1, 2.2, 2.3, 2.4, 2.6, 2.9, 2.10, 2.11";
/** Pings between the fragments of a text message. */
export const PONGS_AND_TEXT = "5.6, 5.7, 5.8, 5.19, 5.20";
/** Unsolicited pongs, which get no answer; then the tester closes. */
export const PONGS_UNASKED = "2.7, 2.8";
/** Text that is not valid UTF-8: the peer has to fail the connection with 1007. */
export const INVALID_TEXT: string =
  "6.3.*, 6.4.*, 6.6.1, 6.6.3, 6.6.4, 6.6.6, 6.6.8, 6.6.10, 6.8.*, 6.10.*, 6.11.5, 6.12.*, 6.13.*, 6.14.*, " +
  "6.15.*, 6.16.*, 6.17.*, 6.18.*, 6.19.*, 6.20.*, 6.21.*";
/** Reserved bits on data frames. */
export const RESERVED_BITS = "3.1, 3.2, 3.3, 3.4, 3.5, 3.6";
/** A Close frame with reserved bits. */
export const RESERVED_BITS_CLOSE = "3.7";
/** Frames with a reserved opcode, nothing else. */
export const RESERVED_OPCODE_ALONE = "4.1.1, 4.1.2, 4.2.1, 4.2.2";
/** Frames with a reserved opcode behind a text message. */
export const RESERVED_OPCODE_AFTER_TEXT = "4.1.3, 4.1.4, 4.1.5, 4.2.3, 4.2.4, 4.2.5";
export const LONG_PING = "2.5";
/** Fragmented control frames, continuations of nothing, messages inside messages. */
export const BAD_FRAGMENTS = "5.1, 5.2, 5.9, 5.10, 5.11, 5.12, 5.13, 5.14, 5.15, 5.16, 5.17, 5.18";
/** Two Close frames, and legal Close frames of every shape. */
export const CLOSES = "7.1.2, 7.3.1, 7.3.3, 7.3.4, 7.3.5, 7.7.*";
/** A Close frame with something behind it. */
export const CLOSES_AND_MORE = "7.1.3, 7.1.4, 7.1.5";
/** Close frames with one octet, or more than 125. */
export const CLOSES_OF_BAD_LENGTH = "7.3.2, 7.3.6";
/** Close frames with a reason that is not UTF-8, or a code that the original does not take. */
export const CLOSES_WITH_BAD_CONTENT = "7.5.1, 7.9.*";
/** Of those the codes that RFC 6455 forbids, says not to be used, and keeps for later. */
export const CODES_FORBIDDEN = "7.9.4, 7.9.5";
export const CODES_NOT_USED = "7.9.1, 7.9.2";
export const CODES_NOT_DEFINED = "7.9.3, 7.9.6, 7.9.7, 7.9.8, 7.9.9";
export const INFORMATIONAL = "7.1.6, 7.13.*";

/** Everything a conforming peer answers by message or pong; the tester closes. */
export const ECHOES: string = [TEXT_ECHO, BINARY_ECHO, PONGS, PONGS_AND_TEXT].join();
/** Illegal frames other than Close: the peer has to fail the connection with 1002. */
export const BAD_FRAMES: string = [
  LONG_PING,
  RESERVED_BITS,
  RESERVED_OPCODE_ALONE,
  RESERVED_OPCODE_AFTER_TEXT,
  BAD_FRAGMENTS,
].join();
export const ALL_CLOSES: string = [CLOSES, CLOSES_AND_MORE].join();
export const BAD_CLOSES: string = [CLOSES_OF_BAD_LENGTH, CLOSES_WITH_BAD_CONTENT].join();
/** Close frames with a reason that is too long or not UTF-8, and a code that is in order. */
export const BAD_REASONS = "7.3.6, 7.5.1";
/** A Close frame with one octet, which holds no code. */
export const HALF_A_CODE = "7.3.2";

/** Sections 1–7 and 10 whole, 247 cases: everything but load and compression. */
export const FRAMING_TO_CLOSING = "1.*, 2.*, 3.*, 4.*, 5.*, 6.*, 7.*, 10.*";
