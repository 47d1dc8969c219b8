import type { Case, CaseEnd, LoopMessages, Verdict } from "wireproof";

/** What is kept of one play of a case; the record itself would be memory that is not the suite's. */
export interface Play {
  readonly case: string;
  readonly verdict: Verdict;
  /** Null unless permessage-deflate was agreed on and messages were sent. */
  readonly load: DeflateLoad | null;
}

type CorpusMessages = Extract<LoopMessages, { from: "corpus" }>;

export interface DeflateLoad {
  readonly messages: CorpusMessages;
  /** Messages that were sent; in a play that passed, all came back. */
  readonly sent: number;
  readonly client: Terms;
  readonly server: Terms;
}

/** How one side compresses. */
export interface Terms {
  readonly windowBits: number;
  readonly keepsContext: boolean;
}

export function played(one: Case, { record, verdict }: CaseEnd): Play {
  const messages = corpusMessages(one);
  const { extension, loop } = record;
  const isLoad = messages !== null && typeof extension === "string" && loop !== undefined;
  const load = isLoad
    ? { messages, sent: loop.sent, client: terms(extension, "client"), server: terms(extension, "server") }
    : null;
  return { case: one.id, verdict, load };
}

function corpusMessages({ script }: Case): CorpusMessages | null {
  for (const step of script) {
    if (step.do === "echo-loop" && step.messages.from === "corpus") return step.messages;
  }
  return null;
}

/** From the extension as the server's answer words it (RFC 7692 §7.1). */
function terms(answer: string, side: "client" | "server"): Terms {
  const bits = new RegExp(`${side}_max_window_bits="?(\\d+)`).exec(answer)?.[1];
  return {
    windowBits: bits === undefined ? 15 : Number(bits),
    keepsContext: !answer.includes(`${side}_no_context_takeover`),
  };
}
