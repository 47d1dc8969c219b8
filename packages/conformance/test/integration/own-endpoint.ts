/**
 * The endpoint of this project in a process of its own, so that the suite can judge it on another Node than the one
 * that it runs on itself: a job comes from the parent process, a report goes back.
 */
import { readMode } from "@wireproof/websocket";
import type { ReadMode } from "@wireproof/websocket";
import type { WalkOptions } from "@wireproof/peers";
import { startEchoServer } from "../../src/modes/echo-server.js";

/** What the process is to be: an echo server, or a client that walks through the cases of a fuzzing server. */
export type Job =
  | { readonly role: "server"; readonly tls?: { readonly key: string; readonly cert: string } }
  | { readonly role: "client"; readonly walk: WalkOptions };

/** Which of its ways the endpoint takes on this Node and in this environment. */
export interface Ways {
  /** Such as "v24.1.0". */
  readonly node: string;
  readonly tcp: ReadMode;
  readonly tls: ReadMode;
  /** Whether zlib is reached through Node's internals. */
  readonly nativeZlib: boolean;
  /** Whether octets are unmasked in WebAssembly. */
  readonly wasm: boolean;
}

/** Sent once the server listens, or once the client has been everywhere. */
export interface Report {
  readonly ways: Ways;
  /** Of a server. */
  readonly url?: string;
}

process.on("disconnect", () => process.exit());
process.once("message", (job: Job) => void work(job));

async function work(job: Job): Promise<void> {
  // Before the first connection, so that none is read in the mode of those that come too early.
  const ways = await waysOfThisProcess();
  if (job.role === "server") {
    const { url } = await startEchoServer({ host: "127.0.0.1", port: 0, path: undefined, tls: job.tls });
    tell({ ways, url });
  } else {
    // Only here: other clients than ours come along, and not all of them can do without WebAssembly.
    const { walkWireproof } = await import("@wireproof/peers");
    await walkWireproof(job.walk);
    tell({ ways });
  }
}

function tell(report: Report): void {
  process.send?.(report);
}

/** What the file with the implementation exports beside the interfaces; users are told no more than the read mode. */
interface Inside {
  settleReadMode(): Promise<void>;
  usesInternals(): boolean;
  readonly wasmKernel: object | undefined;
}

async function waysOfThisProcess(): Promise<Ways> {
  const file = new URL("endpoint.cjs", import.meta.resolve("@wireproof/websocket"));
  const { default: inside } = (await import(file.href)) as { default: Inside };
  await inside.settleReadMode();
  return {
    node: process.version,
    tcp: readMode("tcp"),
    tls: readMode("tls"),
    nativeZlib: inside.usesInternals(),
    wasm: inside.wasmKernel !== undefined,
  };
}
