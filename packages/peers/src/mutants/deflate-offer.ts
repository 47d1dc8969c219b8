/** What is agreed on about permessage-deflate (RFC 7692 §7.1). */
export interface AgreedDeflate {
  readonly server: DeflateSide;
  readonly client: DeflateSide;
}

/** How one side compresses. */
export interface DeflateSide {
  /** Its window is 2^windowBits octets. */
  readonly windowBits: number;
  /** Its messages may refer to those before. */
  readonly keepsContext: boolean;
}

/**
 * The answer to the first offer of permessage-deflate in the head of a request, undefined if there is none: what
 * the client asks of the server is granted. What the client could do without stays in use, unless `demands` says
 * otherwise: a client that may keep context keeps it.
 * @param demands parameters for the client, each with a semicolon before it
 */
export function answerDeflate(head: string, demands: string): string | undefined {
  const offer = offersIn(head).find((one) => /^permessage-deflate[ \t]*(;|$)/.test(one));
  if (offer === undefined) return undefined;
  const asked = ["server_no_context_takeover", "server_max_window_bits=\\d+"].flatMap(
    (parameter) => new RegExp(`;[ \\t]*(${parameter})[ \\t]*(?:;|$)`).exec(offer)?.[1] ?? [],
  );
  return ["permessage-deflate", ...asked].join("; ") + demands;
}

/** What an answer of `answerDeflate` means. */
export function agreedDeflate(answer: string): AgreedDeflate {
  return { server: sideOf(answer, "server"), client: sideOf(answer, "client") };
}

/** Quoted values are not looked for: no comma may stand in one. */
function offersIn(head: string): readonly string[] {
  const lines = [...head.matchAll(/^sec-websocket-extensions:(.*)$/gim)];
  return lines.flatMap(([, value = ""]) => value.split(",")).map((offer) => offer.trim());
}

function sideOf(answer: string, side: string): DeflateSide {
  const bits = new RegExp(`${side}_max_window_bits=(\\d+)`).exec(answer)?.[1];
  return {
    windowBits: bits === undefined ? 15 : Number(bits),
    keepsContext: !answer.includes(`${side}_no_context_takeover`),
  };
}
