import type { Case } from "../case/case.js";
import { answers, message } from "../case/expect.js";
import { octets, repeat } from "../case/payload.js";
import { fragmented, kill } from "../case/steps.js";

const PAYLOAD = repeat(octets("*"), 65_536);

/** 10.x: a sender that cuts long messages by itself. */
export const AUTO_FRAGMENTATION: readonly Case[] = [
  {
    id: "10.1.1",
    title: "Text message of 65,536 octets in fragments of 1,300",
    description:
      "A text message of 65,536 asterisks in 51 fragments: 50 of 1,300 octets and the last one of 536. Some senders cut long messages like this, so that each fragment fits into a network packet.",
    expectation: "The peer puts the fragments together and echoes one text message with the same octets.",
    requirements: ["6455-5.4-6", "6455-5.4-3", "6455-5.4-5"],
    script: [fragmented(PAYLOAD, 1300), kill(10)],
    expect: answers(message(PAYLOAD)),
  },
];
