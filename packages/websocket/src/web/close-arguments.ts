import { MAX_REASON_OCTETS } from "../protocol/close-frame.js";

/** What an application may say in a Close frame. */
export interface CloseArguments {
  readonly code: number | undefined;
  readonly reason: string;
}

/**
 * Checks what the application closes with: no code, 1000 or 3000–4999, and at most 123 octets of UTF-8 as the reason. A
 * reason without a code gets 1000. Throws a DOMException: InvalidAccessError for a code, SyntaxError for a reason.
 */
export function closeArguments(code: number | undefined, reason: string): CloseArguments {
  if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999))
    throw new DOMException(`The close code is 1000 or from 3000 to 4999, not ${code}.`, "InvalidAccessError");
  if (Buffer.byteLength(reason) > MAX_REASON_OCTETS)
    throw new DOMException(
      `The close reason has more than ${MAX_REASON_OCTETS} octets in UTF-8.`,
      "SyntaxError",
    );
  return { code: code ?? (reason === "" ? undefined : 1000), reason };
}
