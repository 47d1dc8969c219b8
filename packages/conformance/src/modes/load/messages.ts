import { randomFillSync } from "node:crypto";

import { frame } from "@wireproof/websocket";
import type { PreparedMessage } from "@wireproof/websocket";

export interface LoadMessage {
  readonly message: PreparedMessage;
  readonly octets: number;
  readonly isText: boolean;
}

/** A record as applications send it: it can be compressed, but not to nothing. */
const RECORD =
  '{"id":48151623,"kind":"quote","symbol":"WPRF","bid":101.25,"ask":101.5,"at":"2024-05-01T09:30:00Z"},';

/** One message for each size: text that looks like JSON, or random octets. */
export function loadMessages(sizes: readonly number[], binary: boolean): readonly LoadMessage[] {
  return sizes.map((octets) => {
    if (binary) {
      const payload = randomFillSync(new Uint8Array(octets));
      return { message: frame.binary(payload), octets, isText: false };
    }
    const text = RECORD.repeat(Math.ceil(octets / RECORD.length)).slice(0, octets);
    return { message: frame.text(text), octets, isText: true };
  });
}
