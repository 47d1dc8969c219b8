/** The process of a peer: says where it listens, tells its usage when asked, ends with the one that started it. */
import { startEchoServer, startLeanEchoServer, type RunningPeer } from "@wireproof/peers";
import type { PeerMessage } from "./child-peer.js";
import { isPeerName, type PeerName } from "./peer-names.js";

const PEERS: Readonly<Record<PeerName, () => Promise<RunningPeer>>> = {
  ws: () => startEchoServer({ perMessageDeflate: true }),
  lean: () => startLeanEchoServer(),
};

const [name = ""] = process.argv.slice(2);
if (!isPeerName(name)) throw new Error(`there is no peer ${name}`);
const peer = await PEERS[name]();
process.on("message", () => {
  const { maxRSS } = process.resourceUsage();
  tell({ usage: { ...process.cpuUsage(), maxRssKiB: maxRSS } });
});
process.on("disconnect", () => void peer.close());
tell({ url: peer.url });

function tell(message: PeerMessage): void {
  process.send?.(message);
}
