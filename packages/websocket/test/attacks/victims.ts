import { once } from "node:events";
import type { EventEmitter } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import type { TestContext } from "node:test";

import { connect } from "../../src/index.js";
import type { WebSocketConnection } from "../../src/index.js";
import { WebSocket, WebSocketServer } from "../../src/ws/index.js";
import { goodAnswer, startRawServer } from "../client/raw-server.js";
import { frame } from "../support/frames.js";
import type { FrameShape } from "../support/frames.js";
import { readModeSettled, startServer } from "../support/live-server.js";
import { requestText } from "../support/raw-client.js";
import { Attacker, toServer } from "./attacker.js";
import type { Talker } from "./attacker.js";

export { Attacker } from "./attacker.js";

/** How a victim is set up, in words that both interfaces have. */
export interface VictimOptions {
  /** Octets of a message; by default as much as the interface allows. */
  readonly messageOctets?: number;
  /** permessage-deflate is agreed on, with context takeover of the attacker. */
  readonly isCompressing?: boolean;
  readonly staticRead?: boolean;
  readonly onMessage?: (octets: number) => void;
  readonly onPing?: () => void;
  /** What the victim's error handler gets: the id of the problem, or the code of `ws`. */
  readonly onError?: (what: string) => void;
}

/** A victim that is attacked over an open connection. */
export interface Victim {
  readonly name: string;
  /** `octets` that such a victim reads as this frame. */
  readonly encode: (shape: FrameShape) => Uint8Array;
  readonly open: (context: TestContext, options?: VictimOptions) => Promise<Attacker>;
}

/** Both sides of both interfaces. */
export const VICTIMS: readonly Victim[] = [
  { name: "server", encode: toServer, open: attackServer },
  { name: "client", encode: frame, open: attackClient },
  { name: "server of the drop-in", encode: toServer, open: attackWsServer },
  { name: "client of the drop-in", encode: frame, open: attackWsClient },
];

const DEFLATE = "Sec-WebSocket-Extensions: permessage-deflate";

async function attackServer(context: TestContext, options: VictimOptions = {}): Promise<Attacker> {
  let victim: WebSocketConnection | undefined;
  const live = await startServer(context, {
    ...modernOptions(options),
    open: (ws) => void (victim = ws),
  });
  return attackFrom(context, live.port, options, () => victim);
}

async function attackClient(context: TestContext, options: VictimOptions = {}): Promise<Attacker> {
  await readModeSettled();
  const [url, socket] = await answering(context, options);
  const victim = await connect(url, modernOptions(options));
  context.after(() => victim.terminate());
  return new Attacker(await socket, frame, () => victim);
}

async function attackWsServer(context: TestContext, options: VictimOptions = {}): Promise<Attacker> {
  await readModeSettled();
  const wss = new WebSocketServer({ host: "127.0.0.1", port: 0, ...wsOptions(options) });
  let victim: WebSocket | undefined;
  wss.on("connection", (there: WebSocket) => listen((victim = there), options));
  await once(wss as EventEmitter, "listening");
  context.after(() => {
    victim?.terminate();
    wss.close();
  });
  const { port } = wss.address() as AddressInfo;
  return attackFrom(context, port, options, () => victim);
}

async function attackWsClient(context: TestContext, options: VictimOptions = {}): Promise<Attacker> {
  await readModeSettled();
  const [url, socket] = await answering(context, options);
  const victim = new WebSocket(url, wsOptions(options));
  context.after(() => victim.terminate());
  listen(victim, options);
  await once(victim as EventEmitter, "open");
  return new Attacker(await socket, frame, () => victim);
}

/** Opens a connection as a client that goes on to misbehave. */
async function attackFrom(
  context: TestContext,
  port: number,
  { isCompressing }: VictimOptions,
  victim: () => Talker | undefined,
): Promise<Attacker> {
  const extensions = isCompressing === true ? "permessage-deflate" : null;
  const request = requestText({ headers: { "Sec-WebSocket-Extensions": extensions } });
  return Attacker.dial(context, port, request, victim);
}

/** A server that answers as it has to and goes on to misbehave: its URL, and its socket when it has answered. */
async function answering(
  context: TestContext,
  { isCompressing }: VictimOptions,
): Promise<[url: string, socket: Promise<Socket>]> {
  let answered: (socket: Socket) => void = () => {};
  const socket = new Promise<Socket>((resolve) => (answered = resolve));
  const server = await startRawServer(context, (it, head) => {
    it.write(goodAnswer(head, isCompressing === true ? [DEFLATE] : []));
    answered(it);
  });
  return [server.url, socket];
}

function modernOptions(options: VictimOptions) {
  const { messageOctets, isCompressing = false, staticRead = true, onMessage, onPing, onError } = options;
  return {
    compression: isCompressing,
    staticRead,
    heartbeat: false,
    limits: messageOctets === undefined ? {} : { messageOctets },
    message: (_ws: unknown, data: string | Uint8Array) => onMessage?.(data.length),
    ping: () => onPing?.(),
    error: (_ws: unknown, error: { readonly problem?: string | undefined }) =>
      onError?.(error.problem ?? "none"),
  } as const;
}

function wsOptions({ messageOctets, isCompressing = false }: VictimOptions) {
  return {
    perMessageDeflate: isCompressing,
    ...(messageOctets === undefined ? {} : { maxPayload: messageOctets }),
  };
}

function listen(victim: WebSocket, { onMessage, onPing, onError }: VictimOptions): void {
  victim.on("message", (data) => onMessage?.((data as Buffer).length));
  victim.on("ping", () => onPing?.());
  victim.on("error", (error: NodeJS.ErrnoException) => onError?.(error.code ?? error.message));
}
