/** The process of a peer: it sends its URL, sends its usage when asked, and ends with its parent. */
import {
  ownUsage,
  startEchoServer,
  startLeanEchoServer,
  type LeanEchoServer,
  type ProcessUsage,
  type RunningPeer,
} from "@wireproof/peers";
import type { PeerMessage } from "./child-peer.js";
import { isPeerName, type PeerName } from "./peer-names.js";

/** What the bound assumes: both sides can fill both cores. */
const WORKERS = 2;

const PEERS: Readonly<Record<PeerName, () => Promise<RunningPeer | LeanEchoServer>>> = {
  ws: () => startEchoServer({ perMessageDeflate: true }),
  lean: () => startLeanEchoServer({ workers: WORKERS }),
};

const [name = ""] = process.argv.slice(2);
if (!isPeerName(name)) throw new Error(`there is no peer ${name}`);
const peer = await PEERS[name]();
process.on("message", () => void usageOf(peer).then((usage) => send({ usage })));
process.on("disconnect", () => void peer.close());
send({ url: peer.url });

async function usageOf(running: RunningPeer | LeanEchoServer): Promise<ProcessUsage> {
  return "usage" in running ? await running.usage() : ownUsage();
}

function send(message: PeerMessage): void {
  process.send?.(message);
}
