import type { Socket } from "node:net";

import type { PeerOptions, RunningPeer } from "../peer.js";
import { BINARY } from "./frames.js";
import { onHandshake } from "./handshake.js";
import { startTcp } from "./mutant.js";
import type { Mutant } from "./mutant.js";

export interface HugeFrameOptions extends PeerOptions {
  /** Pause between two parts of the payload, 20 ms by default. */
  readonly intervalMs?: number;
}

const ANNOUNCED_OCTETS: bigint = 2n ** 62n;
const PART: Buffer = Buffer.alloc(16);

/**
 * Opens, then announces a binary frame of 2^62 octets, which RFC 6455 §5.2 allows, and sends 16 octets of its
 * payload every 20 ms.
 *
 * Must be caught by every case that waits for an echo or a pong. A tester that reserves memory for the announced
 * length, or extends its deadline as long as octets arrive, fails.
 */
export const hugeFrame: Mutant = { name: "hugeFrame", start: (options = {}) => startHugeFrame(options) };

/** As `hugeFrame`, at a pace that the caller chooses. */
export function startHugeFrame(options: HugeFrameOptions = {}): Promise<RunningPeer> {
  const intervalMs = options.intervalMs ?? 20;
  const serve = (socket: Socket): void => {
    onHandshake(socket, { server: "hugeFrame" }, () => {
      socket.resume();
      socket.write(announcement());
      trickle(socket, intervalMs);
    });
  };
  return startTcp(options, serve, { staysOpen: true });
}

function announcement(): Buffer {
  const header = Buffer.from([0x80 | BINARY, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  header.writeBigUInt64BE(ANNOUNCED_OCTETS, 2);
  return header;
}

function trickle(socket: Socket, intervalMs: number): void {
  const timer = setInterval(() => {
    // Nothing piles up here if the tester stops reading.
    if (socket.writable && !socket.writableNeedDrain) socket.write(PART);
  }, intervalMs);
  socket.once("close", () => clearInterval(timer));
}
