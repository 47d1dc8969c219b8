import { systemClock } from "../../time/clock.js";
import { pause } from "../../time/pause.js";
import type { End } from "./end.js";
import {
  broken,
  changed,
  endingName,
  endingOf,
  frame,
  kept,
  open,
  unknown,
  type Opened,
  type Probe,
} from "./probe.js";

type Side = "client" | "server";

/** Seconds after which the proxy is told to cut an idle connection, for the probes about that. */
export const IDLE_SECONDS = 2;
/** How long a connection is watched that should be cut after {@link IDLE_SECONDS}. */
const IDLE_WATCHED_MS = 6000;
/** Between two Pings that should keep a connection open. */
const PING_EVERY_MS = 300;
const PINGS = 12;

/** More than the buffers of a proxy hold. */
const LAST_OCTETS = 512 * 1024;

/** What a proxy makes of the end of one side, and of silence. */
export const ENDING_PROBES: readonly Probe[] = [
  ...both((side, other) => ({
    name: `data-before-end-of-${side}`,
    asks: `Does everything come to the ${other} that the ${side} has sent in front of its FIN?`,
    requirement: "RFC 9110 §9.3.6",
    play: async (rig) => {
      const { from, to } = ends(await open(rig, `/data-before-end-of-${side}`), side);
      const data = frame(side, Buffer.alloc(LAST_OCTETS, 7), { opcode: 2 });
      from.send(data);
      from.finish();
      await rig.until(() => to.ending !== "open");
      if (to.rest.length < data.length)
        return broken(
          `Of ${data.length} octets in front of the FIN, ${to.rest.length} come; ${endingOf(to)}.`,
        );
      return to.ending === "open"
        ? broken(`All octets come, but the ${other} is never told of the end.`)
        : kept(`All octets come, and then the connection ends by ${endingName(to.ending)}.`);
    },
  })),
  ...both((side, other) => ({
    name: `half-close-of-${side}`,
    asks: `Is the ${side} still served after its FIN?`,
    requirement: "RFC 9110 §9.3.6",
    play: async (rig) => {
      const { from, to } = ends(await open(rig, `/half-close-of-${side}`), side);
      from.finish();
      if (!(await rig.until(() => to.ending !== "open")))
        return broken(`The ${other} is never told that the ${side} has ended its direction.`);
      const late = frame(other, "is anybody there");
      to.send(late);
      await rig.until(() => from.rest.length >= late.length || from.ending !== "open");
      if (from.rest.equals(late))
        return kept(`The FIN passes, and the ${other} can still send to the ${side}.`);
      return changed(
        `The ${other} gets ${endingName(to.ending)}; what it sends then is lost, and ${endingOf(from)} at the ${side}.`,
      );
    },
  })),
  ...both((side, other) => ({
    name: `reset-of-${side}`,
    asks: `What does the ${other} see of an RST of the ${side}?`,
    play: async (rig) => {
      const { from, to } = ends(await open(rig, `/reset-of-${side}`), side);
      from.reset();
      await rig.until(() => to.ending !== "open");
      if (to.ending === "open") return broken(`The ${other} is not told: its connection stays open.`);
      return to.ending === "reset"
        ? kept(`The ${other} gets an RST, too.`)
        : changed(
            `The ${other} gets a FIN${to.rest.length > 0 ? ` behind ${to.rest.length} octets` : ""}, as after an orderly end.`,
          );
    },
  })),
  {
    name: "idle",
    asks: "What are both sides told when the proxy cuts a connection because it is idle?",
    requirement: "RFC 6455 §7.1.1",
    isIdle: true,
    play: async (rig) => {
      const { client, origin } = await open(rig, "/idle");
      await rig.until(() => client.ending !== "open" || origin.ending !== "open", IDLE_WATCHED_MS);
      if (client.ending === "open" && origin.ending === "open")
        return kept(
          `It is not cut within ${IDLE_WATCHED_MS / 1000} s, although the limit is ${IDLE_SECONDS} s.`,
        );
      await rig.until(() => client.ending !== "open" && origin.ending !== "open", rig.quietMs);
      const said = (end: End): string =>
        `${end.rest.length > 0 ? `${end.rest.length} octets and ` : ""}${endingName(end.ending)}`;
      const seen = `The client gets ${said(client)}, the server ${said(origin)}`;
      if (client.ending === "open" || origin.ending === "open") return broken(`${seen}: only one is told.`);
      return changed(`${seen}: no Close frame.`);
    },
  },
  ...both((side, other) => ({
    name: `pings-of-${side}`,
    asks: `Do Pings of the ${side} alone, which nobody answers, keep a connection open?`,
    isIdle: true as const,
    play: async (rig) => {
      const { from, to } = ends(await open(rig, `/pings-of-${side}`), side);
      let longestMs = 0;
      let last = systemClock.now();
      for (let count = 0; count < PINGS && to.ending === "open"; count++) {
        from.send(frame(side, `${count}`, { opcode: 9 }));
        await pause(systemClock, PING_EVERY_MS, new AbortController().signal);
        longestMs = Math.max(longestMs, (systemClock.now() - last) / 1000);
        last = systemClock.now();
      }
      if (to.ending === "open" && from.ending === "open")
        return kept(
          `The connection is open after ${(PINGS * PING_EVERY_MS) / 1000} s, with a limit of ${IDLE_SECONDS} s.`,
        );
      // On a busy machine the Pings may have been too far apart.
      if (longestMs > (IDLE_SECONDS * 1000) / 2)
        return unknown("This machine was too busy to send the Pings in time.");
      return changed(`The connection is cut although Pings come to the ${other}.`);
    },
  })),
];

function both(probe: (side: Side, other: Side) => Probe): readonly Probe[] {
  return [probe("client", "server"), probe("server", "client")];
}

/** The end at which something happens, and the one that may see it. */
function ends({ client, origin }: Opened, side: Side): { readonly from: End; readonly to: End } {
  return side === "client" ? { from: client, to: origin } : { from: origin, to: client };
}
