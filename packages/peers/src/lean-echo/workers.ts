import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";

import { ignore, listen } from "../listen.js";
import type { PeerOptions } from "../peer.js";
import { addedUp, ownUsage, type LeanEchoServer, type ProcessUsage } from "./usage.js";

/** What the server sends to a worker; a connection comes with its socket. */
export type WorkerCommand = "connection" | "usage";
/** What a worker sends: it is up, one of its connections is over, or what it has used. */
export type WorkerMessage = "up" | "over" | { readonly usage: ProcessUsage };

const SCRIPT = fileURLToPath(new URL("./worker.js", import.meta.url));

/** A server whose connections are served by other processes, each by the one that has the fewest. */
export async function startWorkers(count: number, options: PeerOptions): Promise<LeanEchoServer> {
  if (options.tls !== undefined) throw new TypeError("the workers of the lean server speak no TLS");
  const workers = Array.from({ length: count }, () => new Worker());
  const stopAll = async (): Promise<void> => void (await Promise.all(workers.map((worker) => worker.stop())));
  try {
    await Promise.all(workers.map((worker) => worker.isUp));
    // Not read here: every octet is the worker's.
    const server = createServer({ pauseOnConnect: true }, (socket) => handOver(socket, workers));
    const peer = await listen(server, options);
    return {
      ...peer,
      close: async () => {
        await Promise.all([stopAll(), peer.close()]);
      },
      usage: async () => addedUp([ownUsage(), ...(await Promise.all(workers.map((one) => one.usage())))]),
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function handOver(socket: Socket, workers: readonly Worker[]): void {
  const running = workers.filter((worker) => worker.isRunning);
  const [first, ...others] = running;
  if (first === undefined) socket.destroy();
  else others.reduce((best, other) => (other.load < best.load ? other : best), first).serve(socket);
}

class Worker {
  /** Connections that it has. */
  load = 0;
  /** Rejects if the process ends before it is up. */
  readonly isUp: Promise<void>;
  readonly #process: ChildProcess;
  readonly #gone: Promise<unknown>;
  #usages: ((usage: ProcessUsage) => void)[] = [];

  constructor() {
    const child = fork(SCRIPT);
    this.#process = child;
    this.#gone = once(child, "exit");
    this.isUp = new Promise((resolve, reject) => {
      child.once("exit", () => reject(new Error("a worker of the lean server has ended")));
      child.on("error", reject);
      child.on("message", (message: WorkerMessage) => {
        if (message === "up") resolve();
        else this.#onMessage(message);
      });
    });
    // A rejection that nobody waits for must not count as unhandled.
    this.isUp.catch(ignore);
  }

  get isRunning(): boolean {
    return this.#process.connected;
  }

  serve(socket: Socket): void {
    this.load++;
    this.#process.send("connection" satisfies WorkerCommand, socket, (error) => {
      if (error !== null) socket.destroy();
    });
  }

  async usage(): Promise<ProcessUsage> {
    if (!this.isRunning) throw new Error("a worker of the lean server has ended");
    const reported = new Promise<ProcessUsage>((resolve) => this.#usages.push(resolve));
    this.#process.send("usage" satisfies WorkerCommand, ignore);
    return await Promise.race([reported, this.#gone.then(() => this.usage())]);
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    if (this.isRunning) this.#process.disconnect();
    await this.#gone;
  }

  #onMessage(message: WorkerMessage): void {
    if (message === "over") this.load--;
    else if (typeof message === "object") this.#usages.shift()?.(message.usage);
  }
}
