import { randomFillSync } from "node:crypto";
import { after, beforeEach, suite } from "node:test";

import { createDeflater, createInflater } from "../../src/deflate/codec.js";
import type { DeflateOptions } from "../../src/deflate/codec.js";
import type { DeflateAgreement } from "../../src/deflate/negotiation.js";
import { forceInternals } from "../../src/deflate/streams.js";
import type { Deflater, Inflated, Inflater } from "../../src/protocol/codec.js";
import { Side } from "../../src/protocol/state.js";

export const OPTIONS: DeflateOptions = { level: 6, memLevel: 8, syncLimit: 32 * 1024, maxConcurrent: 3 };

/** Nothing at once: everything goes to the thread pool. */
export const LATER: DeflateOptions = { ...OPTIONS, syncLimit: -1 };

export const TOO_BIG = "message-too-big";
export const INVALID = "invalid-deflate-data";

/** Runs the suite over the internals of Node's zlib, then over its documented functions. */
export function suiteInBothModes(name: string, body: () => void): void {
  for (const isInternal of [true, false]) {
    suite(`${name}, ${isInternal ? "native handle" : "documented streams"}`, () => {
      // Every test opens its streams in the mode of the suite; pools are kept apart.
      beforeEach(() => forceInternals(isInternal));
      after(() => forceInternals(undefined));
      body();
    });
  }
}

/** What was agreed on for the messages of the server; the client's are of no interest here. */
export function agreement(windowBits: number, hasTakeover: boolean): DeflateAgreement {
  return {
    serverNoContextTakeover: !hasTakeover,
    clientNoContextTakeover: true,
    serverMaxWindowBits: windowBits,
    clientMaxWindowBits: 15,
  };
}

export function serverDeflater(
  windowBits = 15,
  hasTakeover = false,
  options: DeflateOptions = OPTIONS,
): Deflater {
  return createDeflater(agreement(windowBits, hasTakeover), Side.Server, options);
}

export function clientInflater(
  windowBits = 15,
  hasTakeover = false,
  options: DeflateOptions = OPTIONS,
): Inflater {
  return createInflater(agreement(windowBits, hasTakeover), Side.Client, options);
}

export async function deflate(deflater: Deflater, octets: Uint8Array, isLast = true): Promise<Uint8Array> {
  return new Promise((resolve) => {
    const result = deflater.deflate(octets, isLast, resolve);
    if (result !== undefined) resolve(result);
  });
}

/** Inflates octets that are only lent: they are spoilt as soon as the call returns. */
export async function inflate(
  inflater: Inflater,
  octets: Uint8Array,
  isLast = true,
  limit: number = 64 * 1024 * 1024,
): Promise<Inflated> {
  return new Promise((resolve) => {
    // A Buffer, as the transport reads them; its slice() does not copy.
    const lent = Buffer.from(octets);
    const result = inflater.inflate(lent, isLast, limit, resolve);
    lent.fill(0xee);
    if (result !== undefined) resolve(result);
  });
}

/** The octets, or the id of the violation. */
export async function inflateTo(
  inflater: Inflater,
  octets: Uint8Array,
  isLast = true,
  limit?: number,
): Promise<Buffer | string> {
  const result = await inflate(inflater, octets, isLast, limit);
  return result instanceof Uint8Array ? Buffer.from(result) : result.id;
}

export function hex(octets: string): Uint8Array {
  return Buffer.from(octets.replaceAll(" ", ""), "hex");
}

export function text(characters: string): Buffer {
  return Buffer.from(characters);
}

export function random(octets: number): Buffer {
  return randomFillSync(Buffer.alloc(octets));
}

/** Records that are alike, the usual matter of WebSocket messages. */
export function json(octets: number): Buffer {
  let all = "";
  for (let id = 0; all.length < octets; id++) {
    const price = ((id * 7919) % 10_007) / 100;
    all += JSON.stringify({ id, name: `item ${id % 17}`, price, tags: ["a", "b"], isNew: id % 3 === 0 });
  }
  return Buffer.from(all.slice(0, octets));
}
