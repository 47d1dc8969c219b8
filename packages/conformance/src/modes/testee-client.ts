import { connect } from "@wireproof/websocket";

import { CLIENT_OPTIONS } from "./dialling.js";
import { echoUntilClosed } from "./echo-client.js";

export interface TesteeClientOptions {
  /** Address of the fuzzing server. A path is ignored. */
  readonly url: string;
  /** The name that it sends. */
  readonly agent: string;
  /** Called before each case. */
  readonly onCase: (number: number, count: number) => void;
  /** Aborted: no further case begins, and no reports are requested. */
  readonly signal: AbortSignal;
}

/**
 * Walks through the cases of a fuzzing server: asks for their number, echoes in each case, and asks for reports.
 * Resolves with the number of cases. Rejects if the server cannot be reached or sends no number.
 */
export async function walkCases(options: TesteeClientOptions): Promise<number> {
  const { url, agent, onCase, signal } = options;
  const base = url.replace(/^(wss?:\/\/[^/?#]*).*$/i, "$1");
  const said = await ask(`${base}/getCaseCount`, options);
  const count = /^\d{1,6}$/.test(said) ? Number(said) : Number.NaN;
  if (Number.isNaN(count)) throw new Error(`${base} does not send the number of its cases`);
  const name = `agent=${encodeURIComponent(agent)}`;
  for (let number = 1; number <= count && !signal.aborted; number++) {
    onCase(number, count);
    const target = `${base}/runCase?case=${number}&${name}`;
    // If a connection does not open or breaks, that is a result of the case, and the server records it.
    await echoUntilClosed(target, { compression: true, name: agent, signal }).catch(() => undefined);
  }
  if (!signal.aborted) await ask(`${base}/updateReports?${name}`, options);
  return count;
}

/** The first text message, or an empty text. Resolves when the connection is gone. */
async function ask(url: string, { agent, signal }: TesteeClientOptions): Promise<string> {
  let gone: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => {
    gone = resolve;
  });
  let said = "";
  await connect(url, {
    ...CLIENT_OPTIONS,
    headers: { "User-Agent": agent },
    signal,
    message: (_ws, data) => {
      if (said === "" && typeof data === "string") said = data.slice(0, 100);
    },
    close: () => gone(),
  });
  await closed;
  return said;
}
