import type { Case } from "../case/case.js";
import type { UrlScript } from "../case/url-script.js";
import { listen, type ListenOptions, type Listener } from "../net/listen.js";
import { IGNORE_EVENTS, type Transport, type TransportEvents } from "../net/transport.js";
import type { PlaySettings } from "../play/opened.js";
import type { CaseRecord } from "../record/record.js";
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
    const { clock, timeouts, profile, play } = this.#context;
    this.hasConnected = true;
    readRequest({
      connection,
      clock,
      timeoutMs: timeouts.openMs,
      lenient: profile === "autobahn",
      onRequest: (incoming) => {
        if (this.#isTaken) {
          refuse(connection.transport, { status: 503, sentence: "the case has its connection already" });
          return IGNORE_EVENTS;
        }
        this.#isTaken = true;
        const given = { url: this.url, completed: (record: CaseRecord) => this.#completed(record) };
        return play(incoming, connection.transport, from, given);
      },
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
