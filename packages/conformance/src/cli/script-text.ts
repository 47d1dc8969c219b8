import type { Case } from "../case/case.js";
import { CORPUS_UNITS } from "../case/corpus.js";
import type { ExpectedEvent } from "../case/expect.js";
import { Opcode, opcodeName } from "../case/opcode.js";
import { bytesOf, isRepeated, octets, type Payload } from "../case/payload.js";
import { closePayload, type FrameStep, type LoopMessages, type Step } from "../case/steps.js";
import { grouped } from "../case/words.js";
import { viewOf } from "../record/event-view.js";
import { SHOWN_OCTETS, type FrameView } from "../record/wire-log.js";
import { previewPayload } from "../report/payload-text.js";
import { eventText, wireLine } from "../report/text.js";
import { count } from "../report/words.js";
import { http2FrameLine } from "./http2-text.js";

const PREVIEW = { limit: 24, text: true };

/** The steps of the tester in a case, each as a wire line. */
export function scriptLines(subject: Case): readonly string[] {
  return subject.script.map((step) => stepLine(step, subject));
}

/** What the peer sends, as wire lines, with the ends of pauses. */
export function traceLines(trace: readonly ExpectedEvent[]): readonly string[] {
  return trace.map((event) => `${event.type === "timeout" ? "=" : "<"} ${eventText(viewOf(event))}`);
}

function stepLine(step: Step, subject: Case): string {
  switch (step.do) {
    case "frame":
      return `${frameLine(step.opcode, step.payload, { fin: step.fin, rsv: step.rsv })}${oddities(step, subject)}`;
    case "message":
      return `${frameLine(step.opcode, step.payload)} ${cutText(step.fragmentSize)}`;
    case "frame-header": {
      const more = step.fin ? "" : ", more to come";
      return `> ${opcodeName(step.opcode)} header only, for a payload of ${count(step.length, "octet")}${more}`;
    }
    case "payload-part":
      return `> payload ${previewPayload(shown(step.payload), PREVIEW)} [${count(step.payload.length, "octet")}]`;
    case "close":
      return frameLine(
        Opcode.close,
        step.code === undefined ? octets("") : closeOctets(step.code, step.reason),
      );
    case "raw-close":
      return frameLine(Opcode.close, step.payload);
    case "until":
      return `= wait for ${eventText(viewOf(step.event))}, at most ${step.withinMs} ms`;
    case "echo-loop":
      return `> echo loop: ${loopText(step.messages)}${step.fragmentSize === undefined ? "" : `, ${cutText(step.fragmentSize)}`}${step.burst === undefined ? "" : `, ${step.burst} at a time`}`;
    case "stop-reading":
      return "= stop reading";
    case "read-again":
      return "= read again, when everything is on its way";
    case "keep-tcp":
      return "= leave the end of TCP to the peer, for a short time";
    case "await-ping":
      return "= wait for a Ping of the peer";
    case "answer-ping":
      return "> Pong with the payload of the latest Ping";
    case "stay-silent":
      return `= send nothing for ${step.times} times as long as a Ping takes to come, then start the closing handshake`;
    case "wait":
      return `= pause ${step.tag}`;
    case "kill":
      return `= after ${step.seconds} s at the latest, fail the connection`;
    case "close-after":
      return `= after ${step.seconds} s at the latest, start the closing handshake`;
    case "end-tcp":
      return subject.http2 === undefined ? "= close this direction of TCP" : "= end the stream (END_STREAM)";
    case "reset-tcp":
      return subject.http2 === undefined ? "= reset TCP" : "= reset the stream (RST_STREAM, CANCEL)";
    case "http2-frame":
      return http2FrameLine(step);
  }
}

/** What is unusual about how the frame is written. A tester is the client of a server, and the server of a client. */
function oddities({ masking, announces, lengthBits }: FrameStep, { peer }: Case): string {
  const key = masking === "zero" || masking === "wrong-zero" ? " with 00000000" : "";
  const isMasked = masking === "zero" || peer === "client";
  const mask = masking === undefined ? "" : isMasked ? `, masked${key}` : ", not masked";
  const form = lengthBits === undefined ? "" : `, length in ${lengthBits} bits`;
  return `${mask}${form}${announces === undefined ? "" : `, announced length 0x${announces}`}`;
}

/** How many messages, and which. Each one is sent when the one before has come back. */
function loopText(messages: LoopMessages): string {
  const times = quantity(messages.count, "message");
  if (messages.from === "payload") {
    return `${times}, each ${frameLine(messages.opcode, messages.payload).slice(2)}`;
  }
  const { length, corpus } = messages;
  return `${times} of ${quantity(length, CORPUS_UNITS[corpus])} of the corpus ${corpus}, compressed`;
}

function cutText(fragmentSize: number): string {
  return `in fragments of ${quantity(fragmentSize, "octet")}`;
}

function quantity(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? "" : "s"}`;
}

function closeOctets(code: number, reason = ""): Payload {
  return closePayload(code, octets(reason));
}

function frameLine(opcode: number, payload: Payload, flags = { fin: true, rsv: 0 }): string {
  const view: FrameView = {
    opcode,
    ...flags,
    masked: true,
    mask: null,
    length: payload.length,
    payload: shown(payload).hex,
  };
  return wireLine({ dir: ">", frame: view });
}

/** The first octets, without building a pattern of 16 MiB for them. */
function shown(payload: Payload): { readonly hex: string; readonly length: number } {
  const isLong = isRepeated(payload) && payload.length > SHOWN_OCTETS;
  const bytes = bytesOf(isLong ? { ...payload, length: SHOWN_OCTETS } : payload);
  return { hex: Buffer.from(bytes.subarray(0, SHOWN_OCTETS)).toString("hex"), length: payload.length };
}
