import type { Socket } from "node:net";

/** Octets of one direction that are kept; what follows is counted and dropped. */
const KEPT_OCTETS = 4 * 1024 * 1024;

/** How a direction ended: by FIN, by RST; or not yet. */
export type Ending = "open" | "fin" | "reset";

/** One end of a connection: what came is kept, what goes out is written as it is. FIN of the other side ends nothing here. */
export class End {
  /** How the other side ended, as far as it is known here. */
  ending: Ending = "open";
  /** Octets before this position were read already. */
  from = 0;
  readonly #socket: Socket;
  readonly #log: (line: string) => void;
  #octets = Buffer.alloc(0);
  #hasError = false;

  /** `ring`: called after everything that happens; `log`: called with a line for it. */
  constructor(socket: Socket, ring: () => void, log: (line: string) => void) {
    this.#socket = socket;
    this.#log = log;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => {
      log(`< ${shown(chunk)}`);
      if (this.#octets.length < KEPT_OCTETS) this.#octets = Buffer.concat([this.#octets, chunk]);
      ring();
    });
    socket.on("end", () => {
      log("< FIN");
      if (this.ending === "open") this.ending = "fin";
      ring();
    });
    // A write that fails behind a FIN is no news: only what ends the reading counts.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      this.#hasError = true;
      log(`< ${error.code}`);
      if (error.code === "ECONNRESET" && this.ending === "open") this.ending = "reset";
      ring();
    });
    socket.on("close", () => {
      if (this.ending === "open" && this.#hasError) this.ending = "reset";
      ring();
    });
  }

  /** What came and was not read yet. */
  get rest(): Buffer {
    return this.#octets.subarray(this.from);
  }

  get isDestroyed(): boolean {
    return this.#socket.destroyed;
  }

  /** Whether these octets are among what was not read yet. */
  has(octets: string | Uint8Array): boolean {
    return this.rest.includes(typeof octets === "string" ? octets : Buffer.from(octets));
  }

  /** The next head of HTTP with its empty line, if it is there as a whole; it is read then. */
  takeHead(): string | null {
    const end = this.rest.indexOf("\r\n\r\n");
    if (end < 0) return null;
    const head = this.rest.toString("latin1", 0, end + 4);
    this.from += end + 4;
    return head;
  }

  /** Writes in one piece. */
  send(...parts: readonly (string | Uint8Array)[]): void {
    const octets = Buffer.concat(
      parts.map((part) => (typeof part === "string" ? Buffer.from(part, "latin1") : part)),
    );
    this.#log(`> ${shown(octets)}`);
    if (!this.#socket.destroyed) this.#socket.write(octets);
  }

  /** Sends FIN behind what was written. The other direction stays open. */
  finish(): void {
    this.#log("> FIN");
    this.#socket.end();
  }

  /** Sends RST. */
  reset(): void {
    this.#log("> RST");
    this.#socket.resetAndDestroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

const SHOWN_OCTETS = 400;

/** Octets for people: text as text, the rest in hexadecimal. */
function shown(octets: Uint8Array): string {
  const first = Buffer.from(octets.subarray(0, SHOWN_OCTETS));
  const more = octets.length > SHOWN_OCTETS ? ` … ${octets.length} octets` : "";
  const text = first.toString("latin1");
  // oxlint-disable-next-line no-control-regex -- control characters decide
  return (/^[\r\n\t\x20-\x7e]+$/.test(text) ? JSON.stringify(text) : first.toString("hex")) + more;
}
