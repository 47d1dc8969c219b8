import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import type { CommandLine } from "../../src/child/command-line.js";

const FIXTURE = fileURLToPath(new URL("./fixture.js", import.meta.url));

/** The place to which processes of a test hold connections. */
export interface Lifelines {
  readonly port: number;
  /** Resolves with the connection of the next process that says this name. */
  next(name: string): Promise<Lifeline>;
  /** Resolves when every process that has said a name is gone. */
  allGone(): Promise<void>;
}

export interface Lifeline {
  readonly socket: Socket;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
}

/** Listens until the test is over. */
export async function lifelines(context: Pick<TestContext, "after">): Promise<Lifelines> {
  const found = new Map<string, Lifeline[]>();
  const waiting = new Map<string, ((line: Lifeline) => void)[]>();
  const sockets = new Set<Socket>();
  const all: Promise<void>[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    const gone = new Promise<void>((resolve) => socket.once("close", () => resolve()));
    socket.setEncoding("utf8").once("data", (text: string) => {
      const name = text.trim();
      const line = { socket, gone };
      all.push(gone);
      const waiter = waiting.get(name)?.shift();
      if (waiter === undefined) found.set(name, [...(found.get(name) ?? []), line]);
      else waiter(line);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    next: (name) => {
      const line = found.get(name)?.shift();
      if (line !== undefined) return Promise.resolve(line);
      return new Promise((resolve) => waiting.set(name, [...(waiting.get(name) ?? []), resolve]));
    },
    allGone: async () => {
      await Promise.all(all);
    },
  };
}

/** The command that runs `fixture.js`. */
export function fixture(mode: string, port: number): CommandLine {
  return { program: process.execPath, args: [FIXTURE, mode, String(port)], env: {} };
}

/** The same as users would type it. */
export function fixtureText(mode: string, port: number): string {
  return `'${process.execPath}' '${FIXTURE}' ${mode} ${port}`;
}
