import { setTimeout } from "node:timers/promises";
import { clientFrame, OPCODE, serverFrame } from "../frames.js";
import { WrongReply } from "../replies.js";
import { open } from "./open.js";
import type { Address, RawConnection } from "./raw-connection.js";

/** What a server with the task "work" sends back; a message of one octet is only worked on. */
const QUESTION = Buffer.from("??");
const ASK = clientFrame(OPCODE.binary, QUESTION);
const ANSWER = serverFrame(OPCODE.binary, QUESTION);
/** Between two questions of the polite client, in ms. */
const PAUSE_MS = 1;
/** Questions before the flood, until the compilers have seen enough. */
const WARM_UP = 500;

/**
 * One client sends `octets` octets of the smallest frames in one go; meanwhile a polite one asks, and asks again when it
 * has its answer. Resolves with the longest that it had to wait, in ms, when the flood has been worked through.
 */
export async function worstRoundTrip(
  to: Address,
  flood: "messages" | "pings",
  octets: number,
): Promise<number> {
  const [rude, polite] = await Promise.all([open(to, false), open(to, false)]);
  try {
    for (let count = 0; count < WARM_UP; count++) await roundTrip(polite);
    const over = { isOver: false };
    const flooded = floodWith(rude, flood, octets).finally(() => (over.isOver = true));
    // The await below reports it; until then it must not count as an unhandled rejection.
    flooded.catch(ignore);
    let worst = 0;
    while (!over.isOver) {
      worst = Math.max(worst, await roundTrip(polite));
      await setTimeout(PAUSE_MS);
    }
    await flooded;
    return worst;
  } finally {
    rude.destroy();
    polite.destroy();
  }
}

function roundTrip(connection: RawConnection): Promise<number> {
  return new Promise((resolve, reject) => {
    const askedAt = performance.now();
    connection.onClosed = (error) => reject(error ?? new WrongReply("the server ended TCP"));
    connection.onOctets = (octets) => {
      if (octets.equals(ANSWER)) resolve(performance.now() - askedAt);
      else reject(new WrongReply("a question was not answered as it should be"));
    };
    connection.write(ASK);
  });
}

/** Resolves when the question behind the flood is answered: everything before it has been worked through. */
function floodWith(connection: RawConnection, flood: "messages" | "pings", octets: number): Promise<void> {
  const frame =
    flood === "pings"
      ? clientFrame(OPCODE.ping, Buffer.alloc(0))
      : clientFrame(OPCODE.binary, Buffer.from("x"));
  const frames = Buffer.concat(Array.from({ length: Math.floor(octets / frame.length) }, () => frame));
  return new Promise((resolve, reject) => {
    // Pongs come first, as many as the server likes; all frames are short.
    let seen = Buffer.alloc(0);
    connection.onClosed = (error) => reject(error ?? new WrongReply("the server ended TCP"));
    connection.onOctets = (more) => {
      seen = Buffer.concat([seen, more]);
      let at = 0;
      for (; at + 2 <= seen.length && at + 2 + seen[at + 1]! <= seen.length; at += 2 + seen[at + 1]!)
        if (seen[at] === ANSWER[0]) return resolve();
      seen = seen.subarray(at);
    };
    connection.write(frames);
    connection.write(ASK);
  });
}

function ignore(): void {}
