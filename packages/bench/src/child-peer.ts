import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { ProcessUsage } from "@wireproof/peers";
import type { PeerName } from "./peer-names.js";

/** A peer in separate processes, so that its CPU time is not mixed with ours. */
export interface PeerProcess {
  readonly url: string;
  /** Since its start, all its processes together. */
  usage(): Promise<ProcessUsage>;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
}

/** What the process of a peer says, the first thing unasked and once. */
export type PeerMessage = { readonly url: string } | { readonly usage: ProcessUsage };

/** All its processes begin with the meter of zlib, which heeds `env`. */
export async function startPeerProcess(
  name: PeerName,
  env: Readonly<Record<string, string>> = {},
): Promise<PeerProcess> {
  const script = fileURLToPath(new URL("./peer-process.js", import.meta.url));
  const meter = new URL("./zlib-meter.js", import.meta.url).href;
  const child = fork(script, [name], { env: { ...process.env, ...env }, execArgv: ["--import", meter] });
  const message = await nextMessage(child);
  if (!("url" in message)) throw new Error("the peer did not say where it is");
  return {
    url: message.url,
    usage: () => askUsage(child),
    stop: () => stop(child),
  };
}

async function askUsage(child: ChildProcess): Promise<ProcessUsage> {
  child.send("usage");
  const message = await nextMessage(child);
  if (!("usage" in message)) throw new Error("the peer did not say what it has used");
  return message.usage;
}

async function nextMessage(child: ChildProcess): Promise<PeerMessage> {
  const stop = new AbortController();
  const died = once(child, "exit", { signal: stop.signal }).then(([code]) => {
    throw new Error(`the process of the peer ended with ${String(code)}`);
  });
  const reported = once(child, "message", { signal: stop.signal });
  try {
    const [message] = (await Promise.race([reported, died])) as [PeerMessage];
    return message;
  } finally {
    stop.abort();
    // The one that lost the race is aborted.
    await Promise.allSettled([reported, died]);
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.disconnect();
  await gone;
}
