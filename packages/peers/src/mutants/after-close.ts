import { connect } from "node:net";
import type { Socket } from "node:net";

import { startEchoServer } from "../echo-server.js";
import { ignore } from "../listen.js";
import type { PeerOptions, RunningPeer } from "../peer.js";
import { CLOSE, FrameReader, PING, PONG, TEXT, encodeFrame } from "./frames.js";
import type { Frame } from "./frames.js";
import { startTcp } from "./mutant.js";
import type { Mutant } from "./mutant.js";

/** What a server does behind its Close frame, though it is correct otherwise. */
interface AfterClose {
  /** Answer the tester's Close frame, though it was the answer to its own. */
  readonly answersClose?: boolean;
  /** Send a text message. */
  readonly talks?: boolean;
  /** Answer the pings that came too late to be answered before. */
  readonly answersPings?: boolean;
}

/**
 * A correct server that answers the Close frame that it is sent also where it has sent one before, because it has
 * failed the connection (RFC 6455 §5.5.1, §7.1.7).
 *
 * Must be caught by every case in which it has to fail the connection.
 */
export const closesAgain: Mutant = afterClose("closesAgain", { answersClose: true });

/**
 * A correct server that sends a text message behind every Close frame of its own (RFC 6455 §5.5.1).
 *
 * Must be caught by every case.
 */
export const talksAfterClose: Mutant = afterClose("talksAfterClose", { talks: true });

/**
 * A correct server that still answers pings when it has sent its Close frame.
 *
 * Must be caught by 3.2–3.4, 4.1.3–4.1.5 and 4.2.3–4.2.5, where it has failed the connection (RFC 6455 §7.1.7), and by
 * 7.1.3, where both have closed it.
 */
export const pongsAfterClose: Mutant = afterClose("pongsAfterClose", { answersPings: true });

function afterClose(name: string, traits: AfterClose): Mutant {
  return { name, start: (options = {}) => start(options, traits) };
}

/** The correct server is one of its own, behind a proxy that adds to what it says. */
async function start(options: PeerOptions, traits: AfterClose): Promise<RunningPeer> {
  const inner = await startEchoServer();
  const outer = await startTcp(options, (client) => new Passage(client, inner.port, traits), {
    staysOpen: true,
  });
  return {
    url: outer.url,
    port: outer.port,
    close: async () => {
      await outer.close();
      await inner.close();
    },
  };
}

class Passage {
  readonly #client: Socket;
  readonly #traits: AfterClose;
  /** Pings that the server has not answered. */
  readonly #pings: Buffer[] = [];
  #serverClosed = false;
  #clientClosed = false;
  #serverEnded = false;

  constructor(client: Socket, port: number, traits: AfterClose) {
    this.#client = client;
    this.#traits = traits;
    const server = connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    const fromClient = frames((frame) => this.#fromClient(frame));
    const fromServer = frames((frame) => this.#fromServer(frame));
    server.on("error", ignore);
    client.on("data", (chunk: Buffer) => {
      if (server.writable) server.write(chunk);
      fromClient(chunk);
    });
    server.on("data", (chunk: Buffer) => {
      client.write(chunk);
      fromServer(chunk);
    });
    client.on("end", () => {
      this.#clientClosed = true;
      server.end();
      this.#end();
    });
    client.on("close", () => server.destroy());
    server.on("close", () => {
      this.#serverEnded = true;
      this.#end();
    });
    server.on("end", () => {
      this.#serverEnded = true;
      this.#end();
    });
  }

  #fromClient({ opcode, fin, rsv1, payload }: Frame): void {
    // A Close frame with reserved bits set is none: it is what the server fails the connection for.
    if (opcode === CLOSE && !rsv1) {
      if (this.#serverClosed && this.#traits.answersClose === true) this.#say(CLOSE, payload);
      this.#clientClosed = true;
      this.#end();
    } else if (opcode === PING && fin && payload.length <= 125) {
      this.#pings.push(payload);
      this.#answerPings();
    }
  }

  #fromServer({ opcode }: Frame): void {
    if (opcode === PONG) this.#pings.shift();
    if (opcode !== CLOSE) return;
    this.#serverClosed = true;
    if (this.#traits.talks === true) this.#say(TEXT, Buffer.from("too late"));
    this.#answerPings();
  }

  #answerPings(): void {
    if (this.#traits.answersPings !== true || !this.#serverClosed) return;
    for (const payload of this.#pings.splice(0)) this.#say(PONG, payload);
  }

  #say(opcode: number, payload: Buffer): void {
    if (this.#client.writable) this.#client.write(encodeFrame(opcode, payload));
  }

  /** The server ends TCP as soon as it has failed the connection; here it waits for the tester's Close frame. */
  #end(): void {
    if (this.#serverEnded && (this.#clientClosed || !this.#serverClosed)) this.#client.end();
  }
}

/** Cuts a stream into frames, behind the head of HTTP that it begins with. */
function frames(onFrame: (frame: Frame) => void): (chunk: Buffer) => void {
  const reader = new FrameReader(onFrame);
  let head: Buffer | null = Buffer.alloc(0);
  return (chunk) => {
    if (head === null) return reader.push(chunk);
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const rest = head.subarray(end + 4);
    head = null;
    return reader.push(rest);
  };
}
