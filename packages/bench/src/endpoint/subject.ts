import { openEchoLoad } from "./load/echo.js";
import { newHandshakeLoad } from "./load/handshakes.js";
import type { Load } from "./load/load.js";
import { openPublishLoad } from "./load/publish.js";
import type { Address } from "./load/raw-connection.js";
import { echoExchange, publishExchange } from "./messages.js";
import type { ServerSetup } from "./protocol.js";
import type { Row, Work } from "./rows.js";
import { ServerProcess } from "./server-process.js";
import type { Launch } from "./servers.js";

/** A server that runs, with its load ready to start. */
export interface Subject {
  readonly name: string;
  readonly about: string;
  readonly server: ServerProcess;
  readonly load: Load;
}

export type Certificate = NonNullable<ServerSetup["tls"]>;

/** How a server is put to work. */
export interface Candidate {
  readonly name: string;
  readonly isRaw: boolean;
  /** It is asked over HTTP/2, so many streams on each TCP connection. */
  readonly streams?: number;
  readonly launch: Launch;
}

export function setupOf({ work, deflate, tls }: Row, certificate: Certificate): ServerSetup {
  const does = work.do === "publish" ? "publish" : work.do === "bystander" ? "work" : "echo";
  return { does, deflate, tls: tls ? certificate : null };
}

/** Rejects if the server does not start or refuses its connections; no process is left behind then. */
export async function startSubject(
  row: Row,
  candidate: Candidate,
  certificate: Certificate,
): Promise<Subject> {
  const { server, up } = await ServerProcess.start(candidate.launch, setupOf(row, certificate));
  try {
    const load = await openLoad(row, addressOf(row, candidate, up.port), candidate.isRaw);
    return { name: candidate.name, about: up.about, server, load };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Where a server is, and how it is asked. */
export function addressOf({ tls }: Row, { streams }: Candidate, port: number): Address {
  return { port, tls, ...(streams === undefined ? {} : { streams }) };
}

export async function stopSubject({ load, server }: Subject): Promise<void> {
  load.close();
  await server.stop();
}

function openLoad({ work, deflate }: Row, to: Address, isRaw: boolean): Promise<Load> {
  switch (work.do) {
    case "echo":
      return openEchoLoad(to, deflate, work.connections, echoExchange(work, isRaw));
    case "publish":
      return openPublishLoad(to, work.connections, publishExchange(work.octets, isRaw));
    case "handshakes":
      return Promise.resolve(newHandshakeLoad(to, work.atOnce));
    case "idle":
    case "bystander":
      throw new Error(`${work.do} is measured in its own way`);
  }
}

/** The row with another number of connections. */
export function withConnections(row: Row, connections: number | null): Row {
  const { work } = row;
  if (connections === null || work.do === "handshakes" || work.do === "bystander") return row;
  const changed: Work = { ...work, connections };
  return { ...row, work: changed };
}
