import { Blob } from "node:buffer";
import type { Duplex } from "node:stream";

import { createDeflater, createInflater } from "../deflate/codec.js";
import type { ConnectionOptions } from "../protocol/connection.js";
import type { Limits } from "../protocol/limits.js";
import { Side } from "../protocol/state.js";
import { monotonicNow } from "../transport/timer-wheel.js";
import { loopTurns } from "../transport/turns.js";
import { toArrayBuffer } from "./data.js";
import type { PerMessageDeflate } from "./permessage-deflate.js";
import { leniencyOf, limitsOf } from "./settings.js";
import { sharing } from "./sharing.js";
import type { OwnOptions } from "./settings.js";
import type { BinaryType, RawData, SendCallback, SocketOptions } from "./types.js";

/** Everything that is known when the opening handshake is complete. */
export interface WsSessionPlan {
  readonly socket: Duplex;
  readonly isServer: boolean;
  readonly deflate: PerMessageDeflate | undefined;
  readonly options: SocketOptions;
  readonly own: OwnOptions;
  readonly methods: OwnMethods;
}

/** The methods that a WebSocket calls on itself, before an application replaces them. */
export interface OwnMethods {
  close(code?: number, reason?: string | Uint8Array): void;
  pong(data?: unknown, mask?: boolean, callback?: SendCallback): void;
}

const latestLimits = sharing<Limits>();
const latestOptions = sharing<ConnectionOptions>();

/** The options of the protocol for this connection. */
export function connectionOptions({ isServer, deflate, options, own }: WsSessionPlan): ConnectionOptions {
  const side = isServer ? Side.Server : Side.Client;
  const agreement = deflate?.agreement;
  const isCompressing = deflate !== undefined && agreement !== undefined;
  // Not with a spread, which makes another hidden class.
  return latestOptions({
    limits: latestLimits(limitsOf(options, own)),
    leniency: leniencyOf(options),
    text: "octets",
    // The session answers, by the method `pong` of the WebSocket if the application has replaced it.
    autoPong: false,
    echoReason: true,
    explainsFailure: false,
    now: monotonicNow,
    turns: loopTurns,
    compressionThreshold: deflate?.threshold ?? 0,
    inflater: isCompressing ? createInflater(agreement, side, deflate.codecOptions) : undefined,
    deflater: isCompressing ? createDeflater(agreement, side, deflate.codecOptions) : undefined,
  });
}

/** A binary message in the form that the application asked for. */
export function inType(type: BinaryType, octets: Buffer): RawData | Blob {
  switch (type) {
    case "arraybuffer":
      return toArrayBuffer(octets);
    case "blob":
      return new Blob([octets]);
    case "fragments":
      return octets.length === 0 ? [] : [octets];
    case "nodebuffer":
      return octets;
  }
}
