import { createDeflater, createInflater } from "../deflate/codec.js";
import type { DeflateOptions } from "../deflate/codec.js";
import { PERMESSAGE_DEFLATE, answerOffers, checkAgreed } from "../deflate/negotiation.js";
import type { DeflateAgreement } from "../deflate/negotiation.js";
import { makeOffer } from "../deflate/negotiation.js";
import { parseExtensions } from "../handshake/extensions.js";
import type { Deflater, Inflated, Inflater } from "../protocol/codec.js";
import { Side } from "../protocol/state.js";
import { NOTHING, asBuffer } from "./data.js";
import { clientPolicy, codecOptions, isDeclined, serverPolicy } from "./deflate-options.js";
import { violationError } from "./errors.js";
import { toOffer, toParameters } from "./extension.js";
import type { Parameters } from "./extension.js";
import type { PerMessageDeflateOptions } from "./types.js";

/**
 * Parameters of permessage-deflate with the values that they have: true, or window bits, 8–15 (RFC 7692 §7.1).
 *
 * @example
 * ```ts
 * import type { AgreedParameters } from "@wireproof/websocket/ws";
 *
 * const agreed: AgreedParameters = { server_no_context_takeover: true, client_max_window_bits: 12 };
 * console.assert(agreed["client_max_window_bits"] === 12);
 * ```
 */
export type AgreedParameters = Record<string, true | number>;

/**
 * Options of one side of permessage-deflate.
 *
 * @example
 * ```ts
 * import { PerMessageDeflate, type PerMessageDeflateSettings } from "@wireproof/websocket/ws";
 *
 * const settings: PerMessageDeflateSettings = { isServer: true, maxPayload: 65_536 };
 * console.assert(new PerMessageDeflate(settings).threshold === 1024);
 * ```
 */
export interface PerMessageDeflateSettings extends PerMessageDeflateOptions {
  /** Whether it is the server's side. Default false. */
  readonly isServer?: boolean | undefined;
  /** Octets that a message may inflate to; 0: any number. Default 0. */
  readonly maxPayload?: number | undefined;
}

type Done = (error: Error | null, result?: Buffer) => void;

/**
 * One side of permessage-deflate (RFC 7692): what it offers or accepts, and how it compresses.
 *
 * @example
 * ```ts
 * import { PerMessageDeflate, extension } from "@wireproof/websocket/ws";
 *
 * const server = new PerMessageDeflate({ isServer: true });
 * const offers = extension.parse("permessage-deflate; client_max_window_bits");
 * server.accept(offers["permessage-deflate"] ?? []);
 * server.compress("hello hello hello", true, (error, octets) => {
 *   console.assert(error === null && octets !== undefined && octets.length < 17);
 *   server.cleanup();
 * });
 * ```
 */
export class PerMessageDeflate {
  /** What was agreed on; null before. */
  params: AgreedParameters | null = null;
  readonly #options: PerMessageDeflateSettings;
  readonly #side: Side;
  #agreement: DeflateAgreement | undefined = undefined;
  #deflater: Deflater | undefined = undefined;
  #inflater: Inflater | undefined = undefined;
  #whenInflated: Promise<void> = Promise.resolve();
  #whenDeflated: Promise<void> = Promise.resolve();

  /** @param options - Which side it is, and how it compresses. Default: a client. */
  constructor(options: PerMessageDeflateSettings = {}) {
    this.#options = options;
    this.#side = options.isServer === true ? Side.Server : Side.Client;
  }

  /** The name of the extension, "permessage-deflate". */
  static get extensionName(): string {
    return PERMESSAGE_DEFLATE;
  }

  /** Octets below which a message is sent uncompressed. */
  get threshold(): number {
    return this.#options.threshold ?? 1024;
  }

  /** @internal */
  get agreement(): DeflateAgreement | undefined {
    return this.#agreement;
  }

  /** @internal */
  get codecOptions(): DeflateOptions {
    return codecOptions(this.#options);
  }

  /**
   * What a client offers.
   *
   * @returns The parameters of the offer.
   * @throws A RangeError for window bits other than 8–15.
   */
  offer(): AgreedParameters {
    return valuesOf(read(makeOffer(clientPolicy(this.#options))));
  }

  /**
   * Takes the client's offers or the server's answer.
   *
   * @param configurations - The parameters of each offer, or of the answer.
   * @returns What is agreed on.
   * @throws An Error where no offer is acceptable, or where the answer does not fit the offer.
   */
  accept(configurations: readonly Parameters[]): AgreedParameters {
    const offers = configurations.map((parameters) => toOffer(PERMESSAGE_DEFLATE, parameters));
    this.params = this.#side === Side.Server ? this.#answer(offers) : this.#check(offers);
    return this.params;
  }

  /**
   * Compresses a message or a fragment.
   *
   * @param data - The payload data.
   * @param fin - Whether the message ends with it.
   * @param callback - Takes the error, or the compressed payload data.
   */
  compress(data: string | Uint8Array, fin: boolean, callback: Done): void {
    const octets = typeof data === "string" ? Buffer.from(data) : data;
    this.#whenDeflated = this.#whenDeflated.then(() => {
      this.#deflater ??= createDeflater(this.#agreed(), this.#side, this.codecOptions);
      const deflater = this.#deflater;
      return settled((done) => deflater.deflate(octets, fin, done), callback);
    });
  }

  /**
   * Inflates a message or a fragment.
   *
   * @param data - The payload data.
   * @param fin - Whether the message ends with it.
   * @param callback - Takes the error, or the inflated payload data.
   */
  decompress(data: Uint8Array, fin: boolean, callback: Done): void {
    const { maxPayload = 0 } = this.#options;
    const limit = maxPayload > 0 ? maxPayload : Infinity;
    this.#whenInflated = this.#whenInflated.then(() => {
      this.#inflater ??= createInflater(this.#agreed(), this.#side, this.codecOptions);
      const inflater = this.#inflater;
      return settled((done) => inflater.inflate(data, fin, limit, done), callback);
    });
  }

  /** Frees its compressors. */
  cleanup(): void {
    this.#deflater?.close();
    this.#inflater?.close();
    this.#deflater = undefined;
    this.#inflater = undefined;
  }

  #answer(offers: readonly ReturnType<typeof toOffer>[]): AgreedParameters {
    const open = offers.filter(({ params }) => !isDeclined(params, this.#options));
    const answer = answerOffers(open, serverPolicy(this.#options));
    if (answer === undefined) throw new Error("None of the extension offers can be accepted");
    this.#agreement = answer.agreement;
    return valuesOf(read(answer.response));
  }

  #check([answer]: readonly ReturnType<typeof toOffer>[]): AgreedParameters {
    const params = answer?.params ?? [];
    if (
      this.#options.clientNoContextTakeover === false &&
      params.some(([name]) => name === CLIENT_NO_TAKEOVER)
    )
      throw new Error(`Unexpected parameter "${CLIENT_NO_TAKEOVER}"`);
    const checked = checkAgreed(params, clientPolicy(this.#options));
    if (!checked.ok) throw new Error(checked.problem.sentence);
    this.#agreement = checked.agreement;
    return valuesOf(toParameters({ name: PERMESSAGE_DEFLATE, params }));
  }

  #agreed(): DeflateAgreement {
    return this.#agreement ?? NO_LIMITS;
  }
}

const CLIENT_NO_TAKEOVER = "client_no_context_takeover";

/** Before anything was agreed on, everything is allowed. */
const NO_LIMITS: DeflateAgreement = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: false,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 15,
};

function read(header: string): Parameters {
  const [offer] = parseExtensions([header]) ?? [];
  return offer === undefined ? {} : toParameters(offer);
}

function valuesOf(parameters: Parameters): AgreedParameters {
  const values: AgreedParameters = {};
  for (const [name, [value]] of Object.entries(parameters))
    values[name] = value === true ? true : Number(value);
  return values;
}

/** Runs one step of a codec; its result goes to the callback, whether it comes at once or later. */
function settled(
  run: (done: (result: Inflated) => void) => Inflated | undefined,
  callback: Done,
): Promise<void> {
  return new Promise((resolve) => {
    const finish = (result: Inflated): void => {
      const isThere = result instanceof Uint8Array;
      process.nextTick(
        callback,
        isThere ? null : violationError(result),
        isThere ? asBuffer(result) : NOTHING,
      );
      resolve();
    };
    const result = run(finish);
    if (result !== undefined) finish(result);
  });
}
