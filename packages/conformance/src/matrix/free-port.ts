import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that systems give to connections, so that no connection takes it before the server listens. */
const LOWEST = 12_000;
const HIGHEST = 30_000;
/** So many are tried. */
const TRIES = 100;

/** A port of 127.0.0.1 at which nothing listens now, for a server that cannot choose one itself. */
export async function freePort(): Promise<number> {
  for (let i = 0; i < TRIES; i++) {
    const port = randomInt(LOWEST, HIGHEST);
    if (await isFree(port)) return port;
  }
  throw new Error(`${TRIES} ports were tried, and none was free`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
