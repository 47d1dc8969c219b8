import { defineHarness } from "../harness.js";
import type { Harness } from "../harness.js";
import { SERVER_FAULTS, playServer, serverPlan } from "../play/echo-server.js";
import type { ServerPlan } from "../play/echo-server.js";
import { Opcode } from "../../../src/protocol/opcode.js";
import { closeOctets, fromClient } from "../../support/frames.js";
import { requestText } from "../../support/raw-client.js";
import { latin1 } from "../play/steps.js";

/** What one read brings of it takes two tenths of a second, if it is delivered at once. */
const FLOOD_MESSAGES = 20_000;
const WORK_MICROS = 20;

/** A live server under requests and streams of frames of any kind, and floods of the smallest messages. */
export const server: Harness = defineHarness<ServerPlan>({
  name: "server",
  plans: 400,
  lanes: 8,
  mostHeldMib: 96,
  faults: SERVER_FAULTS,
  plan: (random, index) => (index === 0 ? flood() : serverPlan(random)),
  play: (plan, fault) => playServer(plan, { fault }),
});

/** Smallest messages, each of which keeps the handler busy, in one write, so that one read brings as many as it can. */
function flood(): ServerPlan {
  const message = fromClient({ opcode: Opcode.Text, payload: "f" });
  const close = fromClient({ opcode: Opcode.Close, payload: closeOctets(1000) });
  return {
    opening: requestText(),
    isOpeningGood: true,
    frames: latin1(message),
    times: FLOOD_MESSAGES,
    last: latin1(close),
    cuts: [],
    together: false,
    end: "fin",
    options: { compression: false, text: "string", zeroCopy: false, staticRead: true },
    workMicros: WORK_MICROS,
    acts: [],
  };
}
