import type { Duplex } from "node:stream";

import { DEFAULT_DEFLATE_OPTIONS, createDeflater, createInflater } from "../deflate/codec.js";
import type { DeflateOptions } from "../deflate/codec.js";
import type { DeflateAgreement } from "../deflate/negotiation.js";
import { nodeKernels } from "../kernel/node-kernels.js";
import { Connection } from "../protocol/connection.js";
import type { ConnectionOptions } from "../protocol/connection.js";
import { Side } from "../protocol/state.js";
import type { Leniency, Ledger } from "../protocol/limits.js";
import { loopTurns } from "../transport/turns.js";
import { SocketTransport } from "../transport/socket-transport.js";
import type { TransportOptions } from "../transport/socket-transport.js";
import { WebSocketConnection } from "./connection.js";
import type { HandshakeInfo } from "./connection.js";
import { RatedSession } from "./rated-session.js";
import { Session } from "./session.js";
import type { SessionEnvironment } from "./session.js";

/** How one side reads and writes, the same for all its connections. */
export interface Reading {
  readonly text: "string" | "octets";
  readonly autoPong: boolean;
  readonly staticRead: boolean;
  readonly leniency: Leniency;
  readonly ledger: Ledger | undefined;
}

/** Makes the session of a stream whose opening handshake is complete. `start` of the session begins to read. */
export type Join<Data> = (
  socket: Duplex,
  handshake: HandshakeInfo,
  agreement: DeflateAgreement | undefined,
  data: Data,
) => Session<Data>;

/** Makes the connections of one server or client. Those without compression share their options. */
export function joiner<Data>(environment: SessionEnvironment<Data>, reading: Reading): Join<Data> {
  const options: ConnectionOptions = {
    limits: environment.limits,
    leniency: reading.leniency,
    text: reading.text,
    autoPong: reading.autoPong,
    now: environment.time.now,
    compressionThreshold: environment.compression?.threshold ?? 0,
    ledger: reading.ledger,
    turns: loopTurns,
  };
  const transportOptions: TransportOptions = { useStaticRead: reading.staticRead };
  return (socket, handshake, agreement, data) =>
    join(socket, environment, options, transportOptions, handshake, agreement, data);
}

function join<Data>(
  socket: Duplex,
  environment: SessionEnvironment<Data>,
  options: ConnectionOptions,
  transportOptions: TransportOptions,
  handshake: HandshakeInfo,
  agreement: DeflateAgreement | undefined,
  data: Data,
): Session<Data> {
  const side = environment.role === "server" ? Side.Server : Side.Client;
  const own = agreement === undefined ? options : withCodecs(options, agreement, side, environment);
  const { rate } = environment;
  const session = rate === undefined ? new Session(environment) : new RatedSession(environment, rate);
  session.connection = new Connection(side, session, nodeKernels, own);
  session.transport = new SocketTransport(socket, session.connection, session, transportOptions);
  session.ws = new WebSocketConnection(session, handshake, data);
  session.outbox.isCompressing = agreement !== undefined;
  if (side === Side.Server && agreement?.serverNoContextTakeover === true)
    session.outbox.sharedWindow = agreement.serverMaxWindowBits;
  return session;
}

/** Not with a spread, which makes another hidden class of 300 octets. */
function withCodecs<Data>(
  options: ConnectionOptions,
  agreement: DeflateAgreement,
  side: Side,
  environment: SessionEnvironment<Data>,
): ConnectionOptions {
  const { limits, leniency, text, autoPong, now, ledger, turns, compressionThreshold } = options;
  const codecOptions = codecOptionsOf(environment);
  const inflater = createInflater(agreement, side, codecOptions);
  const deflater = createDeflater(agreement, side, codecOptions);
  return { limits, leniency, text, autoPong, now, ledger, turns, compressionThreshold, inflater, deflater };
}

function codecOptionsOf<Data>({ compression }: SessionEnvironment<Data>): DeflateOptions {
  const { level, memLevel } = compression ?? DEFAULT_DEFLATE_OPTIONS;
  const { syncLimit, maxConcurrent } = DEFAULT_DEFLATE_OPTIONS;
  return { level, memLevel, syncLimit, maxConcurrent };
}
