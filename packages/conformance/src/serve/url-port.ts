import type { Case } from "../case/case.js";
import type { UrlScript } from "../case/url-script.js";
import { listen, type ListenOptions, type Listener } from "../net/listen.js";
import { IGNORE_EVENTS, type Transport, type TransportEvents } from "../net/transport.js";
import type { PlaySettings } from "../play/opened.js";
import type { CaseRecord } from "../record/record.js";
import { acceptHttp2 } from "../tester/accept-http2.js";
import { readRequest, type IncomingRequest } from "../tester/read-request.js";
import { refuse } from "../tester/refusal.js";
import type { GivenUrl } from "./flights.js";

/** A case whose URL the tester chooses, at a port of its own: its path and its query are those of the case. */
export interface UrlPort {
  /** What the client gets. */
  readonly url: string;
  /** A connection has come, whatever came on it. */
  readonly hasConnected: boolean;
  close(): Promise<void>;
}

export interface UrlPortContext extends Pick<PlaySettings, "clock" | "timeouts" | "profile"> {
  readonly case: Case & { readonly url: UrlScript };
  readonly tls: ListenOptions["tls"] | undefined;
  /** Aborted: what is open there ends. */
  readonly signal: AbortSignal;
  /** Plays the case on the connection of the first request. */
  readonly play: (
    incoming: IncomingRequest,
    transport: Transport,
    from: string,
    given: GivenUrl,
  ) => TransportEvents;
}

/** A client opens one connection, and another one for a redirect. */
const MOST_CONNECTIONS = 8;
const GRACE_MS = 500;
/** How long a client may keep a connection of HTTP/2 on which it can ask for nothing. */
const IDLE_MS = 10_000;

/**
 * Listens for the only request of a case. A string says why that cannot be, in a clause.
 *
 * Nobody else is expected here, so Origin and Host are not checked, which may be odd in these cases: the port is open for
 * one play, and whoever finds it gets an empty WebSocket that is closed at once.
 */
export async function openUrlPort(context: UrlPortContext): Promise<UrlPort | string> {
  const { tls, timeouts } = context;
  const { at, asks } = context.case.url;
  if (asks === "no-downgrade" && tls === undefined) return "this case needs TLS: --tls";
  const usual = tls === undefined ? 80 : 443;
  const host = at === "ipv6" ? "::1" : "127.0.0.1";
  const isDefault = at === "default-port";
  const port = new OwnPort(context);
  try {
    const listener = await listen({
      host,
      port: isDefault ? usual : 0,
      ...(tls === undefined ? {} : { tls }),
      ...(asks === "http2-setting" ? { alpn: ["h2", "http/1.1"] } : {}),
      maxConnections: MOST_CONNECTIONS,
      tlsSetupMs: timeouts.connectMs,
      onPlainRequest: () => port.sawPlain(),
      onConnection: (connection, from) => port.accept(connection, from),
    });
    return port.begin(listener, isDefault);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    if (isDefault) return `the tester cannot listen at port ${usual}${code}`;
    return `the tester cannot listen at ${host}${code}`;
  }
}

class OwnPort implements UrlPort {
  readonly #context: UrlPortContext;
  #listener: Listener | undefined;
  #isTaken = false;
  #isPlain = false;
  #onPlain: () => void = () => undefined;
  url = "";
  hasConnected = false;

  constructor(context: UrlPortContext) {
    this.#context = context;
  }

  begin(listener: Listener, isDefault: boolean): UrlPort {
    this.#listener = listener;
    const base = isDefault ? listener.url.replace(/:\d+$/, "") : listener.url;
    const [scheme = "", address = ""] = base.split("://");
    const values: Readonly<Record<string, string>> = { base, scheme, address };
    const { text } = this.#context.case.url;
    this.url = text.replace(/\{([a-z]+)\}/g, (braced, word: string) => values[word] ?? braced);
    return this;
  }

  accept(connection: Parameters<ListenOptions["onConnection"]>[0], from: string): void {
    const { clock, timeouts, profile } = this.#context;
    const isOverHttp2 = this.#context.case.url.asks === "http2-setting";
    // A client that sees what the settings do not allow has to leave it at the connection.
    this.hasConnected = !isOverHttp2;
    readRequest({
      connection,
      clock,
      timeoutMs: timeouts.openMs,
      lenient: profile === "autobahn",
      ...(isOverHttp2 ? { onHttp2: () => this.#withoutConnect(connection.transport, from) } : {}),
      onRequest: (incoming) => this.#take(incoming, connection.transport, from),
    });
  }

  #take(incoming: IncomingRequest, transport: Transport, from: string): TransportEvents {
    if (this.#isTaken || (incoming.http2 !== undefined && incoming.checked.kind === "plain")) {
      const sentence = "only the case is here, and it has one connection";
      refuse(transport, { status: this.#isTaken ? 503 : 404, sentence });
      return IGNORE_EVENTS;
    }
    this.#isTaken = true;
    const given = { url: this.url, completed: (record: CaseRecord) => this.#completed(record) };
    return this.#context.play(incoming, transport, from, given);
  }

  /** HTTP/2 whose settings do not allow extended CONNECT. */
  #withoutConnect(transport: Transport, from: string): TransportEvents {
    const { timeouts } = this.#context;
    let streams = 0;
    return acceptHttp2({
      ...this.#context,
      transport,
      idleMs: IDLE_MS * timeouts.scale,
      takesConnect: false,
      entered: () => {
        if (streams >= MOST_CONNECTIONS) return false;
        streams++;
        return true;
      },
      left: () => streams--,
      onRequest: (incoming, stream) => this.#take(incoming, stream, from),
    });
  }

  sawPlain(): void {
    this.#isPlain = true;
    this.#onPlain();
  }

  /** Whether a client follows a redirect shows when the connection is over. That it does not, only a pause shows. */
  async #completed(record: CaseRecord): Promise<CaseRecord> {
    const { clock, timeouts } = this.#context;
    if (this.#context.case.url.asks !== "no-downgrade" || !record.handshake.opened) return record;
    if (!this.#isPlain) {
      await new Promise<void>((resolve) => {
        const timer = clock.deadline(timeouts.waitMs, resolve);
        this.#onPlain = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    if (!this.#isPlain) return record;
    return { ...record, handshake: { ...record.handshake, downgraded: true } };
  }

  async close(): Promise<void> {
    await this.#listener?.close(GRACE_MS);
  }
}
