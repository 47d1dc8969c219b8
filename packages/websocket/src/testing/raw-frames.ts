import { nodeKernels } from "../kernel/node-kernels.js";
import { CloseCode } from "../protocol/close-code.js";
import { closePayload } from "../protocol/close-frame.js";
import { FIN, RSV1, headerOctets, writeHeader, writeMaskedHeader } from "../protocol/frame-header.js";
import { Opcode } from "../protocol/opcode.js";
import type { ViolationId } from "../protocol/violation.js";

/**
 * A frame that need not be correct (RFC 6455 §5.2).
 *
 * @example
 * ```ts
 * import { connect } from "@wireproof/websocket";
 * import { scriptedServer, type RawFrame } from "@wireproof/websocket/testing";
 *
 * const reserved: RawFrame = { opcode: 0xb, payload: "what is this?" };
 * await using server = await scriptedServer(async (peer) => {
 *   peer.frame(reserved);
 *   await peer.receiveClose(1002);
 * });
 * const ws = await connect(server.url);
 * await server.done();
 * ws.terminate();
 * ```
 */
export interface RawFrame {
  /** 0–15: 0 continuation, 1 text, 2 binary, 8 Close, 9 Ping, 10 Pong; the others are reserved. */
  readonly opcode: number;
  /** Payload data; a string as UTF-8. Default: none. */
  readonly payload?: string | Uint8Array;
  /** Default true. */
  readonly fin?: boolean;
  /** RSV1, RSV2 and RSV3 as one number, 0–7: RSV1 is 4. Default 0. */
  readonly rsv?: number;
  /** Whether it is masked, which a server's frame must not be (§5.1). Default false. */
  readonly isMasked?: boolean;
  /** The payload length that the header names, 0–2^53. Default: the true one. */
  readonly length?: number;
}

/** The octets of a frame. */
export function rawFrame({ opcode, payload = "", fin, rsv = 0, isMasked, length }: RawFrame): Uint8Array {
  const body = typeof payload === "string" ? Buffer.from(payload) : payload;
  const named = length ?? body.length;
  const first = (fin === false ? 0 : FIN) | (rsv << 4) | opcode;
  const header = headerOctets(named, isMasked === true);
  const frame = Buffer.alloc(header + body.length);
  frame.set(body, header);
  if (isMasked !== true) {
    writeHeader(frame, 0, first, named);
    return frame;
  }
  const key = nodeKernels.maskingKey();
  writeMaskedHeader(frame, 0, first, named, key);
  nodeKernels.unmask(frame, header, frame.length, key);
  return frame;
}

/**
 * The ways in which `violate` of {@link ScriptedPeer} can break the protocol, by the id of the violation that a strict client
 * finds. What each of them is stands in docs/websocket.md, under "Why a connection was failed".
 *
 * @example
 * A test for each of them:
 *
 * ```ts
 * import { connect, type WebSocketError } from "@wireproof/websocket";
 * import { scriptedServer, VIOLATIONS } from "@wireproof/websocket/testing";
 *
 * for (const violation of VIOLATIONS) {
 *   await using server = await scriptedServer((peer) => {
 *     peer.accept({ compression: true });
 *     peer.violate(violation);
 *   });
 *   const ws = await connect(server.url);
 *   const error: unknown = await ws[Symbol.asyncIterator]().next().catch((reason: unknown) => reason);
 *   console.assert((error as WebSocketError).problem === violation);
 * }
 * ```
 */
export const VIOLATIONS: readonly Violation[] = [
  "rsv-not-negotiated",
  "reserved-opcode",
  "masked",
  "length-not-minimal",
  "length-over-63-bits",
  "control-frame-fragmented",
  "control-frame-too-long",
  "continuation-without-message",
  "message-inside-message",
  "invalid-utf8",
  "close-payload-of-one-octet",
  "invalid-close-code",
  "invalid-close-reason",
  "invalid-deflate-data",
  "frame-too-big",
];

/**
 * One of {@link VIOLATIONS}.
 *
 * @example
 * ```ts
 * import { VIOLATIONS, type Violation } from "@wireproof/websocket/testing";
 *
 * const worst: Violation = "masked";
 * console.assert(VIOLATIONS.includes(worst));
 * ```
 */
export type Violation = Extract<
  ViolationId,
  | "rsv-not-negotiated"
  | "reserved-opcode"
  | "masked"
  | "length-not-minimal"
  | "length-over-63-bits"
  | "control-frame-fragmented"
  | "control-frame-too-long"
  | "continuation-without-message"
  | "message-inside-message"
  | "invalid-utf8"
  | "close-payload-of-one-octet"
  | "invalid-close-code"
  | "invalid-close-reason"
  | "invalid-deflate-data"
  | "frame-too-big"
>;

/** The octets that a server sends to break the protocol in this way. */
export function violationOctets(violation: Violation): Uint8Array {
  switch (violation) {
    case "rsv-not-negotiated":
      return rawFrame({ opcode: Opcode.Text, payload: "x", rsv: 2 });
    case "reserved-opcode":
      return rawFrame({ opcode: 0x3 });
    case "masked":
      return rawFrame({ opcode: Opcode.Text, payload: "masked", isMasked: true });
    case "length-not-minimal":
      return Uint8Array.of(FIN | Opcode.Text, 126, 0, 1, 0x78);
    case "length-over-63-bits":
      return Uint8Array.of(FIN | Opcode.Binary, 127, 0x80, 0, 0, 0, 0, 0, 0, 1);
    case "control-frame-fragmented":
      return rawFrame({ opcode: Opcode.Ping, fin: false });
    case "control-frame-too-long":
      return rawFrame({ opcode: Opcode.Ping, payload: new Uint8Array(126) });
    case "continuation-without-message":
      return rawFrame({ opcode: Opcode.Continuation, payload: "x" });
    case "message-inside-message":
      return Buffer.concat([
        rawFrame({ opcode: Opcode.Text, payload: "x", fin: false }),
        rawFrame({ opcode: Opcode.Text, payload: "y" }),
      ]);
    case "invalid-utf8":
      return rawFrame({ opcode: Opcode.Text, payload: Uint8Array.of(0xff) });
    case "close-payload-of-one-octet":
      return rawFrame({ opcode: Opcode.Close, payload: Uint8Array.of(3) });
    case "invalid-close-code":
      return rawFrame({
        opcode: Opcode.Close,
        payload: closePayload(nodeKernels, CloseCode.NoStatusReceived, ""),
      });
    case "invalid-close-reason":
      return rawFrame({ opcode: Opcode.Close, payload: Uint8Array.of(0x03, 0xe8, 0xff) });
    case "invalid-deflate-data":
      // A block of a type that does not exist (RFC 1951 §3.2.3).
      return rawFrame({ opcode: Opcode.Text, payload: Uint8Array.of(0x07), rsv: RSV1 >> 4 });
    case "frame-too-big":
      return rawFrame({ opcode: Opcode.Binary, length: 2 ** 40 });
  }
}
