import type { TrafficCounts } from "./record.js";

/** Counts the data frames of one direction: on the wire, as payload, and uncompressed. */
export class TrafficCounter {
  #wire = 0;
  #payload = 0;
  #application = 0;
  #frames = 0;
  #messages = 0;

  /** A data frame of `headerOctets` + `payloadOctets`; `fin` ends a message. */
  frame(headerOctets: number, payloadOctets: number, fin: boolean): void {
    this.#wire += headerOctets + payloadOctets;
    this.#payload += payloadOctets;
    this.#frames++;
    if (fin) this.#messages++;
  }

  /** Octets of payload after decompression, or before compression. */
  application(octets: number): void {
    this.#application += octets;
  }

  snapshot(): TrafficCounts {
    return {
      wire: this.#wire,
      payload: this.#payload,
      application: this.#application,
      frames: this.#frames,
      messages: this.#messages,
    };
  }
}
