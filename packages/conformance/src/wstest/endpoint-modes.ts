import { once } from "node:events";
import { plainText } from "../cli/option.js";
import { ExitCode } from "../cli/exit-code.js";
import type { Io } from "../cli/io.js";
import { targetUrl } from "../cli/target-url.js";
import { UsageError } from "../cli/usage-error.js";
import { joinBroadcast } from "../modes/broadcast-client.js";
import { startBroadcastServer } from "../modes/broadcast-server.js";
import { problemOf } from "../modes/dialling.js";
import { echoUntilClosed } from "../modes/echo-client.js";
import { startEchoServer } from "../modes/echo-server.js";
import { walkCases } from "../modes/testee-client.js";
import { escapeText } from "../report/escape.js";
import { SUITE_VERSION } from "../version.js";
import { arrivedUrl } from "./arrived.js";
import { broadcastPage } from "./broadcast-page.js";
import { bindEverywhere, listenAddress } from "./everywhere.js";
import { keyPair } from "./key-pair.js";
import { startWeb } from "./pages.js";
import { admissionOf, retriesOf, webPortOf, wstestCode, type Mode, type ModeContext } from "./settings.js";

const NAME = `wireproof/${SUITE_VERSION}`;
const TICK_MS = 1000;
const HELLO_MS = 2000;

/** `-m echoserver`. */
export const echoServer: Mode = (context) => echoes(context, false);

/** `-m testeeserver`: as echoserver, with permessage-deflate. */
export const testeeServer: Mode = (context) => echoes(context, true);

/** `-m echoclient`. */
export const echoClient: Mode = (context) => {
  return asClient(context, async (url, { signal, print }) => {
    const { code } = await echoUntilClosed(url, { compression: false, signal });
    await print(`The connection was closed with code ${code}.\n`);
  });
};

/** `-m testeeclient`. */
export const testeeClient: Mode = (context) => {
  const agent = plainText(context.given.get("ident") ?? NAME, "--ident");
  return asClient(context, async (url, { signal, print }) => {
    const onCase = (number: number, count: number): void =>
      void print(`Running case ${number} of ${count}\n`);
    const count = await walkCases({ url, agent, onCase, signal });
    await print(`Ran ${count} cases as ${escapeText(agent)}.\n`);
  });
};

/** `-m broadcastserver`. */
export const broadcastServer: Mode = async (context) => {
  const { io } = context;
  const address = listenAddress(addressOf(context));
  const tls = address.isSecure ? keyPair({}, context) : undefined;
  const server = await bindEverywhere(address.port, (host) =>
    startBroadcastServer({ host, port: address.port, tls, tickMs: TICK_MS }),
  );
  const scheme = address.isSecure ? "wss" : "ws";
  const web = await startWeb(
    { port: webPortOf(context), admission: admissionOf(context) },
    [broadcastPage(scheme, server.port)],
    io,
  );
  await io.print(`Broadcast server at ${scheme}://127.0.0.1:${server.port}\n`);
  if (web !== undefined) await io.print(`Its page is at ${web.url}\n`);
  await untilInterrupted(io);
  await Promise.all([server.close(), web?.close()]);
  return ExitCode.expected;
};

/** `-m broadcastclient`. */
export const broadcastClient: Mode = (context) => {
  return asClient(context, async (url, { signal, print }) => {
    const onMessage = (text: string): void => void print(`${escapeText(text)}\n`);
    const { code } = await joinBroadcast({ url, helloMs: HELLO_MS, onMessage, signal });
    await print(`The connection was closed with code ${code}.\n`);
  });
};

async function echoes(context: ModeContext, isTestee: boolean): Promise<number> {
  const { io } = context;
  const { port, isSecure } = listenAddress(addressOf(context));
  const tls = isSecure ? keyPair({}, context) : undefined;
  const server = await bindEverywhere(port, (host) =>
    startEchoServer({
      host,
      port,
      path: undefined,
      tls,
      name: NAME,
      compression: isTestee,
      heartbeat: false,
    }),
  );
  await io.print(
    `Echo server at ${server.url.replace("[::]", "127.0.0.1").replace("0.0.0.0", "127.0.0.1")}\n`,
  );
  await untilInterrupted(io);
  await server.close();
  return ExitCode.expected;
}

/**
 * Runs a client at the address of `-w`. If there is no server, it prints so; the exit code shows it only on request.
 */
async function asClient(context: ModeContext, work: (url: string, io: Io) => Promise<void>): Promise<number> {
  const typed = addressOf(context);
  try {
    await work(await arrivedUrl(typed, retriesOf(context), context.io), context.io);
    return ExitCode.expected;
  } catch (error) {
    if (context.io.signal.aborted) return ExitCode.expected;
    context.io.complain(escapeText(problemOf(error)));
    return wstestCode(ExitCode.unreachable, context);
  }
}

/** `-w`. Throws a UsageError. */
function addressOf({ given }: ModeContext): string {
  const typed = given.get("wsuri");
  if (typed === undefined) throw new UsageError("this mode needs an address: -w ws://127.0.0.1:9000");
  return isListening(given) ? typed : targetUrl(typed.trim());
}

/** Port 0 means any free port for a server. A client cannot connect to it. */
function isListening(given: ReadonlyMap<string, string>): boolean {
  return given.get("mode")?.endsWith("server") === true;
}

async function untilInterrupted({ signal, expectInterruption }: Io): Promise<void> {
  expectInterruption();
  if (!signal.aborted) await once(signal, "abort");
}
