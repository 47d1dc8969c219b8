import type { Case } from "../case/case.js";
import { answers, message } from "../case/expect.js";
import { closeAfter, text } from "../case/steps.js";

/** 22: what a client makes of the server's part of the opening handshake. The original has no such cases. */
export const CLIENT_HANDSHAKE: readonly Case[] = [
  {
    id: "22.4",
    title: "Text message in one write with the answer to the opening handshake",
    description:
      "The server's answer to the opening handshake and a text message go out in one write, so they usually reach the client in one read. TCP is a stream: the end of a read says nothing about the end of the answer. A client that reads the answer and throws the rest of that read away loses the message.",
    expectation: "The client echoes the message. The tester then closes with 1000 and the client answers.",
    requirements: ["6455-6.2-1", "6455-5.1-6"],
    peer: "client",
    joinsAnswer: true,
    script: [text("right behind the answer"), closeAfter(1)],
    expect: answers(message("right behind the answer")),
  },
];
