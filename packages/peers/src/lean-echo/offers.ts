/** How we may compress, as an answer of `acceptDeflate` says. */
export interface DeflateTerms {
  /** Our window, in bits. */
  readonly windowBits: number;
  /** Our messages may refer to those before. */
  readonly keepsContext: boolean;
}

/**
 * The Sec-WebSocket-Extensions of our answer to the head of a request: the first offer of permessage-deflate that
 * makes sense, with what it asked of either side (RFC 7692 §7.1); undefined if there is none. No limit is set to the
 * client's window: what fits a smaller one can be decompressed with the largest.
 */
export function acceptDeflate(head: string): string | undefined {
  for (const offer of offersIn(head)) {
    const answer = answerTo(offer);
    if (answer !== null) return answer;
  }
  return undefined;
}

export function deflateTerms(answer: string): DeflateTerms {
  const bits = /server_max_window_bits=(\d+)/.exec(answer)?.[1];
  return {
    windowBits: bits === undefined ? 15 : Number(bits),
    keepsContext: !answer.includes("server_no_context_takeover"),
  };
}

/** Commas in quotes are not looked for: no parameter of this extension may have one. */
function offersIn(head: string): readonly string[] {
  const lines = [...head.matchAll(/^sec-websocket-extensions:(.*)$/gim)];
  return lines.flatMap(([, value = ""]) => value.split(","));
}

/** What each parameter may look like in an offer (RFC 7692 §7.1), and whether the answer repeats it. */
const PARAMETERS: ReadonlyMap<string, { readonly value: RegExp; readonly isEchoed: boolean }> = new Map([
  ["server_no_context_takeover", { value: /^$/, isEchoed: true }],
  ["client_no_context_takeover", { value: /^$/, isEchoed: true }],
  ["server_max_window_bits", { value: /^=(?:[89]|1[0-5])$/, isEchoed: true }],
  ["client_max_window_bits", { value: /^(?:=(?:[89]|1[0-5]))?$/, isEchoed: false }],
]);

/** Null for other extensions, and for an offer with parameters that have to be declined (RFC 7692 §7). */
function answerTo(offer: string): string | null {
  const [name, ...parameters] = offer
    .split(";")
    .map((part) => part.replaceAll(/[ \t\r"]/g, "").toLowerCase());
  if (name !== "permessage-deflate") return null;
  const seen = new Set<string>();
  const echoed = [name];
  for (const parameter of parameters) {
    const [word = ""] = parameter.split("=", 1);
    const known = PARAMETERS.get(word);
    if (known === undefined || seen.has(word) || !known.value.test(parameter.slice(word.length))) return null;
    seen.add(word);
    if (known.isEchoed) echoed.push(parameter);
  }
  return echoed.join("; ");
}
