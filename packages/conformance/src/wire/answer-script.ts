import type { AnswerScript, AnswerWord } from "../case/handshake.js";
import { acceptFor, headerValues, type RequestHead } from "./http1.js";
import { offeredSubprotocols } from "./subprotocol-offer.js";

/** The keys of the examples in RFC 6455 §1.3 and §4.1. No client has both. */
const OTHER_KEYS: readonly string[] = ["dGhlIHNhbXBsZSBub25jZQ==", "AQIDBAUGBwgJCgsMDQ4PEC=="];
/** The parameter of a target that says how often the client was sent there. */
const HOP = /([?&])hop=(\d{1,3})(?=&|$)/;

/** Writes an answer as a case has it, one character an octet. */
export function answerText(script: AnswerScript, head: RequestHead): string {
  const { lines, lineEnd = "\r\n", cutAt, endless } = script;
  if (lines.length === 0) return "";
  const ending = endless?.of === "head" ? lineEnd : `${lineEnd}${lineEnd}`;
  const text = `${lines.join(lineEnd)}${ending}`;
  const values = valuesOf(head);
  return text
    .replace(/\{([a-z-]+)\}/g, (braced, word: string) => values[word as AnswerWord] ?? braced)
    .slice(0, cutAt);
}

/** The answer that a client gets; undefined if it gets the usual one: the case cannot be tried, or it has been. */
export function answerFor(script: AnswerScript, head: RequestHead): AnswerScript | undefined {
  const isOver = script.times !== undefined && hopsOf(head.target) >= script.times;
  return isOver || whyUntried(script, head) !== undefined ? undefined : script;
}

/** Why a case cannot be tried with a client that sends this request, in a clause; undefined if it can. */
export function whyUntried({ lines, subprotocols = 0 }: AnswerScript, head: RequestHead): string | undefined {
  const offered = offeredSubprotocols(head);
  if (offered.length === 0 && subprotocols > 0) return "the client offers no subprotocol";
  if (offered.length < subprotocols)
    return `the client offers only ${offered.length} of ${subprotocols} subprotocols`;
  const [first = ""] = offered;
  const hasNoOtherCase =
    lines.some((line) => line.includes("{first-in-other-case}")) && offered.includes(inOtherCase(first));
  return hasNoOtherCase ? "the client offers its first subprotocol in upper and in lower case" : undefined;
}

/** How often a client was sent to this target by an answer with `{again}`. */
export function hopsOf(target: string): number {
  return Number(HOP.exec(target)?.[2] ?? 0);
}

function valuesOf(head: RequestHead): Readonly<Record<AnswerWord, string>> {
  const [key = ""] = headerValues(head, "sec-websocket-key");
  const [first = "", second = ""] = offeredSubprotocols(head);
  const accept = acceptFor(key);
  return {
    accept,
    "accept-of-another-key": acceptFor(OTHER_KEYS.find((other) => other !== key) ?? ""),
    "accept-in-other-case": inOtherCase(accept),
    key,
    "first-subprotocol": first,
    "second-subprotocol": second,
    "first-in-other-case": inOtherCase(first),
    host: headerValues(head, "host")[0] ?? "",
    again: again(head.target),
  };
}

function again(target: string): string {
  const hop = `hop=${hopsOf(target) + 1}`;
  if (HOP.test(target)) return target.replace(HOP, `$1${hop}`);
  return `${target}${target.includes("?") ? "&" : "?"}${hop}`;
}

function inOtherCase(text: string): string {
  return text.replace(/[a-zA-Z]/g, (letter) =>
    letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
  );
}
