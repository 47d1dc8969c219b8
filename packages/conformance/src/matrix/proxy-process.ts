import { readFileSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";

import { untilAccepted } from "../child/accepting.js";
import { Child } from "../child/child.js";
import { parseCommandLine } from "../child/command-line.js";
import { OutputRing } from "../child/output-ring.js";
import { cut } from "../report/escape.js";
import { freePort } from "./free-port.js";
import type { ProxyProgram } from "./manifest.js";

/** How a proxy is started. */
export interface ProxyStart {
  /** The folder with the manifest. */
  readonly source: string;
  readonly program: ProxyProgram;
  /** A folder of its own, which is emptied. */
  readonly folder: string;
  /** The port of the server behind it. */
  readonly behind: number;
  /** Seconds after which it cuts an idle connection. */
  readonly idleSeconds: number;
  /** A private key and its certificate (PEM), for a proxy that speaks TLS. */
  readonly tls?: string;
}

/** A proxy could not be started. The message is a sentence. */
export class ProxyError extends Error {
  override readonly name = "ProxyError";
}

export interface RunningProxy {
  readonly port: number;
  /** Why it has ended although nobody asked, in a clause; undefined while it runs. */
  readonly crash: () => string | undefined;
  readonly stop: () => Promise<void>;
}

/** A proxy may take this long to accept connections, in milliseconds: what a busy machine loses is added. */
const START_MS = 30_000;
/** Characters kept of what it prints. */
const PRINTED = 4096;
const COMPLAINT = 300;

/** Writes the files of a proxy into its folder, filled in, and returns the command that starts it there. */
export function prepareProxy(it: ProxyStart, port: number): string {
  const { source, program, folder, behind, idleSeconds, tls } = it;
  const fill = (text: string): string =>
    text
      .replaceAll("{port}", String(port))
      .replaceAll("{behind}", String(behind))
      .replaceAll("{idle}", String(idleSeconds));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of program.files)
    writeFileSync(join(folder, basename(file)), fill(readFileSync(join(source, file), "utf8")));
  if (tls !== undefined) writeFileSync(join(folder, "tls.pem"), tls, { mode: 0o600 });
  return fill(program.start);
}

/** Starts a proxy, and resolves when it accepts connections. Rejects with a ProxyError. */
export async function startProxy(it: ProxyStart, signal: AbortSignal): Promise<RunningProxy> {
  const port = await freePort();
  const command = prepareProxy(it, port);
  const output = new OutputRing(PRINTED);
  const child = new Child({ ...parseCommandLine(command), cwd: it.folder }, output);
  const gone = new AbortController();
  let end: string | undefined;
  void child.ended.then(({ how, isAsked }) => {
    if (!isAsked) end = how;
    gone.abort();
  });
  const over = AbortSignal.any([signal, gone.signal]);
  const left = await untilAccepted([{ host: "127.0.0.1", port }], START_MS, over);
  if (left.length > 0) {
    await child.stop();
    const printed = output
      .since(0)
      .lines.map(({ text }) => text)
      .join(" ");
    const why = end === undefined ? `accepted no connection within ${START_MS / 1000} s` : end;
    throw new ProxyError(`The proxy ${why}${printed === "" ? "" : `: ${cut(printed, COMPLAINT)}`}.`);
  }
  return { port, crash: () => end, stop: () => child.stop() };
}

/** Whether a proxy can be told when to cut idle connections. */
export function hasIdleLimit(source: string, { start, files }: ProxyProgram): boolean {
  const texts = [start, ...files.map((file) => readFileSync(join(source, file), "utf8"))];
  return texts.some((text) => text.includes("{idle}"));
}
