import type { Fault } from "./fault.js";

/** What a strict server can get wrong in the frames that it sends. */
export type SendingFaultName =
  | "sends-masked"
  | "sends-long-form"
  | "sends-rsv"
  | "sends-reserved-opcode"
  | "sends-bad-sequence"
  | "sends-cut-text"
  | "sends-code-1005"
  | "pong-into-frame"
  | "close-into-frame";

export const SENDING_FAULTS: Readonly<Record<SendingFaultName, Fault>> = {
  "sends-masked": {
    does: "what it sends is masked",
    caughtBy: "24.3.4",
    isBroad: true,
    breaks: "6455-5.1-4",
  },
  "sends-long-form": {
    does: "a length is written in 16 bits, however short",
    caughtBy: "25.2.1",
    isBroad: true,
    breaks: "6455-5.2-5",
  },
  "sends-rsv": { does: "echoes have RSV2 set", caughtBy: "26.3.1", isBroad: true, breaks: "6455-5.2-1" },
  "sends-reserved-opcode": {
    does: "a frame with the opcode 3 comes before each echo",
    caughtBy: "26.3.2",
    isBroad: true,
    breaks: "6455-5.2-3",
  },
  "sends-bad-sequence": {
    does: "each echo begins a message that does not end, and another inside it",
    caughtBy: "27.2.1",
    isBroad: true,
    breaks: "6455-5.4-4",
  },
  "sends-cut-text": {
    does: "a text that ends with a character beyond ASCII loses its last octet",
    caughtBy: "30.2.1",
    isBroad: true,
    breaks: "6455-5.6-1",
  },
  "sends-code-1005": {
    does: "Close frames have the code 1005",
    caughtBy: "29.1.1, 29.4.1",
    isBroad: true,
    breaks: "6455-7.4.1-1",
  },
  "pong-into-frame": {
    does: "a Pong is written into a large frame that is sent by half",
    caughtBy: "28.2.1",
  },
  "close-into-frame": {
    does: "a Close frame is written into a large frame that is sent by half",
    caughtBy: "28.2.2",
  },
};
