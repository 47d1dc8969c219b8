import { channel } from "node:diagnostics_channel";
import type { Channel } from "node:diagnostics_channel";

/**
 * Events for tools that watch a process from outside (`node:diagnostics_channel`). Without a listener, publishing costs
 * one comparison. Each message is an object with `role` and the fields named here.
 */
export interface DiagnosticChannels {
  /** `connection`: the opening handshake is complete. */
  readonly open: Channel;
  /** `status`, `problem`, `remoteAddress`: an opening handshake was refused. */
  readonly refused: Channel;
  /** `connection`, `code`, `reason`, `wasClean`. */
  readonly close: Channel;
  /** `connection`, `error`: what the `error` handler gets. */
  readonly error: Channel;
  /** `connection`, `payload`. */
  readonly ping: Channel;
  readonly pong: Channel;
}

/** `wireproof:websocket:open` and so on, alike for servers and clients. */
export const CHANNELS: DiagnosticChannels = {
  open: channel("wireproof:websocket:open"),
  refused: channel("wireproof:websocket:refused"),
  close: channel("wireproof:websocket:close"),
  error: channel("wireproof:websocket:error"),
  ping: channel("wireproof:websocket:ping"),
  pong: channel("wireproof:websocket:pong"),
};
