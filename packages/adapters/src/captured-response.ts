import { STATUS_CODES, ServerResponse } from "node:http";
import type { IncomingMessage } from "node:http";

import type { UpgradeRefusal, UpgradeRequest, UpgradeResult } from "@wireproof/websocket";

type Pair = readonly [name: string, value: string];
type Chunk = string | Uint8Array;

/**
 * The response that middleware gets while a WebSocket opens. It has no socket: whatever is written stays in memory, so
 * nothing can get between the opening handshake and the frames. `answer` makes of it what an upgrade hook returns.
 */
export class CapturedResponse {
  /** A ServerResponse of node:http, whose own methods are replaced: Express gives it another prototype. */
  readonly response: ServerResponse;
  /** Resolves when somebody has ended the response, and what hooks into its end has been done. */
  readonly #ended: Promise<void>;
  readonly #chunks: Uint8Array[] = [];

  constructor(raw: IncomingMessage) {
    const response = new ServerResponse(raw);
    this.response = response;
    this.#ended = new Promise((resolve) => {
      Object.assign(response, this.#methods(response, resolve));
    });
  }

  /**
   * The answer to the opening handshake: what is decided, or what the response says if middleware ends it before that. An
   * error with a status of 400–499 refuses the client. Rejects with other errors, and when the signal is aborted.
   */
  async answer<Data>(
    decided: PromiseLike<UpgradeResult<Data>>,
    signal: AbortSignal,
  ): Promise<UpgradeResult<Data>> {
    const aborted = untilAborted(signal);
    const settled = decided.then(undefined, (error: unknown): UpgradeResult<Data> => {
      const refusal = isResponse(error) ? error : refusalOf(error);
      if (refusal === undefined) throw error;
      return refusal;
    });
    const result = await Promise.race([settled, this.#ended, aborted]);
    return result === undefined ? this.refusal() : Promise.race([this.conclude(result), aborted]);
  }

  /** Resolves when somebody has ended the response. Rejects when the signal is aborted before. */
  async ended(signal: AbortSignal): Promise<void> {
    await Promise.race([this.#ended, untilAborted(signal)]);
  }

  /**
   * Ends the response as the application has decided, unless it has been ended already. Sessions are saved and cookies
   * set while it ends, since middleware hooks into `writeHead` and `end`.
   */
  async conclude<Data>(decided: UpgradeResult<Data>): Promise<UpgradeResult<Data>> {
    const refusal = "status" in decided ? await readRefusal(decided) : undefined;
    if (!this.response.writableEnded) {
      this.response.statusCode = refusal?.status ?? 101;
      this.response.end();
    }
    await this.#ended;
    const headers = merged(this.#headers(), pairsOf(decided.headers));
    return refusal === undefined
      ? { ...(decided as object as { data: Data }), headers }
      : { ...refusal, headers };
  }

  /** The refusal of middleware that has answered by itself. */
  refusal(): UpgradeRefusal {
    const body = Buffer.concat(this.#chunks).toString();
    return { status: this.response.statusCode, headers: this.#headers(), body };
  }

  #headers(): Pair[] {
    const { response } = this;
    return response
      .getHeaderNames()
      .filter((name) => !isFraming(name))
      .flatMap((name) => [response.getHeader(name) ?? []].flat().map((value): Pair => [name, String(value)]));
  }

  #methods(response: ServerResponse, ended: () => void): object {
    const begin = (): void => {
      if (!response.headersSent) response.writeHead(response.statusCode);
    };
    const take = (chunk: Chunk | null | undefined, encoding: unknown): void => {
      if (chunk === undefined || chunk === null) return;
      this.#chunks.push(typeof chunk === "string" ? Buffer.from(chunk, encodingOf(encoding)) : chunk);
    };
    const end = (...args: unknown[]): ServerResponse => {
      const done = args.find((arg) => typeof arg === "function") as (() => void) | undefined;
      if (response.writableEnded) return response;
      begin();
      if (typeof args[0] !== "function") take(args[0] as Chunk, args[1]);
      response.finished = true;
      process.nextTick(() => {
        done?.();
        response.emit("finish");
        response.emit("close");
        ended();
      });
      return response;
    };
    return {
      end,
      writeHead: (status: number, ...rest: unknown[]): ServerResponse => {
        // They have to be found by getHeader, which Node does not promise.
        for (const [name, value] of fieldsOf(rest.at(-1))) response.setHeader(name, value);
        if (typeof rest[0] === "string") response.statusMessage = rest[0];
        return ServerResponse.prototype.writeHead.call(response, status) as ServerResponse;
      },
      write: (chunk: Chunk, ...rest: unknown[]): boolean => {
        if (response.writableEnded) return false;
        begin();
        take(chunk, rest[0]);
        const done = rest.at(-1);
        if (typeof done === "function") process.nextTick(done);
        return true;
      },
      flushHeaders: begin,
      writeContinue: nothing,
      writeProcessing: nothing,
      writeEarlyHints: nothing,
      destroy: (): ServerResponse => {
        if (!response.headersSent) response.statusCode = 500;
        return end();
      },
    };
  }
}

/**
 * The request as middleware expects it: an extended CONNECT of HTTP/2 asks for what a GET of HTTP/1.1 asks for (RFC 8441
 * §5).
 */
export function requestOf({ raw }: UpgradeRequest): IncomingMessage {
  const request = raw as IncomingMessage;
  if (request.method === "CONNECT") request.method = "GET";
  return request;
}

/** A Response that was thrown, as upgrade hooks may do; of this realm's fetch or of any other. */
function isResponse(error: unknown): error is Response {
  if (typeof error !== "object" || error === null) return false;
  const { status, text } = error as Partial<Response>;
  return typeof status === "number" && typeof text === "function";
}

/** A promise that is rejected when the server does not wait any longer. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}

/**
 * The refusal that an error of middleware stands for; undefined for a fault of the application. As Express and Koa do it:
 * an error with a status of 400–499 is one of the client, who is told what it says.
 */
function refusalOf(error: unknown): UpgradeRefusal | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { status, statusCode = status, expose, message } = error as Partial<Record<string, unknown>>;
  if (typeof statusCode !== "number" || statusCode < 400 || statusCode > 499) return undefined;
  const text = expose === false ? undefined : message;
  return { status: statusCode, body: typeof text === "string" ? text : (STATUS_CODES[statusCode] ?? "") };
}

async function readRefusal(decided: UpgradeRefusal | Response): Promise<UpgradeRefusal> {
  const { status, body } = decided;
  if (typeof body === "string" || body === undefined) return { status, body: body ?? "" };
  return { status, body: await (decided as Response).text() };
}

/** All of the second, and those of the first whose names it does not have; cookies of both. */
function merged(first: readonly Pair[], second: readonly Pair[]): Pair[] {
  const names = new Set(second.map(([name]) => name.toLowerCase()));
  names.delete("set-cookie");
  return [...first.filter(([name]) => !names.has(name.toLowerCase())), ...second];
}

function pairsOf(headers: UpgradeRefusal["headers"] | Headers): readonly Pair[] {
  if (headers === undefined) return [];
  return Symbol.iterator in headers ? [...headers] : Object.entries(headers);
}

/** The ways in which `writeHead` takes header fields: an object, a list of pairs, or names and values in turn. */
function fieldsOf(headers: unknown): [string, string | string[]][] {
  if (typeof headers !== "object" || headers === null) return [];
  if (!Array.isArray(headers)) {
    const all = Object.entries(headers as Record<string, string | string[] | undefined>);
    return all.filter((field): field is [string, string | string[]] => field[1] !== undefined);
  }
  const list = headers as (string | [string, string])[];
  if (Array.isArray(list[0])) return list as [string, string][];
  return list.flatMap((name, at) => (at % 2 === 0 ? [[name as string, list[at + 1] as string]] : []));
}

/** What only the endpoint can say: how the connection goes on, and how long a body is. */
function isFraming(name: string): boolean {
  const lower = name.toLowerCase();
  return FRAMING.has(lower) || lower.startsWith("sec-websocket-");
}

const FRAMING: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "transfer-encoding",
  "upgrade",
]);

function encodingOf(encoding: unknown): BufferEncoding {
  return typeof encoding === "string" && Buffer.isEncoding(encoding) ? encoding : "utf8";
}

function nothing(): void {}
