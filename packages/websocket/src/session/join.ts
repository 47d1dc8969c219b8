import type { Duplex } from "node:stream";

import { DEFAULT_DEFLATE_OPTIONS, createDeflater, createInflater } from "../deflate/codec.js";
import type { DeflateAgreement } from "../deflate/negotiation.js";
import { nodeKernels } from "../kernel/node-kernels.js";
import { Connection } from "../protocol/connection.js";
import { Side } from "../protocol/state.js";
import type { Leniency, Ledger } from "../protocol/limits.js";
import { SocketTransport } from "../transport/socket-transport.js";
import { monotonicNow } from "../transport/timer-wheel.js";
import { WebSocketConnection } from "./connection.js";
import type { HandshakeInfo } from "./connection.js";
import type { SessionEnvironment } from "./environment.js";
import { Session } from "./session.js";

/** How one side reads and writes, the same for all its connections. */
export interface Reading {
  readonly text: "string" | "octets";
  readonly autoPong: boolean;
  readonly staticRead: boolean;
  readonly leniency: Leniency;
  readonly ledger: Ledger | undefined;
}

/** Makes a connection of a stream behind a complete opening handshake. `start` on the session lets it run. */
export function join<Data>(
  socket: Duplex,
  environment: SessionEnvironment<Data>,
  reading: Reading,
  handshake: HandshakeInfo,
  agreement: DeflateAgreement | undefined,
  data: Data,
): Session<Data> {
  const side = environment.role === "server" ? Side.Server : Side.Client;
  const session = new Session(environment);
  session.connection = new Connection(side, session, nodeKernels, {
    limits: environment.limits,
    leniency: reading.leniency,
    text: reading.text,
    autoPong: reading.autoPong,
    now: monotonicNow,
    compressionThreshold: environment.compression?.threshold ?? 0,
    ...(reading.ledger === undefined ? {} : { ledger: reading.ledger }),
    ...(agreement === undefined ? {} : codecs(agreement, side, environment)),
  });
  session.transport = new SocketTransport(socket, session.connection, session, {
    useStaticRead: reading.staticRead,
  });
  session.ws = new WebSocketConnection(session, handshake, data);
  session.outbox.isCompressing = agreement !== undefined;
  if (side === Side.Server && agreement?.serverNoContextTakeover === true)
    session.outbox.sharedWindow = agreement.serverMaxWindowBits;
  return session;
}

function codecs<Data>(
  agreement: DeflateAgreement,
  side: Side,
  environment: SessionEnvironment<Data>,
): { inflater: ReturnType<typeof createInflater>; deflater: ReturnType<typeof createDeflater> } {
  const { level, memLevel } = environment.compression ?? DEFAULT_DEFLATE_OPTIONS;
  const options = { ...DEFAULT_DEFLATE_OPTIONS, level, memLevel };
  return {
    inflater: createInflater(agreement, side, options),
    deflater: createDeflater(agreement, side, options),
  };
}
