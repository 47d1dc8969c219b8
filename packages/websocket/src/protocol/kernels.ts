/**
 * What only the platform can do fast. The transport injects these, so that the core stays free of Node and runs
 * wherever JavaScript does; none of them keeps a reference to its arguments.
 */
export interface Kernels {
  /**
   * XORs `bytes[from..to)` in place with a masking key (RFC 6455 §5.3). `key` holds the key's four octets with the
   * one that belongs to `bytes[from]` in the lowest eight bits (see `rotateKey`).
   */
  readonly unmask: (bytes: Uint8Array, from: number, to: number, key: number) => void;
  /** Whether the octets are well-formed UTF-8 from beginning to end. */
  readonly isUtf8: (bytes: Uint8Array) => boolean;
  /** Decodes UTF-8, a leading U+FEFF included; undefined when it is not well-formed. */
  readonly decodeText: (bytes: Uint8Array) => string | undefined;
  /** Writes `text` as UTF-8 (lone surrogates as U+FFFD) at `at` and returns the number of octets written. */
  readonly encodeText: (text: string, into: Uint8Array, at: number) => number;
  /** The number of octets that `encodeText` writes. */
  readonly textOctets: (text: string) => number;
  /** A fresh, unpredictable masking key as an unsigned 32-bit integer (§5.3, §10.3). */
  readonly maskingKey: () => number;
  /** Memory with any contents: they are written before they are read. */
  readonly allocate: (octets: number) => Uint8Array;
}
