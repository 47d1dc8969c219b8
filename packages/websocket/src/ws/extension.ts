import { formatExtension, parseExtensions } from "../handshake/extensions.js";
import type { ExtensionOffer, ExtensionParameter } from "../handshake/extensions.js";

/** The parameters of one offer: each name with its values, `true` where there is none. */
export type Parameters = Record<string, (string | true)[]>;

/** Extension names with their offers, in the order in which they came. */
export type Extensions = Record<string, Parameters[]>;

/** What `format` takes: single values and single offers need no list. */
export type Formattable = Record<string, Loose | readonly Loose[]>;
type Loose = Record<string, Value | readonly Value[]>;
type Value = string | number | boolean;

/**
 * Reading and writing Sec-WebSocket-Extensions (RFC 6455 §9.1).
 *
 * @example
 * ```ts
 * import { extension } from "@wireproof/websocket/ws";
 *
 * const parsed = extension.parse("permessage-deflate; client_max_window_bits=10");
 * console.assert(parsed["permessage-deflate"]?.[0]?.["client_max_window_bits"]?.[0] === "10");
 * console.assert(extension.format({ foo: { bar: true } }) === "foo; bar");
 * ```
 */
export const extension: {
  /**
   * Reads a field. No name can reach a prototype.
   *
   * @param header - The value of the field.
   * @returns The extensions with their offers.
   * @throws A SyntaxError for what does not fit the grammar.
   */
  parse(header: string): Extensions;
  /**
   * Writes a field.
   *
   * @param extensions - The extensions with their offers; single values and single offers need no list.
   * @returns The value of the field.
   */
  format(extensions: Formattable): string;
} = { parse, format };

function parse(header: string): Extensions {
  const offers = parseExtensions([header]);
  if (offers === undefined) throw new SyntaxError("This is not a list of extensions with their parameters");
  const extensions = Object.create(null) as Extensions;
  for (const offer of offers) (extensions[offer.name] ??= []).push(toParameters(offer));
  return extensions;
}

function format(extensions: Formattable): string {
  return Object.entries(extensions)
    .flatMap(([name, offers]) => list(offers).map((offer) => formatExtension(toOffer(name, offer))))
    .join(", ");
}

/** One offer of `Extensions` in the form that the negotiation works on. */
export function toOffer(name: string, parameters: Loose): ExtensionOffer {
  const params = Object.entries(parameters).flatMap(([key, values]) =>
    list(values).map((value): ExtensionParameter => [key, value === true ? undefined : String(value)]),
  );
  return { name, params };
}

export function toParameters({ params }: ExtensionOffer): Parameters {
  const parameters = Object.create(null) as Parameters;
  for (const [key, value] of params) (parameters[key] ??= []).push(value ?? true);
  return parameters;
}

function list<T>(values: T | readonly T[]): readonly T[] {
  return Array.isArray(values) ? (values as readonly T[]) : [values as T];
}
