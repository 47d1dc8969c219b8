import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Case } from "../../src/case/case.js";
import { Opcode } from "../../src/case/opcode.js";
import { bytesOf, concat, toHex, type Payload } from "../../src/case/payload.js";
import type { FrameStep } from "../../src/case/steps.js";
import { CASES } from "../../src/cases/index.js";
import { MessageInflater } from "../../src/wire/inflate.js";

interface Message {
  readonly payload: Payload;
  readonly inflatesTo: Payload | undefined;
}

const COMPRESSED = CASES.filter((one) => messagesOf(one).length > 0);

describe("compressed data of a case is what the case says, with the window that it needs", () => {
  for (const one of COMPRESSED) {
    test(one.id, () => {
      const messages = messagesOf(one);
      const { context = false, windowBits = 8 } = one.deflate?.needs ?? {};
      const inflater = new MessageInflater({
        windowBits,
        noContextTakeover: !context,
        limitOctets: 1 << 20,
      });
      const isIllegal = one.illegal?.includes("compressed-data") === true;
      for (const [index, { payload, inflatesTo }] of messages.entries()) {
        const isBad = isIllegal && index === messages.length - 1;
        const content = inflated(inflater, payload);
        if (isBad) assert.equal(typeof content, "string", "it can be decompressed");
        else assert.equal(content instanceof Uint8Array ? toHex(content) : content, text(inflatesTo));
      }
      if (!isIllegal) assert.equal(inflater.finish(), null);
    });
  }
});

test("and there are many of them", () => {
  assert.ok(COMPRESSED.length > 50);
});

function text(payload: Payload | undefined): string {
  return payload === undefined ? "nothing" : toHex(bytesOf(payload));
}

function inflated(inflater: MessageInflater, payload: Payload): Uint8Array | string {
  const pieces: Uint8Array[] = [];
  const sink = (piece: Uint8Array): void => void pieces.push(piece.slice());
  return inflater.pushSync(bytesOf(payload), sink) ?? inflater.end(sink) ?? Buffer.concat(pieces);
}

/** The compressed messages of a case that says nothing illegal about frames. */
function messagesOf({ script, deflate, illegal = [] }: Case): readonly Message[] {
  if (deflate === undefined || illegal.includes("rsv")) return [];
  const messages: Message[] = [];
  let parts: Payload[] | null = null;
  for (const step of script.filter(
    (one): one is FrameStep => one.do === "frame" && one.opcode < Opcode.close,
  )) {
    if (step.rsv !== 0) parts = [];
    parts?.push(step.payload);
    if (!step.fin || parts === null) continue;
    messages.push({ payload: concat(parts), inflatesTo: step.inflatesTo });
    parts = null;
  }
  return messages;
}
