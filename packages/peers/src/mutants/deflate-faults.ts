import type { Fault } from "./fault.js";

export type DeflateFaultName =
  | "bits-of-control-overlooked"
  | "bits-of-continuation-overlooked"
  | "rsv2-and-3-overlooked"
  | "final-refused"
  | "final-ends-message"
  | "final-ends-stream"
  | "final-resets-window"
  | "stored-refused"
  | "stored-length-signed"
  | "fixed-refused"
  | "dynamic-refused"
  | "runs-not-across"
  | "no-distances-refused"
  | "one-distance-refused"
  | "empty-block-ends"
  | "overlap-not-repeated"
  | "bad-type-ends"
  | "bad-codes-end"
  | "missing-end-code-ends"
  | "bad-distance-ends"
  | "bad-stored-length-ends"
  | "too-far-is-zeros"
  | "window-one-short"
  | "window-halved"
  | "context-not-kept"
  | "stream-not-begun-anew"
  | "plain-in-window"
  | "plain-refused"
  | "control-in-window"
  | "ping-inside-lost"
  | "close-inside-waits"
  | "fragments-inflated-alone"
  | "tail-of-fragment-removed"
  | "empty-last-fragment-lost"
  | "rsv1-of-empty-frame-lost"
  | "empty-message-lost"
  | "message-cut-at-64-k"
  | "utf8-unchecked"
  | "utf8-before-inflating"
  | "rsv1-not-set"
  | "rsv1-on-continuation"
  | "pong-with-rsv1"
  | "window-ignored"
  | "context-taken-over";

/** What a server with permessage-deflate can get wrong, one thing at a time, and which cases have to notice it. */
export const DEFLATE_FAULTS: Readonly<Record<DeflateFaultName, Fault>> = {
  "bits-of-control-overlooked": {
    does: "reserved bits of control frames are overlooked",
    caughtBy:
      "26.1.2.19, 26.1.2.20, 26.1.2.21, 26.1.2.22, 26.1.2.23, 26.1.2.24, 26.1.2.25, 26.1.2.26, 26.1.2.27, 26.1.2.28, 26.1.2.29, 26.1.2.30, 26.1.2.31, 26.1.2.32, 26.1.2.33, 26.1.2.34, 26.1.2.35, 26.1.2.36, 32.1.2.*",
  },
  "bits-of-continuation-overlooked": {
    does: "reserved bits of continuation frames are overlooked",
    caughtBy: "26.1.2.13, 26.1.2.14, 26.1.2.15, 26.1.2.16, 26.1.2.17, 26.1.2.18, 32.1.1",
  },
  "rsv2-and-3-overlooked": {
    does: "RSV2 and RSV3 of text and binary frames are overlooked",
    caughtBy:
      "26.1.2.1, 26.1.2.2, 26.1.2.3, 26.1.2.4, 26.1.2.5, 26.1.2.6, 26.1.2.7, 26.1.2.8, 26.1.2.9, 26.1.2.10, 26.1.2.11, 26.1.2.12",
  },
  "final-refused": {
    does: "a block with BFINAL set fails the connection",
    caughtBy: "32.1.6.*, 32.1.7, 32.1.22.2, 32.1.22.3, 32.1.23, 32.1.24.1",
  },
  "final-ends-message": {
    does: "what follows a block with BFINAL set is not looked at",
    caughtBy: "32.1.24.1",
  },
  "final-ends-stream": {
    does: "after a block with BFINAL set every compressed message is empty",
    caughtBy: "32.1.7, 32.1.22.2, 32.1.22.3, 32.1.23, 32.1.24.1",
  },
  "final-resets-window": { does: "a block with BFINAL set empties the window", caughtBy: "32.1.23" },
  "stored-refused": {
    does: "stored blocks that are not empty fail the connection",
    caughtBy: "32.1.8.1, 32.1.8.4, 32.1.19, 32.1.21.2, 32.1.21.4, 32.1.24.2, 32.1.26, 32.2.1.2",
  },
  "stored-length-signed": {
    does: "stored blocks of 32,768 octets and more fail the connection",
    caughtBy: "32.1.19, 32.1.24.2",
  },
  "fixed-refused": {
    does: "blocks with fixed codes fail the connection",
    caughtBy: "32.1.8.2, 32.1.8.4",
    isBroad: true,
  },
  "dynamic-refused": {
    does: "dynamic blocks fail the connection",
    caughtBy:
      "32.1.6.2, 32.1.6.3, 32.1.7, 32.1.8.3, 32.1.8.4, 32.1.20, 32.1.21.1, 32.1.21.3, 32.1.22.5, 32.1.24.3, 32.1.24.4, 32.1.24.5, 32.1.24.6, 32.1.25.*, 32.1.27, 32.2.1.1, 32.2.2.*, 32.2.3, 32.2.4",
  },
  "runs-not-across": { does: "a run of code lengths ends with its table", caughtBy: "32.1.24.4" },
  "no-distances-refused": {
    does: "dynamic blocks without distances fail the connection",
    caughtBy: "32.1.7, 32.1.8.3, 32.1.8.4, 32.1.20, 32.1.22.5, 32.1.24.3, 32.1.24.5, 32.1.27",
  },
  "one-distance-refused": {
    does: "dynamic blocks with a single distance code fail the connection",
    caughtBy: "32.1.6.2, 32.1.6.3, 32.1.24.4, 32.1.24.6",
  },
  "empty-block-ends": { does: "an empty block ends the message", caughtBy: "32.1.24.3" },
  "overlap-not-repeated": {
    does: "a reference that overlaps itself gives zeros",
    caughtBy: "32.1.6.2, 32.1.6.3, 32.1.24.6, 32.1.24.7, 32.2.1.2",
  },
  "bad-type-ends": { does: "a block of type 11 ends the message", caughtBy: "32.1.9" },
  "bad-codes-end": { does: "impossible code lengths end the message", caughtBy: "32.1.10.1" },
  "missing-end-code-ends": {
    does: "a block without a code for its end ends the message",
    caughtBy: "32.1.10.4",
  },
  "bad-distance-ends": { does: "a distance without meaning ends the message", caughtBy: "32.1.10.2" },
  "bad-stored-length-ends": {
    does: "a stored block with a wrong length ends the message",
    caughtBy: "32.1.10.3, 32.1.11.1",
  },
  "too-far-is-zeros": { does: "references to before the window give zeros", caughtBy: "32.1.12.*" },
  "window-one-short": { does: "the window holds 32,767 octets", caughtBy: "32.1.19" },
  "window-halved": {
    does: "the window holds 16,384 octets",
    caughtBy: "32.1.19, 32.2.1.1, 32.2.2.6, 32.2.2.8",
  },
  "context-not-kept": {
    does: "the window is emptied after every message",
    caughtBy:
      "32.1.3, 32.1.17.2, 32.1.19, 32.1.21.1, 32.1.21.3, 32.1.23, 32.1.25.*, 32.2.1.1, 32.2.2.*, 32.2.3, 32.2.4",
  },
  "stream-not-begun-anew": {
    does: "with client_no_context_takeover every message but the first is empty",
    caughtBy: "32.1.20, 32.1.25.1",
  },
  "plain-in-window": { does: "uncompressed messages enter the window", caughtBy: "32.1.3" },
  "plain-refused": { does: "uncompressed messages fail the connection", caughtBy: "32.1.3, 32.1.27" },
  "control-in-window": { does: "control frames inside a message enter the window", caughtBy: "32.1.17.2" },
  "ping-inside-lost": {
    does: "a Ping inside a compressed message is not answered",
    caughtBy: "32.1.17.*, 32.2.1.2",
  },
  "close-inside-waits": {
    does: "a Close frame inside a compressed message is not answered",
    caughtBy: "32.1.18",
  },
  "fragments-inflated-alone": {
    does: "each fragment is decompressed as if it were a message",
    caughtBy: "32.1.15.*, 32.1.16.*, 32.1.17.*, 32.1.22.6, 32.1.26, 32.1.27, 32.2.1.*",
  },
  "tail-of-fragment-removed": {
    does: "00 00 ff ff at the end of a fragment is removed",
    caughtBy: "32.1.16.2",
  },
  "empty-last-fragment-lost": {
    does: "an empty last fragment does not end the message",
    caughtBy: "32.1.15.1, 32.1.15.3, 32.1.16.1, 32.1.26",
  },
  "rsv1-of-empty-frame-lost": {
    does: "RSV1 on an empty first fragment is forgotten",
    caughtBy: "32.1.15.1, 32.1.15.3, 32.1.22.6, 32.1.26",
  },
  "empty-message-lost": { does: "empty compressed messages are not echoed", caughtBy: "32.1.4, 32.1.22.*" },
  "message-cut-at-64-k": {
    does: "messages are cut at 65,536 octets once decompressed",
    caughtBy: "32.1.6.3, 32.1.21.*, 32.2.2.8",
  },
  "utf8-unchecked": { does: "compressed text is not checked", caughtBy: "30.1.10.*" },
  "utf8-before-inflating": {
    does: "text is checked before it is decompressed",
    caughtBy: "32.1.26, 32.1.6.1, 32.2.1.2",
    isBroad: true,
  },
  "rsv1-not-set": {
    does: "echoes are compressed without RSV1",
    caughtBy: "32.1.4, 32.1.6.1, 32.2.1.1",
    isBroad: true,
  },
  "rsv1-on-continuation": {
    does: "RSV1 is set on continuation frames as well",
    caughtBy: "32.1.15.*, 32.1.16.*, 32.1.17.*, 32.1.22.6, 32.1.26, 32.1.27, 32.2.1.*",
  },
  "pong-with-rsv1": { does: "RSV1 is set on Pongs", caughtBy: "32.1.17.*, 32.2.1.2" },
  "window-ignored": {
    does: "echoes are compressed with the largest window",
    caughtBy: "32.2.2.1, 32.2.2.2, 32.2.2.3, 32.2.2.4, 32.2.2.5, 32.2.2.6, 32.2.2.7, 32.2.4",
  },
  "context-taken-over": {
    does: "echoes refer to earlier ones although no context takeover was agreed",
    caughtBy: "32.2.3, 32.2.4",
  },
};
