import { CLOSING_FAULTS } from "./closing-faults.js";
import type { ClosingFaultName } from "./closing-faults.js";
import type { Fault } from "./fault.js";
import { SENDING_FAULTS } from "./sending-faults.js";
import type { SendingFaultName } from "./sending-faults.js";

export type FaultName = ReadingFaultName | ClosingFaultName | SendingFaultName;

/** What a strict server can get wrong in what it reads. */
type ReadingFaultName =
  | "unmasked-accepted"
  | "unmasked-control-accepted"
  | "mask-of-first-only"
  | "zero-key-refused"
  | "tail-not-unmasked"
  | "cut-frames-lost"
  | "high-bit-waits"
  | "long-form-skipped"
  | "cut-control-fails"
  | "reserved-long-skipped"
  | "long-pong-taken"
  | "end-delivers-part"
  | "fragments-counted-on"
  | "messages-16-bit"
  | "control-resets-utf8"
  | "utf8-first-1024"
  | "utf8-blocks-alone"
  | "utf8-first-100"
  | "16-bit-signed"
  | "buffer-4096"
  | "long-less-one"
  | "rsv1-ignored"
  | "rsv2-ignored"
  | "rsv3-ignored"
  | "rsv-of-control-ignored"
  | "rsv-of-continuation-ignored"
  | "rsv-of-data-ignored"
  | "reserved-control-skipped"
  | "reserved-data-skipped"
  | "reserved-inside-skipped"
  | "reserved-fragment-skipped"
  | "binary-interleaves"
  | "text-interleaves"
  | "stray-continuation-skipped"
  | "stray-fragment-skipped"
  | "close-fragment-answered"
  | "empty-ping-fragment-answered"
  | "empty-fragments-end"
  | "fragments-limited"
  | "binary-fragments-as-text"
  | "close-waits-for-message"
  | "close-delivers-part"
  | "pong-cut"
  | "pong-as-text"
  | "pong-late"
  | "pong-order"
  | "pong-unasked-fails"
  | "first-frame-lost"
  | "ping-after-close-fails"
  | "utf8-first-64"
  | "utf8-last-64"
  | "utf8-whole-blocks"
  | "utf8-each-fragment"
  | "utf8-open-end"
  | "utf8-first-message"
  | "utf8-surrogates"
  | "utf8-overlong"
  | "utf8-above"
  | "utf8-continuations"
  | "utf8-noncharacters"
  | "text-as-latin1"
  | "controls-removed"
  | "bom-removed"
  | "nul-ends-text"
  | "binary-checked";

const READING_FAULTS: Readonly<Record<ReadingFaultName, Fault>> = {
  "unmasked-accepted": {
    does: "frames that are not masked are taken",
    caughtBy: "24.1.1, 24.1.2.*, 24.1.3, 29.3.1.3, 29.3.2.3",
  },
  "unmasked-control-accepted": {
    does: "control frames that are not masked are taken",
    caughtBy: "24.1.2.3, 24.1.2.4, 24.1.2.5",
  },
  "mask-of-first-only": {
    does: "the mask bit of the first frame only is looked at",
    caughtBy: "24.1.2.2, 24.1.3",
  },
  "zero-key-refused": { does: "the masking key 00000000 fails the connection", caughtBy: "24.1.4" },
  "tail-not-unmasked": {
    does: "octets behind the last whole word of eight stay masked",
    caughtBy: "24.1.6, 25.1.1",
    isBroad: true,
  },
  "cut-frames-lost": {
    does: "what a read brings behind its last whole frame is lost",
    caughtBy: "24.1.7, 25.1.7.1",
    isBroad: true,
  },
  "high-bit-waits": { does: "a length with the highest bit set is waited for", caughtBy: "25.1.5.*" },
  "16-bit-signed": {
    does: "lengths of 16 bits are read as signed numbers",
    caughtBy: "25.1.8.20, 25.1.8.21, 25.1.8.22, 25.1.8.23, 25.1.9.7, 25.2.1",
  },
  "buffer-4096": {
    does: "a message is cut at 4,096 octets",
    caughtBy:
      "25.1.8.12, 25.1.8.13, 25.1.8.14, 25.1.8.15, 25.1.8.16, 25.1.8.17, 25.1.8.18, 25.1.8.19, 25.1.8.20, 25.1.8.21, 25.1.8.22, 25.1.8.23, 25.1.8.24, 25.1.8.25, 25.1.7.2, 25.1.7.3, 27.1.2, 28.1.4, 25.1.9.6, 25.1.9.7, 25.1.9.8, 25.1.9.9, 25.2.1, 28.2.1, 28.2.2, 29.1.14, 30.1.12.6",
  },
  "long-less-one": {
    does: "messages of 125 octets and more lose their last octet",
    caughtBy:
      "24.1.7, 25.1.1, 25.1.7.*, 25.1.8.*, 27.1.2, 28.1.4, 24.3.4, 25.1.9.*, 25.2.1, 26.3.1, 26.3.2, 27.2.1, 28.2.1, 28.2.2, 29.1.14, 30.1.12.4, 30.1.12.5, 30.1.12.6, 30.2.1",
  },
  "rsv1-ignored": {
    does: "RSV1 is overlooked",
    caughtBy: "26.1.1.4, 26.1.1.11, 26.1.1.18, 26.1.1.25, 26.1.1.32, 26.1.1.39",
  },
  "rsv2-ignored": {
    does: "RSV2 is overlooked",
    caughtBy:
      "26.1.1.2, 26.1.1.9, 26.1.1.16, 26.1.1.23, 26.1.1.30, 26.1.1.37, 29.1.15, 29.3.1.1, 29.3.2.1, 29.3.3, 29.3.4",
  },
  "rsv3-ignored": {
    does: "RSV3 is overlooked",
    caughtBy: "26.1.1.1, 26.1.1.8, 26.1.1.15, 26.1.1.22, 26.1.1.29, 26.1.1.36",
  },
  "rsv-of-control-ignored": {
    does: "reserved bits of control frames are overlooked",
    caughtBy:
      "26.1.1.22, 26.1.1.23, 26.1.1.24, 26.1.1.25, 26.1.1.26, 26.1.1.27, 26.1.1.28, 26.1.1.29, 26.1.1.30, 26.1.1.31, 26.1.1.32, 26.1.1.33, 26.1.1.34, 26.1.1.35, 26.1.1.36, 26.1.1.37, 26.1.1.38, 26.1.1.39, 26.1.1.40, 26.1.1.41, 26.1.1.42",
  },
  "rsv-of-continuation-ignored": {
    does: "reserved bits of continuation frames are overlooked",
    caughtBy: "26.1.1.15, 26.1.1.16, 26.1.1.17, 26.1.1.18, 26.1.1.19, 26.1.1.20, 26.1.1.21",
  },
  "rsv-of-data-ignored": {
    does: "reserved bits of text and binary frames are overlooked",
    caughtBy:
      "26.1.1.1, 26.1.1.2, 26.1.1.3, 26.1.1.4, 26.1.1.5, 26.1.1.6, 26.1.1.7, 26.1.1.8, 26.1.1.9, 26.1.1.10, 26.1.1.11, 26.1.1.12, 26.1.1.13, 26.1.1.14, 29.1.15, 29.3.1.1, 29.3.2.1, 29.3.3, 29.3.4",
  },
  "reserved-control-skipped": {
    does: "reserved control opcodes are skipped",
    caughtBy:
      "26.2.1.11, 26.2.1.12, 26.2.1.13, 26.2.1.14, 26.2.1.15, 26.2.1.16, 26.2.1.17, 26.2.1.18, 26.2.1.19, 26.2.1.20, 26.2.2.6, 26.2.2.7, 26.2.2.8, 26.2.2.9, 26.2.2.10, 26.2.3.*",
  },
  "reserved-data-skipped": {
    does: "reserved data opcodes are skipped",
    caughtBy:
      "26.2.1.1, 26.2.1.2, 26.2.1.3, 26.2.1.4, 26.2.1.5, 26.2.1.6, 26.2.1.7, 26.2.1.8, 26.2.1.9, 26.2.1.10, 26.2.2.1, 26.2.2.2, 26.2.2.3, 26.2.2.4, 26.2.2.5, 29.3.1.2, 29.3.2.2",
  },
  "reserved-inside-skipped": { does: "reserved opcodes inside a message are skipped", caughtBy: "26.2.2.*" },
  "reserved-fragment-skipped": {
    does: "reserved opcodes with FIN clear are skipped",
    caughtBy:
      "26.2.1.2, 26.2.1.4, 26.2.1.6, 26.2.1.8, 26.2.1.10, 26.2.1.12, 26.2.1.14, 26.2.1.16, 26.2.1.18, 26.2.1.20",
  },
  "binary-interleaves": {
    does: "a binary frame inside a message replaces the message",
    caughtBy: "27.1.4.2, 27.1.4.4",
  },
  "text-interleaves": {
    does: "a text frame inside a message is delivered at once",
    caughtBy: "27.1.4.1, 27.1.4.3",
  },
  "stray-continuation-skipped": {
    does: "a continuation that continues nothing is skipped",
    caughtBy: "27.1.5.1, 29.3.1.5, 29.3.2.5",
  },
  "stray-fragment-skipped": { does: "such a continuation with FIN clear is skipped", caughtBy: "27.1.5.2" },
  "close-fragment-answered": {
    does: "a Close frame with FIN clear is answered as a whole one",
    caughtBy: "27.1.7.*",
  },
  "empty-ping-fragment-answered": { does: "an empty Ping with FIN clear is answered", caughtBy: "27.1.8" },
  "empty-fragments-end": { does: "an empty continuation frame ends the message", caughtBy: "27.1.1" },
  "fragments-limited": { does: "the message is cut behind its 100th fragment", caughtBy: "27.1.1, 27.1.2" },
  "binary-fragments-as-text": {
    does: "a fragmented binary message comes back as text",
    caughtBy: "27.1.3, 30.1.9, 27.3.1",
  },
  "close-waits-for-message": { does: "a Close frame inside a message is not answered", caughtBy: "27.1.9" },
  "close-delivers-part": {
    does: "a Close frame inside a message delivers its first fragment",
    caughtBy: "27.1.9",
  },
  "pong-cut": { does: "a Pong repeats the first 64 octets of the Ping", caughtBy: "28.1.2, 28.1.10" },
  "pong-as-text": { does: "a Pong repeats the payload as if it were UTF-8", caughtBy: "28.1.2, 28.1.10" },
  "pong-late": { does: "Pongs wait for the end of the message", caughtBy: "27.1.6, 28.1.4, 30.1.11.1" },
  "pong-order": {
    does: "Pongs of one read come back in the reverse order",
    caughtBy: "27.1.6, 28.1.2, 28.1.3",
  },
  "pong-unasked-fails": {
    does: "a Pong that was not asked for fails the connection",
    caughtBy: "27.1.6, 28.1.5, 28.1.11",
  },
  "first-frame-lost": {
    does: "the first frame of a connection is thrown away",
    caughtBy: "28.1.1",
    isBroad: true,
  },
  "ping-after-close-fails": {
    does: "a Ping behind a Close frame fails the connection without an answer",
    caughtBy: "28.1.7, 29.1.9.3",
  },
  "utf8-first-64": {
    does: "UTF-8 is checked in the first 64 octets only",
    caughtBy:
      "30.1.3.13, 30.1.3.14, 30.1.3.15, 30.1.3.16, 30.1.3.17, 30.1.3.18, 30.1.3.19, 30.1.3.20, 30.1.5.*, 30.1.7.*, 30.1.13.*",
  },
  "utf8-last-64": { does: "UTF-8 is checked in the last 64 octets only", caughtBy: "30.1.3.*, 30.1.13.*" },
  "utf8-whole-blocks": {
    does: "UTF-8 is checked in whole blocks of 128 octets only",
    caughtBy: "30.1.5.*, 30.1.6, 30.1.7.*, 29.3.1.6, 29.3.2.6, 30.1.11.2, 30.1.14",
  },
  "utf8-each-fragment": {
    does: "UTF-8 is checked in each fragment alone",
    caughtBy: "30.1.4.1, 30.1.4.2, 30.1.4.3, 30.1.11.1",
  },
  "utf8-open-end": { does: "text may end inside a character", caughtBy: "30.1.5.*" },
  "utf8-first-message": { does: "UTF-8 is checked in the first message only", caughtBy: "30.1.6, 30.1.14" },
  "utf8-surrogates": { does: "surrogates are taken for valid", caughtBy: "30.1.6, 30.1.7.1" },
  "utf8-overlong": { does: "overlong forms are taken for valid", caughtBy: "30.1.7.2, 30.1.14" },
  "utf8-above": { does: "code points above U+10FFFF are taken for valid", caughtBy: "30.1.7.3" },
  "utf8-continuations": {
    does: "continuation octets on their own are taken for valid",
    caughtBy: "30.1.7.4",
  },
  "utf8-noncharacters": { does: "U+FFFE and U+FFFF are taken for invalid", caughtBy: "30.1.1.10, 30.1.1.11" },
  "text-as-latin1": {
    does: "text comes back as if its octets were Latin-1",
    caughtBy:
      "30.1.1.3, 30.1.1.4, 30.1.1.5, 30.1.1.6, 30.1.1.7, 30.1.1.8, 30.1.1.9, 30.1.1.10, 30.1.1.11, 30.1.1.12, 30.1.1.13, 30.1.1.14, 30.1.2, 30.1.4.*, 24.3.4, 26.3.1, 26.3.2, 27.2.1, 30.1.11.1, 30.1.12.*, 30.2.1",
  },
  "controls-removed": { does: "U+007F is removed from text", caughtBy: "30.1.1.2" },
  "bom-removed": {
    does: "a byte order mark at the beginning is removed",
    caughtBy: "30.1.1.8, 30.1.1.9, 30.1.1.10, 30.1.1.11, 30.1.2",
  },
  "nul-ends-text": { does: "text ends at U+0000", caughtBy: "30.1.1.1" },
  "binary-checked": {
    does: "binary messages are checked as text",
    caughtBy:
      "24.1.6, 24.1.7, 24.3.4, 25.1.1, 25.1.7.*, 25.2.1, 26.3.1, 26.3.2, 27.1.3, 27.2.1, 29.1.14, 30.1.9",
  },
  "long-form-skipped": {
    does: "a frame whose length is not in the shortest form is skipped",
    caughtBy: "25.1.2.*, 25.1.3.*, 25.1.4.*",
  },
  "cut-control-fails": {
    does: "a control frame that comes in several reads fails the connection",
    caughtBy: "28.1.10, 28.1.11, 28.1.12",
  },
  "reserved-long-skipped": {
    does: "reserved control opcodes with more than 125 octets are skipped",
    caughtBy: "26.2.3.*",
  },
  "long-pong-taken": { does: "Pongs may be of any length", caughtBy: "28.1.9" },
  "end-delivers-part": {
    does: "the end of TCP delivers what there is of a message",
    caughtBy: "27.1.10",
  },
  "fragments-counted-on": {
    does: "16,384 fragments are allowed in the life of a connection",
    caughtBy: "27.3.1",
  },
  "messages-16-bit": { does: "the 65,536th message is refused", caughtBy: "27.3.2" },
  "control-resets-utf8": {
    does: "the check of UTF-8 begins again behind a control frame",
    caughtBy: "30.1.11.*",
  },
  "utf8-first-1024": {
    does: "UTF-8 is checked in the first 1,024 octets only",
    caughtBy: "30.1.3.19, 30.1.3.20, 30.1.7.*, 30.1.13.*",
  },
  "utf8-blocks-alone": {
    does: "UTF-8 is checked in blocks of 8 octets, each alone",
    caughtBy: "24.3.4, 26.3.1, 26.3.2, 27.2.1, 30.1.1.12, 30.1.1.13, 30.1.1.14, 30.1.4.*, 30.1.12.*",
  },
  "utf8-first-100": { does: "UTF-8 is checked in the first 100 messages only", caughtBy: "30.1.14" },
};

export const FAULTS: Readonly<Record<FaultName, Fault>> = {
  ...READING_FAULTS,
  ...SENDING_FAULTS,
  ...CLOSING_FAULTS,
};
