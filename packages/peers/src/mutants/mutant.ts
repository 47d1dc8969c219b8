import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { ignore, listen } from "../listen.js";
import type { PeerOptions, RunningPeer } from "../peer.js";

/** A deliberately broken server. Its doc comment says what is wrong and which cases have to notice. */
export interface Mutant {
  /** Also what its Server header says, where it sends one. */
  readonly name: string;
  /** Over TCP, or over TLS if the options have a certificate. Rejects if the address cannot be bound. */
  start(options?: PeerOptions): Promise<RunningPeer>;
}

export interface TcpTraits {
  /**
   * Leave our direction of TCP open when the peer ends its own. For mutants that never close TCP: without it
   * Node answers the peer's end of stream with ours.
   */
  readonly staysOpen?: boolean;
  /** Protocols that are taken over TLS (ALPN). */
  readonly alpn?: readonly string[];
}

/** A mutant that is made of what it does with each connection. */
export function tcpMutant(name: string, serve: (socket: Socket) => void, traits: TcpTraits = {}): Mutant {
  return { name, start: (options = {}) => startTcp(options, serve, traits) };
}

/** Starts a TCP or TLS server that hands over sockets whose resets do no harm. */
export function startTcp(
  options: PeerOptions,
  serve: (socket: Socket) => void,
  traits: TcpTraits = {},
): Promise<RunningPeer> {
  const guarded = (socket: Socket): void => {
    socket.on("error", ignore);
    serve(socket);
  };
  return listen(createTcpServer(options, guarded, traits), options);
}

function createTcpServer(
  options: PeerOptions,
  onSocket: (socket: Socket) => void,
  { staysOpen: allowHalfOpen = false, alpn }: TcpTraits,
): Server {
  const { tls } = options;
  // Answers are small and often two in a row: Nagle's algorithm would hold back the second.
  if (tls === undefined) return createServer({ allowHalfOpen, noDelay: true }, onSocket);
  const protocols = alpn === undefined ? {} : { ALPNProtocols: [...alpn] };
  return createTlsServer(
    { key: tls.key, cert: tls.cert, allowHalfOpen, noDelay: true, ...protocols },
    onSocket,
  );
}
