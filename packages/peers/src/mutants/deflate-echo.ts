import type { PeerOptions, RunningPeer } from "../peer.js";
import { deflateMutant } from "./deflate-echo-server.js";
import type { Mutant } from "./mutant.js";

export interface DeflateEchoOptions extends PeerOptions {
  /** Have the client begin every message with an empty window, as our answer says. */
  readonly clientNoContextTakeover?: boolean;
  /** The client's window in bits, 9–15, as our answer says; the client has to have offered it. */
  readonly clientMaxWindowBits?: number;
}

/**
 * A correct echo server with permessage-deflate. It keeps its own context and lets the client keep context, unless
 * the client asks otherwise; it keeps to `server_max_window_bits`.
 *
 * No case may catch it, as long as nothing illegal is sent: like `sloppy`, it checks nothing.
 */
export const deflateEcho: Mutant = deflateMutant("deflateEcho");

/** As `deflateEcho`, with demands on the client. */
export function startDeflateEcho(options: DeflateEchoOptions = {}): Promise<RunningPeer> {
  const { clientNoContextTakeover, clientMaxWindowBits } = options;
  const demands = [
    clientNoContextTakeover === true ? "; client_no_context_takeover" : "",
    clientMaxWindowBits === undefined ? "" : `; client_max_window_bits=${clientMaxWindowBits}`,
  ].join("");
  return deflateMutant("deflateEcho", { demands }).start(options);
}
