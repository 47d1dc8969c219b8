import type { Case } from "../../src/case/case.js";
import { Opcode } from "../../src/case/opcode.js";
import { bytesOf } from "../../src/case/payload.js";
import type { FrameStep, Step } from "../../src/case/steps.js";
import { closeOctets } from "../../src/wire/close-payload.js";
import { fragments } from "../../src/play/fragments.js";
import type { Profile } from "../../src/record/record.js";
import { encodeFrame, encodeHeader } from "../../src/wire/frame.js";
import { applyMask } from "../../src/wire/mask.js";

const KEY = Uint8Array.of(0x5a, 0x01, 0xff, 0x80);

/** One write of a script; `begins` a frame unless it is a part of the one before. */
export interface Write {
  readonly octets: Uint8Array;
  readonly begins: boolean;
}

/** What a client sends for a script from its first step to its last, as if no timer and no peer interfered. */
export function renderScript(rendered: Case, profile: Profile): readonly Write[] {
  let isOpen = true;
  let sent = 0;
  return rendered.script.flatMap((step) => {
    if (step.do === "frame-header") sent = 0;
    const writes = isOpen || step.do !== "close" ? renderStep(step, profile, sent) : [];
    if (step.do === "close" || step.do === "raw-close") isOpen = false;
    if (step.do === "payload-part") sent += step.payload.length;
    return writes;
  });
}

function renderStep(step: Step, profile: Profile, sent: number): readonly Write[] {
  switch (step.do) {
    case "frame":
      return [whole({ ...step, payload: bytesOf(step.payload) })];
    case "message":
      return Array.from(fragments({ ...step, payload: bytesOf(step.payload) }, profile), whole);
    case "frame-header":
      return [{ octets: encodeHeader({ ...step, rsv: 0, maskingKey: KEY }), begins: true }];
    case "payload-part":
      return [{ octets: applyMask(Uint8Array.from(bytesOf(step.payload)), KEY, sent), begins: false }];
    case "close":
      return [closeFrame(closeOctets(step.code, step.reason))];
    case "raw-close":
      return [closeFrame(bytesOf(step.payload))];
    default:
      return [];
  }
}

function whole(frame: Omit<FrameStep, "do" | "payload"> & { payload: Uint8Array }): Write {
  const maskingKey = frame.masking === undefined ? KEY : frame.masking === "zero" ? new Uint8Array(4) : null;
  const form = frame.lengthBits === undefined ? {} : { lengthForm: frame.lengthBits };
  const header = { ...frame, ...form, length: frame.payload.length, maskingKey };
  return { octets: encodeFrame(header, frame.payload), begins: true };
}

function closeFrame(payload: Uint8Array): Write {
  return whole({ opcode: Opcode.close, fin: true, rsv: 0, payload });
}
