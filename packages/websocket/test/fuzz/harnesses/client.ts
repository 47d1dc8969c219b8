import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";

import { defineHarness } from "../harness.js";
import type { Harness } from "../harness.js";
import { CLIENT_FAULTS, clientPlan, playClient } from "../play/echo-client.js";
import type { ClientPlan } from "../play/echo-client.js";
import type { RawListener } from "../play/raw-listener.js";

/** The live client under answers, redirects, proxies and streams of frames of any kind. */
export const client: Harness = defineHarness<ClientPlan>({
  name: "client",
  plans: 400,
  lanes: 8,
  mostHeldMib: 96,
  faults: CLIENT_FAULTS,
  plan: (random) => clientPlan(random),
  play: (plan, fault) => playClient(plan, { fault, onListener: register }),
  open: openProxy,
});

/** By port: what the proxy of the environment answers, as the plan says. */
const listeners = new Map<number, RawListener>();

function register(listener: RawListener): () => void {
  listeners.set(listener.port, listener);
  return () => listeners.delete(listener.port);
}

const NAMES = ["http_proxy", "no_proxy", "HTTP_PROXY", "NO_PROXY"];

/** The proxy that the environment names. */
async function openProxy(): Promise<() => Promise<void>> {
  const before = new Map(NAMES.map((name) => [name, process.env[name]]));
  const proxy = createServer({ allowHalfOpen: true }, handOn).listen(0, "127.0.0.1");
  await once(proxy, "listening");
  for (const name of NAMES) delete process.env[name];
  process.env["http_proxy"] = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  return async () => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    const closed = once(proxy, "close");
    proxy.close();
    await closed;
  };
}

/** To the listener whose port is asked for. Its script begins with what it has to read: that is put back. */
function handOn(socket: Socket): void {
  socket.on("error", () => socket.destroy());
  const onEnd = (): unknown => socket.destroy();
  socket.on("end", onEnd);
  let head = "";
  const onData = (chunk: Buffer): void => {
    head += chunk.toString("latin1");
    if (!head.includes("\r\n")) return;
    socket.off("data", onData).off("end", onEnd).pause();
    socket.unshift(Buffer.from(head, "latin1"));
    const listener = listeners.get(Number(/^CONNECT \S+:(\d+) /.exec(head)?.[1]));
    if (listener === undefined) socket.destroy();
    else {
      listener.take(socket);
      socket.resume();
    }
  };
  socket.on("data", onData);
}
