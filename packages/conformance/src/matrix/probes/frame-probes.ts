import { FrameReader, type ReadHeader } from "../../wire/frame-reader.js";
import type { End } from "./end.js";
import type { Rig } from "./rig.js";
import {
  answerOf,
  arrivalOf,
  broken,
  changed,
  endingOf,
  firstLine,
  frame,
  kept,
  open,
  switching,
  upgradeRequest,
  type Probe,
  type Seen,
} from "./probe.js";

const PING = 9;
const PONG = 10;
const CLOSE = 8;

/** What a proxy makes of the frames of an open connection. */
export const FRAME_PROBES: readonly Probe[] = [
  {
    name: "frames-behind-101",
    asks: "Do frames come to the client that the server sends in one piece with its 101?",
    requirement: "RFC 6455 §4.2.2",
    play: async (rig) => {
      const client = await rig.dial();
      client.send(upgradeRequest("/frames-behind-101"));
      const arrived = await arrivalOf(rig, client, "/frames-behind-101");
      const frames = Buffer.concat([frame("server", "first"), frame("server", "second")]);
      arrived.origin.send(switching(arrived), frames);
      const answered = await answerOf(rig, client);
      if (answered.answer.status !== 101) return broken(`The client gets ${firstLine(answered)}.`);
      if (await rig.until(() => client.rest.length >= frames.length || client.ending !== "open"))
        return client.rest.equals(frames)
          ? kept("Both frames come to the client.")
          : broken(`Other octets come to the client, and ${endingOf(client)}.`);
      // Held back until something else comes, or lost?
      const next = frame("server", "third");
      arrived.origin.send(next);
      await rig.until(() => client.has(next));
      return client.has(frames)
        ? broken("The frames are held back until the server sends something else.")
        : broken(
            `Of the ${frames.length} octets behind the 101, ${client.rest.length - next.length} come to the client.`,
          );
    },
  },
  {
    name: "frames-behind-request",
    asks: "What becomes of a frame that the client sends in one piece with its request, which it may not, if the server opens the connection?",
    requirement: "RFC 6455 §4.1",
    play: async (rig) => {
      const client = await rig.dial();
      const early = frame("client", "early");
      client.send(upgradeRequest("/frames-behind-request"), early);
      const arrived = await arrivalOf(rig, client, "/frames-behind-request");
      // Does it come before the server has agreed?
      const isAtOnce = await rig.until(() => arrived.origin.rest.length > 0, rig.quietMs);
      arrived.origin.send(switching(arrived));
      const answered = await answerOf(rig, client);
      if (answered.answer.status !== 101) return changed(`The client gets ${firstLine(answered)}.`);
      if (!(await rig.until(() => arrived.origin.rest.length >= early.length || client.ending !== "open")))
        return changed("The frame is dropped without a word; the connection opens and goes on.");
      if (!arrived.origin.rest.equals(early))
        return changed(`The frame does not come, and ${endingOf(client)}.`);
      return kept(
        isAtOnce
          ? "The frame comes to the server before it has agreed."
          : "The frame waits at the proxy, and comes to the server behind its 101.",
      );
    },
  },
  {
    name: "frames",
    asks: "Do fragments, empty frames, control frames between fragments, and frames of each form of length pass as they are, with their masking keys?",
    requirement: "RFC 6455 §5.4",
    play: async (rig) =>
      bothWays(rig, "/frames", frameMix, "All frames pass octet for octet in both directions."),
  },
  {
    name: "pings",
    asks: "Do Pings and Pongs pass, and does the proxy answer none by itself?",
    requirement: "RFC 6455 §5.5.2",
    play: async (rig) =>
      bothWays(
        rig,
        "/pings",
        (side) => [
          frame(side, "are you there", { opcode: PING }),
          frame(side, "", { opcode: PING }),
          frame(side, "nobody asked", { opcode: PONG }),
        ],
        "Pings and Pongs pass in both directions, and the proxy answers none.",
      ),
  },
  ...(["client", "server"] as const).map((side): Probe => ({
    name: `close-of-${side}`,
    asks: `Do the close codes and reasons of the ${side} pass as they are, and what answers them?`,
    requirement: "RFC 6455 §5.5.1",
    play: async (rig) => {
      for (const [index, [code, reason]] of CLOSES.entries()) {
        const opened = await open(rig, `/close-of-${side}-${index}`);
        const [from, to] =
          side === "client" ? [opened.client, opened.origin] : [opened.origin, opened.client];
        const other = side === "client" ? "server" : "client";
        const payload = closePayload(code, reason);
        const close = frame(side, payload, { opcode: CLOSE });
        const answer = frame(other, payload.subarray(0, 2), { opcode: CLOSE });
        from.send(close);
        if (
          !(await rig.until(() => to.rest.length >= close.length || to.ending !== "open")) ||
          !to.rest.equals(close)
        )
          return broken(
            `Close ${code ?? "without a code"} of the ${side} does not come as it was sent; ${endingOf(to)} at the ${other}.`,
          );
        to.send(answer);
        if (
          !(await rig.until(() => from.rest.length >= answer.length || from.ending !== "open")) ||
          !from.rest.equals(answer)
        )
          return broken(
            `The answer to Close ${code ?? "without a code"} does not come to the ${side} as it was sent.`,
          );
        // The server ends TCP first (RFC 6455 §7.1.1).
        opened.origin.finish();
        if (!(await rig.until(() => opened.client.ending !== "open")))
          return broken("The server ends TCP behind the closing handshake, and the client does not see it.");
      }
      return kept("Codes, reasons and answers pass octet for octet, and the end of TCP behind them.");
    },
  })),
];

const CLOSES: readonly (readonly [code: number | null, reason: string])[] = [
  [1000, "done"],
  [1008, "Grund: nicht erlaubt ✓"],
  [3999, ""],
  [4000, "x".repeat(123)],
  [null, ""],
];

function closePayload(code: number | null, reason: string): Uint8Array {
  if (code === null) return new Uint8Array();
  return Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason, "utf8")]);
}

function frameMix(side: "client" | "server"): readonly Uint8Array[] {
  return [
    frame(side, "frag", { fin: false }),
    frame(side, "", { opcode: 0, fin: false }),
    frame(side, "between", { opcode: PING }),
    frame(side, "ment", { opcode: 0 }),
    frame(side, ""),
    frame(side, Buffer.alloc(125, 1), { opcode: 2 }),
    frame(side, Buffer.alloc(126, 2), { opcode: 2 }),
    frame(side, Buffer.alloc(65_535, 3), { opcode: 2 }),
    frame(side, Buffer.alloc(65_536, 4), { opcode: 2 }),
  ];
}

/** Sends frames from both ends at the same time, and compares what comes. */
async function bothWays(
  rig: Rig,
  path: string,
  framesOf: (side: "client" | "server") => readonly Uint8Array[],
  fine: string,
): Promise<Seen> {
  const opened = await open(rig, path);
  const up = Buffer.concat(framesOf("client"));
  const down = Buffer.concat(framesOf("server"));
  opened.client.send(up);
  opened.origin.send(down);
  await rig.until(
    () =>
      (opened.origin.rest.length >= up.length || opened.origin.ending !== "open") &&
      (opened.client.rest.length >= down.length || opened.client.ending !== "open"),
  );
  const parts = [
    { to: "server", sent: up, end: opened.origin },
    { to: "client", sent: down, end: opened.client },
  ] as const;
  const differing = parts.filter(({ sent, end }) => !end.rest.equals(sent));
  if (differing.length === 0) return kept(fine);
  const problems = differing.map(({ to, sent, end }) => problemOf(to, sent, end)).join("; ");
  // An intermediary may put fragments together and cut messages, where no extension is in use (RFC 6455 §5.4).
  return differing.every(({ sent, end }) => messagesOf(sent) === messagesOf(end.rest))
    ? changed(`The same messages come in other frames: ${problems}.`)
    : broken(`${problems.charAt(0).toUpperCase()}${problems.slice(1)}.`);
}

function problemOf(to: "client" | "server", sent: Uint8Array, end: End): string {
  const first = sent.findIndex((octet, index) => octet !== end.rest[index]);
  const at = first === -1 ? sent.length : first;
  return `of ${sent.length} octets, ${end.rest.length} come to the ${to}, and differ from octet ${at} on; ${endingOf(end)}`;
}

/** Messages and control frames, whatever their fragments are; the latter stand where they came. */
function messagesOf(octets: Uint8Array): string {
  const done: string[] = [];
  let message = "";
  let payload = "";
  let header: ReadHeader | undefined;
  const reader = new FrameReader({
    header: (read) => {
      header = read;
      payload = "";
      return true;
    },
    payload: (piece) => {
      payload += Buffer.from(piece).toString("latin1");
      return true;
    },
    end: () => {
      const { opcode = 0, fin = false, rsv = 0 } = header ?? {};
      if (opcode >= CLOSE) done.push(`${opcode} ${rsv} ${payload}`);
      else {
        message += opcode === 0 ? payload : `${opcode} ${rsv} ${payload}`;
        if (fin) done.push(message);
        if (fin) message = "";
      }
      return true;
    },
  });
  reader.push(octets);
  return done.join("\n");
}
