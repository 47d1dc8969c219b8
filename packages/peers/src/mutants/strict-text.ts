import type { FaultName } from "./faults.js";

/** Whether a whole text message is taken for valid; `messages`: how many came before. */
export function isText(message: Buffer, messages: number, fault: FaultName | undefined): boolean {
  switch (fault) {
    case "utf8-first-64":
      return isValid(withoutCutEnd(message.subarray(0, 64)));
    case "utf8-first-1024":
      return isValid(message.length > 1024 ? withoutCutEnd(message.subarray(0, 1024)) : message);
    case "utf8-last-64":
      return isValid(withoutCutStart(message.subarray(-64)));
    case "utf8-whole-blocks":
      return isValid(withoutCutEnd(message.subarray(0, message.length - (message.length % 128))));
    case "utf8-blocks-alone":
      return blocksOf(message, 8).every((block) => isValid(block));
    case "utf8-open-end":
      return isValid(withoutCutEnd(message));
    case "utf8-first-message":
      return messages > 0 || isValid(message);
    case "utf8-first-100":
      return messages >= 100 || isValid(message);
    case "utf8-noncharacters":
      return isValid(message) && !/[\ufffe\uffff]/.test(message.toString("utf8"));
    default:
      return isValid(message, SPARED[fault as keyof typeof SPARED]);
  }
}

/** What is sent back of a text message. */
export function textEcho(message: Buffer, fault: FaultName | undefined): Buffer {
  if (fault === "text-as-latin1") return Buffer.from(message.toString("latin1"), "utf8");
  if (fault === "controls-removed") return message.filter((octet) => octet !== 0x7f) as Buffer;
  if (fault === "bom-removed" && message[0] === 0xef) return message.subarray(3);
  const nul = fault === "nul-ends-text" ? message.indexOf(0) : -1;
  return nul < 0 ? message : message.subarray(0, nul);
}

/** What a fault takes for valid, as octets of latin1. */
const SPARED = {
  "utf8-surrogates": /\xed[\xa0-\xbf][\x80-\xbf]/g,
  "utf8-overlong": /[\xc0\xc1][\x80-\xbf]|\xe0[\x80-\x9f][\x80-\xbf]/g,
  "utf8-above": /\xf4[\x90-\xbf][\x80-\xbf]{2}/g,
  "utf8-continuations": /(?<![\x80-\xff])[\x80-\xbf]/g,
} as const;

const decoder = new TextDecoder("utf-8", { fatal: true });

export function isValid(octets: Buffer, spared?: RegExp): boolean {
  const checked =
    spared === undefined ? octets : Buffer.from(octets.toString("latin1").replace(spared, ""), "latin1");
  try {
    decoder.decode(checked);
    return true;
  } catch {
    return false;
  }
}

function blocksOf(message: Buffer, size: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(message.length / size) }, (_, index) =>
    message.subarray(index * size, (index + 1) * size),
  );
}

/** Less a sequence at its end that is not complete. */
function withoutCutEnd(octets: Buffer): Buffer {
  const text = octets.toString("latin1");
  return octets.subarray(
    0,
    octets.length -
      (/(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})$/.exec(text)?.[0].length ?? 0),
  );
}

/** Less continuation octets at its beginning, whose first octet is not there. */
function withoutCutStart(octets: Buffer): Buffer {
  const start = octets.findIndex((octet) => (octet & 0xc0) !== 0x80);
  return octets.length < 64 ? octets : octets.subarray(Math.max(start, 0));
}
