import { message, pongWith, type ExpectedEvent } from "../case/expect.js";
import type { Http2Frame, Http2Script } from "../case/http2-script.js";
import { octets, repeat } from "../case/payload.js";
import { binary, closeAfter, cont, http2Frame, MORE, ping, text, until, type Step } from "../case/steps.js";

const LONGER = repeat(octets("0123456789"), 1000);

/**
 * Frames and fragments of all kinds and lengths. The empty message comes alone: over HTTP/2, Chromium 156 sometimes does not
 * send an empty message that its page sends right behind others, and these cases are not about that.
 */
export const EXCHANGE: readonly Step[] = [
  text("Hello"),
  binary(LONGER),
  text("in ", MORE),
  cont("two"),
  until(message("in two"), 2000),
  text(""),
  until(message(""), 2000),
  ping("and a Ping"),
  closeAfter(3),
];
export const EXCHANGED: readonly ExpectedEvent[] = [
  message("Hello"),
  message(LONGER, "binary"),
  message("in two"),
  message(""),
  pongWith("and a Ping"),
];

export const CUTS: readonly (readonly [title: string, data: NonNullable<Http2Script["data"]>])[] = [
  ["One octet in each DATA frame", { size: 1 }],
  ["Three octets in each DATA frame", { size: 3 }],
  ["Every DATA frame has one octet of padding", { padding: 1 }],
  ["Every DATA frame has 255 octets of padding", { padding: 255 }],
  ["An empty DATA frame before each other one", { empty: true }],
  ["Five octets in each DATA frame, with padding and empty frames", { size: 5, padding: 7, empty: true }],
];

/** Behind a message, the frames, and another message. */
export function withFrames(frames: readonly Http2Frame[]): readonly Step[] {
  return [
    text("Hello"),
    until(message("Hello"), 2000),
    ...frames.map(http2Frame),
    text("again"),
    closeAfter(2),
  ];
}
