import { randomBytes, randomInt } from "node:crypto";

import type { Fault } from "../mutants/fault.js";
import { rawClient } from "./raw-client.js";
import type { EchoClient } from "./walk.js";

export type KeyFaultName =
  | "mask-fixed"
  | "mask-replayed"
  | "mask-counter"
  | "mask-counter-swapped"
  | "mask-of-8-bits"
  | "mask-of-31-bits"
  | "key-fixed"
  | "key-counter"
  | "key-with-pad-bits";

/** Clients that choose their keys carelessly, and the rules of every connection that notice it. */
export const KEY_FAULTS: Readonly<Record<KeyFaultName, Fault>> = {
  "mask-fixed": { does: "every frame has the same masking key", caughtBy: "24.3.2, 24.3.3" },
  "mask-replayed": {
    does: "every connection has the same masking keys, in the same order",
    caughtBy: "24.3.2",
  },
  "mask-counter": { does: "masking keys are counted", caughtBy: "24.3.3" },
  "mask-counter-swapped": { does: "masking keys are counted, the lowest octet first", caughtBy: "24.3.3" },
  "mask-of-8-bits": {
    does: "masking keys have 8 random bits, and 24 that never change",
    caughtBy: "24.3.2, 24.3.3",
  },
  "mask-of-31-bits": { does: "the highest bit of every masking key is 0", caughtBy: "24.3.3" },
  "key-fixed": { does: "every connection has the same Sec-WebSocket-Key", caughtBy: "22.1.6" },
  "key-counter": { does: "values of Sec-WebSocket-Key are counted", caughtBy: "22.1.6" },
  "key-with-pad-bits": {
    does: "the last bits of Sec-WebSocket-Key, which encode nothing, are not 0",
    caughtBy: "22.1.17",
  },
};

/** A client that echoes everything, and has one of these faults; null for none. */
export function carelessClient(fault: KeyFaultName | null): EchoClient {
  let frames = 0;
  let connections = 0;
  const counted = (): Buffer => numbered(4, frames++);
  switch (fault) {
    case "mask-fixed":
      return rawClient({ maskingKeys: () => () => Buffer.from([0x37, 0xfa, 0x21, 0x3d]) });
    case "mask-replayed": {
      const keys = Array.from({ length: 256 }, () => randomBytes(4));
      return rawClient({ maskingKeys: () => replay(keys) });
    }
    case "mask-counter":
      return rawClient({ maskingKeys: () => counted });
    case "mask-counter-swapped":
      return rawClient({ maskingKeys: () => () => counted().reverse() });
    case "mask-of-8-bits":
      return rawClient({ maskingKeys: () => () => numbered(4, randomInt(0x100)) });
    case "mask-of-31-bits":
      return rawClient({ maskingKeys: () => () => numbered(4, randomInt(0x8000_0000)) });
    case "key-fixed":
      return rawClient({ openingKey: () => "dGhlIHNhbXBsZSBub25jZQ==" });
    case "key-counter":
      return rawClient({ openingKey: () => numbered(16, connections++).toString("base64") });
    case "key-with-pad-bits":
      return rawClient({ openingKey: () => randomBytes(16).toString("base64").replace(/.==$/, "B==") });
    case null:
      return rawClient();
  }
}

function replay(keys: readonly Buffer[]): () => Buffer {
  let next = 0;
  return () => keys[next++ % keys.length] ?? Buffer.alloc(4);
}

/** A number in so many octets, the highest first. */
function numbered(octets: number, value: number): Buffer {
  const buffer = Buffer.alloc(octets);
  buffer.writeUInt32BE(value, octets - 4);
  return buffer;
}
