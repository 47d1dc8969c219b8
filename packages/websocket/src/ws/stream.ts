import { Duplex } from "node:stream";
import type { DuplexOptions } from "node:stream";

import { ReadyState } from "./ready-state.js";
import type { WebSocket } from "./websocket.js";

/**
 * A stream of the messages of a WebSocket: what comes is read as chunks, and each chunk that is written is sent as one
 * binary message (a string as text with `decodeStrings: false`). Ending the stream closes the WebSocket, destroying it
 * terminates it, and an error of the one is an error of the other.
 */
export function createWebSocketStream(websocket: WebSocket, options?: DuplexOptions): Duplex {
  return new MessageDuplex(websocket, options);
}

class MessageDuplex extends Duplex {
  readonly #websocket: WebSocket;
  /** An error of the WebSocket has begun a closing handshake, which must not be cut short. */
  #mayTerminate = true;

  constructor(websocket: WebSocket, options: DuplexOptions | undefined) {
    super({ ...options, autoDestroy: false, emitClose: false, objectMode: false, writableObjectMode: false });
    this.#websocket = websocket;
    websocket.on("message", (message, isBinary) => {
      const chunk = !isBinary && this.readableObjectMode ? (message as Buffer).toString() : message;
      if (!this.push(chunk)) websocket.pause();
    });
    websocket.once("error", (error) => {
      if (this.destroyed) return;
      this.#mayTerminate = false;
      this.destroy(error);
    });
    websocket.once("close", () => {
      if (!this.destroyed) this.push(null);
    });
    this.on("end", () => this.#destroyIfDone());
    this.on("error", this.#onError);
  }

  override _read(): void {
    if (this.#websocket.isPaused) this.#websocket.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    const websocket = this.#websocket;
    if (websocket.readyState === ReadyState.CONNECTING)
      websocket.once("open", () => this._write(chunk, encoding, done));
    else websocket.send(chunk, done);
  }

  override _final(done: (error?: Error | null) => void): void {
    const websocket = this.#websocket;
    if (websocket.readyState === ReadyState.CONNECTING) {
      websocket.once("open", () => this._final(done));
      return;
    }
    const socket = websocket._socket;
    // The opening handshake has failed, of which an error tells.
    if (socket === null) return;
    if (socket.writableFinished) {
      done();
      if (this.readableEnded) this.destroy();
    } else {
      // Destroyed once the end of the WebSocket has been read, too.
      socket.once("finish", () => done());
      websocket.close();
    }
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    const websocket = this.#websocket;
    const finish = (): void => {
      done(error);
      process.nextTick(() => this.emit("close"));
    };
    if (websocket.readyState === ReadyState.CLOSED) return finish();
    let isFailed = false;
    websocket.once("error", (failure) => {
      isFailed = true;
      done(failure);
    });
    websocket.once("close", () => {
      if (isFailed) process.nextTick(() => this.emit("close"));
      else finish();
    });
    if (this.#mayTerminate) websocket.terminate();
  }

  #destroyIfDone(): void {
    if (!this.destroyed && this.writableFinished) this.destroy();
  }

  readonly #onError = (error: Error): void => {
    this.removeListener("error", this.#onError);
    this.destroy();
    // Whoever has no listener is to hear of it all the same.
    if (this.listenerCount("error") === 0) this.emit("error", error);
  };
}
