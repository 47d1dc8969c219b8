import type { Socket } from "node:net";

import { onHandshake } from "./handshake.js";
import { startTcp } from "./mutant.js";
import type { Mutant } from "./mutant.js";
import { echoStrictly } from "./strict-echo.js";

/**
 * A correct echo server that hangs from the first Ping with 125 octets on: it still accepts TCP and answers opening
 * handshakes, as a server does whose workers all wait for each other, and then neither sends nor ends anything.
 *
 * Must be caught by a tester noticing at the end of the run that what passed at first passes no longer.
 */
export const hangs: Mutant = {
  name: "hangs",
  start: (options = {}) => {
    const open = new Set<Socket>();
    let isHung = false;
    const hang = (): void => {
      isHung = true;
      for (const socket of open) socket.removeAllListeners("data").removeAllListeners("end").resume();
    };
    const serve = (socket: Socket): void => {
      open.add(socket);
      socket.on("close", () => open.delete(socket));
      onHandshake(socket, { server: "hangs" }, (rest) => {
        if (isHung) {
          socket.resume();
          return;
        }
        echoStrictly(socket, rest, {});
        socket.prependListener("data", (chunk: Buffer) => {
          if (chunk[0] === 0x89 && chunk[1] === 0xfd) hang();
        });
      });
    };
    return startTcp(options, serve, { staysOpen: true });
  },
};
