import type { Case } from "../case/case.js";
import { answers, message, pongWith, type ExpectedEvent } from "../case/expect.js";
import { hex, octets, repeat } from "../case/payload.js";
import { binary, closeAfter, cont, MORE, ping, text, until, type Step } from "../case/steps.js";

const TEXT = "é € 😀";
const BINARY = hex("00ff80fe7f");
const LONGER = repeat(octets("Wireproof "), 200);

const MESSAGES: readonly ExpectedEvent[] = [
  message(TEXT),
  message(BINARY, "binary"),
  message(LONGER),
  message("in three fragments"),
];

/** The messages of the exchange; the last event has to be there before a Pong is asked for. */
const SCRIPT: readonly Step[] = [
  text(TEXT),
  binary(BINARY),
  text(LONGER),
  text("in ", MORE),
  cont("three ", MORE),
  cont("fragments"),
  until(message("in three fragments")),
  ping("and a Ping"),
  closeAfter(5),
];

/** What is looked at in the frames of the peer. */
export type Rule = Pick<Case, "title" | "expectation" | "requirements"> & Partial<Case>;

/**
 * A case about what the peer itself sends. The tester reads every frame of every case in the same way, but in this one
 * there are messages of all kinds, a Pong and a Close frame to look at.
 */
export function exchange(id: string, rule: Rule): Case {
  return {
    description:
      "Text and binary messages, short and longer ones, one of them in fragments. When they came back, a Ping, and after its Pong a Close frame.",
    script: SCRIPT,
    expect: answers(...MESSAGES, pongWith("and a Ping")),
    since: "0.2.0",
    ...rule,
    id,
  };
}
