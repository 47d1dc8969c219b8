import type { Case } from "../../src/case/case.js";
import type { ExpectedEvent } from "../../src/case/expect.js";
import { bytesOf } from "../../src/case/payload.js";
import type { Step } from "../../src/case/steps.js";
import { fragments } from "../../src/play/fragments.js";
import { frameLine, octetsLine } from "./facts.js";

/** The script of a case, played under `autobahn`, in the lines of `facts.ts`. */
export function linesOfCase(value: Case): readonly string[] {
  return value.script.flatMap((step) => stepLines(value, step));
}

export function tracesOfCase({ expect }: Case): Readonly<Record<string, readonly string[]>> {
  return {
    OK: expect.pass.map(eventLine),
    ...(expect.nonStrict === undefined ? {} : { "NON-STRICT": expect.nonStrict.map(eventLine) }),
  };
}

/** An event in a line: type, length, beginning and digest. */
export function eventLine(event: ExpectedEvent): string {
  switch (event.type) {
    case "timeout":
      return `timeout ${event.tag}`;
    case "pong":
      return `pong ${octetsLine(bytesOf(event.payload))}`;
    case "message":
      return `message ${event.binary ? "binary" : "text"} ${octetsLine(bytesOf(event.payload))}`;
  }
}

function stepLines({ chop, sync }: Case, step: Step): string[] {
  switch (step.do) {
    case "frame":
      return [frameLine({ ...step, chop, sync }, octetsLine(bytesOf(step.payload)))];
    case "message":
      return Array.from(fragments({ ...step, payload: bytesOf(step.payload) }, "autobahn"), (fragment) =>
        frameLine({ ...fragment, chop, sync }, octetsLine(fragment.payload)),
      );
    case "frame-header":
      return [`header opcode=${step.opcode} fin=${step.fin} length=${step.length}`];
    case "payload-part":
      return [`part ${octetsLine(bytesOf(step.payload))}`];
    case "close":
      return [
        `close ${step.code} ${step.reason === undefined ? "-" : Buffer.from(step.reason).toString("hex")}`,
      ];
    case "raw-close":
      return [`raw close ${octetsLine(bytesOf(step.payload))}`];
    case "until":
      return [`after ${step.withinMs / 1000} s, tag -`];
    case "echo-loop":
      // Only load cases have one; `load-facts.ts` compares them.
      return [];
    case "wait":
      return [`after 1 s, tag ${step.tag}`];
    case "kill":
      return [`killAfter ${step.seconds} s`];
    case "close-after":
      return [`closeAfter ${step.seconds} s`];
    case "await-ping":
    case "answer-ping":
    case "stay-silent":
    case "stop-reading":
    case "read-again":
    case "keep-tcp":
    case "end-tcp":
    case "reset-tcp":
    case "http2-frame":
      // The original has no such steps.
      return [step.do];
  }
}
