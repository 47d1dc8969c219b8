import { ask, echo } from "./socket.js";

export interface RunHooks {
  /** A case begins. */
  readonly onBegin: (id: string) => void;
  /** Its result, in the words of the original suite; null where the tester gave none. */
  readonly onResult: (id: string, behavior: string | null) => void;
}

/** How a run ended: through, stopped by the user, or without a tester to talk to. */
export type RunEnd = "done" | "stopped" | "unreachable";

/** How long results and reports may take that are still to come when the cases are over. */
const LAST_MS = 30_000;

/**
 * Runs the cases one after the other and asks for the result after each. At the end, however the run ended, it asks
 * for the reports.
 */
export async function runCases(
  url: string,
  agent: string,
  ids: readonly string[],
  hooks: RunHooks,
  stop: AbortSignal,
): Promise<RunEnd> {
  if ((await ask(`${url}/getCaseCount`, stop)) === null) return stop.aborted ? "stopped" : "unreachable";
  const name = `agent=${encodeURIComponent(agent)}`;
  const results: Promise<void>[] = [];
  const late = new AbortController();
  const limit = (): AbortSignal => late.signal;
  let end: RunEnd = "done";
  for (const id of ids) {
    if (stop.aborted) break;
    hooks.onBegin(id);
    const query = `casetuple=${id}&${name}`;
    const hasOpened = await echo(`${url}/runCase?${query}`, stop);
    if (!hasOpened && !stop.aborted && (await ask(`${url}/getCaseCount`, stop)) === null) end = "unreachable";
    if (end === "unreachable" || stop.aborted) {
      hooks.onResult(id, null);
      break;
    }
    results.push(
      ask(`${url}/getCaseStatus?${query}`, limit()).then((said) => hooks.onResult(id, behaviorOf(said))),
    );
  }
  const timer = setTimeout(() => late.abort(), LAST_MS);
  await Promise.all(results);
  if (end !== "unreachable") await ask(`${url}/updateReports?${name}`, limit());
  clearTimeout(timer);
  return stop.aborted && end === "done" ? "stopped" : end;
}

/** Null where the answer has no result. */
export function behaviorOf(said: string | null): string | null {
  try {
    const { behavior } = JSON.parse(said ?? "") as { readonly behavior?: unknown };
    return typeof behavior === "string" ? behavior : null;
  } catch {
    return null;
  }
}
