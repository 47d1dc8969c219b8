import { startTcp } from "../mutants/mutant.js";
import { onHandshake } from "../mutants/handshake.js";
import type { PeerOptions, RunningPeer } from "../peer.js";
import { ownVersion } from "../version.js";
import { acceptDeflate } from "./offers.js";
import { LeanEcho } from "./connection.js";
import { assertZlibHandle } from "./sync-zlib.js";

/**
 * Starts an echo server that costs as little as it can, to measure clients with: compression on the thread that
 * reads, one copy and one write a message. Text comes back as text, binary as binary, compressed what came
 * compressed.
 *
 * It is for input that is right: text is not checked for UTF-8, nor a Close frame for its code. Broken frames,
 * messages above 64 MiB and undecodable compression end the connection with 1002, 1009 and 1007. Rejects if this
 * Node has no zlib that works synchronously, because anything else would not be lean.
 */
export async function startLeanEchoServer(options: PeerOptions = {}): Promise<RunningPeer> {
  assertZlibHandle();
  const answer = { server: `wireproof-lean-echo/${ownVersion()}`, extensions: acceptDeflate };
  return await startTcp(options, (socket) => {
    onHandshake(socket, answer, (rest, extension) => new LeanEcho(socket, extension).start(rest));
  });
}
