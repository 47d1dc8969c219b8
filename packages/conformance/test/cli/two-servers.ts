import { after, before } from "node:test";

import { mutants, startEchoServer, type RunningPeer } from "@wireproof/peers";

/** A correct server and a broken one, which run while the tests of this file do. */
export function twoServers(): { readonly sound: RunningPeer; readonly broken: RunningPeer } {
  let servers: readonly [sound: RunningPeer, broken: RunningPeer] | undefined;
  before(async () => {
    servers = [await startEchoServer(), await mutants.sloppy.start()];
  });
  after(async () => {
    for (const server of servers ?? []) await server.close();
  });
  const started = (): readonly [sound: RunningPeer, broken: RunningPeer] => {
    if (servers === undefined) throw new Error("the servers run in tests only");
    return servers;
  };
  return {
    get sound() {
      return started()[0];
    },
    get broken() {
      return started()[1];
    },
  };
}
