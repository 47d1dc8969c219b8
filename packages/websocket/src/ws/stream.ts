import { Duplex } from "node:stream";
import type { DuplexOptions } from "node:stream";

import { ReadyState } from "./ready-state.js";
import type { WebSocket } from "./websocket.js";

/**
 * A stream of the messages of a WebSocket: what comes is read as chunks, and each chunk that is written is sent as one
 * binary message (a string as text with `decodeStrings: false`). Ending the stream closes the WebSocket, destroying it
 * terminates it, and an error of one is an error of the other.
 *
 * @param websocket - The WebSocket, which may still be connecting.
 * @param options - As for the streams of Node.
 * @returns The stream.
 *
 * @example
 * ```ts
 * import { once } from "node:events";
 * import { WebSocket, WebSocketServer, createWebSocketStream, type AddressInfo } from "@wireproof/websocket/ws";
 *
 * const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
 * server.on("connection", (peer) => peer.send("hello"));
 * await once(server, "listening");
 * const ws = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
 * const stream = createWebSocketStream(ws, { encoding: "utf8" });
 * const [chunk] = (await once(stream, "data")) as [string];
 * console.assert(chunk === "hello");
 * stream.end();
 * server.close();
 * ```
 */
export function createWebSocketStream(websocket: WebSocket, options?: DuplexOptions): Duplex {
  const duplex = new Duplex({
    ...options,
    autoDestroy: false,
    emitClose: false,
    objectMode: false,
    writableObjectMode: false,
  });
  /** After an error of the WebSocket a closing handshake runs, which must not be cut off. */
  let mayTerminate = true;

  websocket.on("message", (message, isBinary) => {
    const chunk = !isBinary && duplex.readableObjectMode ? (message as Buffer).toString() : message;
    if (!duplex.push(chunk)) websocket.pause();
  });
  websocket.once("error", (error) => {
    if (duplex.destroyed) return;
    mayTerminate = false;
    duplex.destroy(error);
  });
  websocket.once("close", () => {
    if (!duplex.destroyed) duplex.push(null);
  });
  duplex.on("end", () => {
    if (!duplex.destroyed && duplex.writableFinished) duplex.destroy();
  });
  duplex.on("error", onError);

  // Functions without `this`: applications replace them and call the originals.
  duplex._read = () => {
    if (websocket.isPaused) websocket.resume();
  };

  duplex._write = (chunk: Buffer, encoding, done) => {
    if (websocket.readyState === ReadyState.CONNECTING)
      websocket.once("open", () => duplex._write(chunk, encoding, done));
    else websocket.send(chunk, done);
  };

  duplex._final = (done) => {
    if (websocket.readyState === ReadyState.CONNECTING) {
      websocket.once("open", () => duplex._final(done));
      return;
    }
    const socket = websocket._socket;
    // The opening handshake has failed, which emits an error.
    if (socket === null) return;
    if (socket.writableFinished) {
      done();
      if (duplex.readableEnded) duplex.destroy();
    } else {
      // Destroyed when the end of the WebSocket has been read as well.
      socket.once("finish", () => done());
      websocket.close();
    }
  };

  duplex._destroy = (error, done) => {
    const finish = (): void => {
      done(error);
      process.nextTick(emitClose, duplex);
    };
    if (websocket.readyState === ReadyState.CLOSED) return finish();
    let isFailed = false;
    websocket.once("error", (failure) => {
      isFailed = true;
      done(failure);
    });
    websocket.once("close", () => {
      if (isFailed) process.nextTick(emitClose, duplex);
      else finish();
    });
    if (mayTerminate) websocket.terminate();
  };

  return duplex;
}

function emitClose(duplex: Duplex): void {
  duplex.emit("close");
}

function onError(this: Duplex, error: Error): void {
  this.removeListener("error", onError);
  this.destroy();
  // Without a listener it still becomes an uncaught exception.
  if (this.listenerCount("error") === 0) this.emit("error", error);
}
