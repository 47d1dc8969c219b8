import type { EventEmitter } from "node:events";

import type { WebSocket } from "../../../src/ws/index.js";
import type { Stage } from "./differential.js";

/** Class, code and message: what applications match. */
export function describeError(error: unknown): string {
  if (error === undefined || error === null) return "nothing";
  const { constructor, code, message } = error as Error & { code?: string };
  return `${constructor.name}${code === undefined ? "" : ` ${code}`}: ${message}`;
}

/** What was given to a message listener: its class and its octets. */
export function describeData(data: unknown): string {
  if (data === undefined) return "nothing";
  if (Array.isArray(data)) return `[${data.map(describeData).join(", ")}]`;
  if (typeof data === "string") return `string ${short(data)}`;
  if (data instanceof ArrayBuffer) return `ArrayBuffer ${short(Buffer.from(data).toString("latin1"))}`;
  if (Buffer.isBuffer(data)) return `Buffer ${short(data.toString("latin1"))}`;
  return Object.prototype.toString.call(data);
}

function short(text: string): string {
  return text.length > 64 ? `of ${text.length}` : JSON.stringify(text);
}

/** Notes every event of a WebSocket with its arguments and the state it finds; the scenario has to end it. */
export function watch(stage: Stage, actor: string, websocket: WebSocket): WebSocket {
  const emitter: EventEmitter = websocket;
  stage.watched.push(websocket);
  const note = (event: string, describe: (...args: unknown[]) => string): void => {
    emitter.on(event, (...args: unknown[]) =>
      stage.log(actor, event, describe(...args), `(${args.length}) state ${websocket.readyState}`),
    );
  };
  note("open", () => `${websocket.protocol}|${websocket.extensions}`);
  note("message", (data, isBinary) => `${describeData(data)} ${String(isBinary)}`);
  note("ping", describeData);
  note("pong", describeData);
  note("error", describeError);
  note("close", (code, reason) => `${String(code)} ${describeData(reason)}`);
  return websocket;
}

/** Resolves when all of them are closed. */
export async function closed(...websockets: readonly WebSocket[]): Promise<void> {
  const open = websockets.filter((websocket) => websocket.readyState !== websocket.CLOSED);
  await Promise.all(open.map((websocket) => next(websocket, "close")));
}

/** Resolves with the arguments of the next event. */
export function next(emitter: object, event: string): Promise<unknown[]> {
  return new Promise((resolve) => (emitter as EventEmitter).once(event, (...args) => resolve(args)));
}
