import assert from "node:assert/strict";
import type { EventEmitter } from "node:events";
import { test } from "node:test";

import type * as Theirs from "ws";
import type { WebSocket as TheirWebSocket, WebSocketServer as TheirServer } from "ws";

import type { WebSocket, WebSocketServer } from "../../src/ws/index.js";
import type * as Ours from "../../src/ws/index.js";

// Whoever is used to @types/ws can go on with it: what is accepted there is accepted here, and what one gets there, one
// gets here. That this file compiles is most of the test; the rest is that these things are there.

/** Something of ours where theirs is wanted. */
const given = {
  websocket: (ours: WebSocket): Omit<TheirWebSocket, Told> => ours,
  clients: (ours: WebSocketServer): Iterable<Omit<TheirWebSocket, Told>> => ours.clients,
  listening: (ours: WebSocketServer): ReturnType<TheirServer["address"]> => ours.address(),
  path: (ours: WebSocketServer): TheirServer["path"] => ours.path,
  address: (ours: Ours.AddressInfo): Theirs.AddressInfo => ours,
  message: (ours: Ours.RawData): Theirs.RawData => ours,
  data: (ours: Ours.Data): Theirs.Data => ours,
  error: (ours: Ours.ErrorEvent): Omit<Theirs.ErrorEvent, "target"> => ours,
  close: (ours: Ours.CloseEvent): Omit<Theirs.CloseEvent, "target"> => ours,
};

/** What hands out WebSockets, and the type of binaries, of which there is a fourth since 8.19. */
type Told =
  | keyof EventEmitter
  | `on${keyof Ours.WebSocketEventMap}`
  | `${"add" | "remove"}EventListener`
  | "binaryType";

/** Something of theirs where ours is wanted. */
const accepted = {
  clientOptions: (theirs: Theirs.ClientOptions): Loose<Ours.ClientOptions> => theirs,
  serverOptions: (theirs: Omit<Theirs.ServerOptions, "WebSocket">): Loose<Ours.ServerOptions> => theirs,
  deflate: (theirs: Theirs.PerMessageDeflateOptions): Ours.PerMessageDeflateOptions => theirs,
  verifySync: (theirs: Theirs.VerifyClientCallbackSync): Ours.VerifyClientCallbackSync => theirs,
  verifyAsync: (theirs: Theirs.VerifyClientCallbackAsync): Ours.VerifyClientCallbackAsync => theirs,
  certificate: (theirs: Theirs.CertMeta): Ours.CertMeta => theirs,
  listenerOptions: (theirs: Theirs.EventListenerOptions): Ours.EventListenerOptions => theirs,
  sent: (theirs: Parameters<TheirWebSocket["send"]>[0]): Ours.BufferLike => theirs,
  pinged: (...theirs: Parameters<TheirWebSocket["ping"]>): Parameters<WebSocket["ping"]> => theirs,
  ponged: (...theirs: Parameters<TheirWebSocket["pong"]>): Parameters<WebSocket["pong"]> => theirs,
  closed: (...theirs: Parameters<TheirWebSocket["close"]>): Parameters<WebSocket["close"]> => theirs,
};

/** Optional properties that are undefined, with the finishRequest of our WebSocket. */
type Loose<T> = { [Key in keyof T]: Key extends "finishRequest" ? unknown : T[Key] | undefined };

test("what @types/ws has, the drop-in's types have", () => {
  const options = { maxPayload: 1, headers: { "X-Own": "1" } };
  assert.equal(accepted.clientOptions(options), options);
  assert.equal(given.data("text"), "text");
});
