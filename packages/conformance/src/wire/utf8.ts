/**
 * Incremental UTF-8 validation (RFC 3629): says at which octet a stream can no longer become valid. The suite
 * has its own so that a fault in the one it judges cannot hide here.
 */
export class Utf8Validator {
  /** Continuation octets still to come. */
  #needed = 0;
  /** Range of the next octet, which after some lead octets is narrower than 80..BF. */
  #low = 0x80;
  #high = 0xbf;
  #valid = true;

  /** False from the first offending octet on. */
  get valid(): boolean {
    return this.#valid;
  }

  /** True if the stream may end here: valid, and not inside a character. */
  get complete(): boolean {
    return this.#valid && this.#needed === 0;
  }

  /** Returns whether the stream is still valid. */
  push(bytes: Uint8Array): boolean {
    for (const byte of bytes) {
      if (!this.#valid) break;
      if (this.#needed > 0) this.#continuation(byte);
      else if (byte >= 0x80) this.#lead(byte);
    }
    return this.#valid;
  }

  #continuation(byte: number): void {
    if (byte < this.#low || byte > this.#high) {
      this.#valid = false;
      return;
    }
    this.#needed--;
    this.#low = 0x80;
    this.#high = 0xbf;
  }

  #lead(byte: number): void {
    if (byte >= 0xc2 && byte <= 0xdf) this.#needed = 1;
    else if (byte >= 0xe0 && byte <= 0xef) {
      this.#needed = 2;
      if (byte === 0xe0) this.#low = 0xa0; // no overlong forms
      if (byte === 0xed) this.#high = 0x9f; // no surrogates
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.#needed = 3;
      if (byte === 0xf0) this.#low = 0x90;
      if (byte === 0xf4) this.#high = 0x8f; // nothing above U+10FFFF
    } else this.#valid = false;
  }
}

/** Whether `bytes` as a whole are valid UTF-8. */
export function isUtf8(bytes: Uint8Array): boolean {
  const validator = new Utf8Validator();
  validator.push(bytes);
  return validator.complete;
}
