import { headerValues } from "../../wire/http1.js";
import { quote } from "../../report/escape.js";
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
  HOST,
  kept,
  refusing,
  unknown,
  upgradeRequest,
  type Probe,
  type Seen,
} from "./probe.js";

const STATUSES = ["403 Forbidden", "426 Upgrade Required", "200 OK"] as const;

/**
 * What a proxy makes of what follows an upgrade that the server refuses. The connection still speaks HTTP then (RFC 9110
 * §7.8). A proxy that takes it for a tunnel lets clients past every rule that it has, as RFC 9931 describes it.
 */
export const REFUSAL_PROBES: readonly Probe[] = [
  ...STATUSES.map((status): Probe => ({
    name: `data-behind-${status.slice(0, 3)}`,
    asks: `Are octets that are no HTTP kept from the server, after it has answered ${status.slice(0, 3)} to the upgrade?`,
    requirement: "RFC 9110 §7.8",
    play: async (rig) => {
      const path = `/data-behind-${status.slice(0, 3)}`;
      const client = await rig.dial();
      client.send(upgradeRequest(path));
      const { origin } = await arrivalOf(rig, client, path);
      origin.send(
        refusing(status, ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]),
      );
      const answered = await answerOf(rig, client);
      if (answered.answer.status !== Number(status.slice(0, 3)))
        return changed(`In place of the refusal the client gets ${firstLine(answered)}.`);
      if (client.ending !== "open") return kept("The proxy closes the connection behind the refusal.");
      return sendsNoHttp(rig, client);
    },
  })),
  {
    name: "request-behind-refusal",
    asks: "Is a request behind a refused upgrade answered as such?",
    requirement: "RFC 9112 §9.3",
    play: async (rig) => {
      const client = await rig.dial();
      client.send(upgradeRequest("/refused-then-request"));
      const { origin } = await arrivalOf(rig, client, "/refused-then-request");
      origin.send(refusing("403 Forbidden"));
      const refused = await answerOf(rig, client);
      if (refused.answer.status !== 403)
        return unknown(`The client gets ${firstLine(refused)}, not the refusal.`);
      const isAnnounced = headerValues(refused.answer, "connection").some((value) => /close/i.test(value));
      if (client.ending !== "open" || isAnnounced)
        return kept("The proxy closes the connection behind the refusal.");
      client.send(request("/behind-refusal"));
      return second(rig, client, "/behind-refusal", "The second request is answered on its own.");
    },
  },
  {
    name: "early-data-refused",
    asks: "Are octets that are no HTTP, in one piece with a request whose upgrade is refused, kept from the server?",
    requirement: "RFC 9110 §7.8",
    play: async (rig) => {
      const client = await rig.dial();
      const early = frame("client", "early data");
      client.send(upgradeRequest("/early-data-refused"), early);
      const { origin } = await arrivalOf(rig, client, "/early-data-refused");
      if (await rig.until(() => rig.hasArrived(early), rig.quietMs))
        return broken("The octets come to the server before it has agreed to another protocol.");
      origin.send(refusing("403 Forbidden"));
      await rig.until(() => rig.hasArrived(early) || client.ending !== "open" || client.rest.length > 0);
      return rig.hasArrived(early)
        ? broken("The octets come to the server behind its refusal.")
        : kept("The octets do not come to the server.");
    },
  },
  {
    name: "early-request-refused",
    asks: "What becomes of a request that is sent in one piece with an upgrade that is refused?",
    requirement: "RFC 9931",
    play: async (rig) => {
      const client = await rig.dial();
      const text = request("/smuggled");
      client.send(upgradeRequest("/early-request-refused"), text);
      const { origin } = await arrivalOf(rig, client, "/early-request-refused");
      const isEarly = await rig.until(() => origin.rest.length > 0, rig.quietMs);
      if (isEarly && origin.has(Buffer.from(text, "latin1")))
        return broken(
          "The second request comes to the server as it is, in front of the answer to the first: the proxy has not read it.",
        );
      origin.send(refusing("403 Forbidden"));
      const refused = await answerOf(rig, client);
      if (refused.answer.status !== 403)
        return changed(`The client gets ${firstLine(refused)}, not the refusal.`);
      return second(
        rig,
        client,
        "/smuggled",
        "The proxy reads it as a request of its own, behind the refusal.",
      );
    },
  },
  {
    name: "refusal-fields",
    asks: "Does the client see status, fields and body of a refusal as the server has sent them?",
    requirement: "RFC 6455 §4.4",
    play: async (rig) => {
      const client = await rig.dial();
      client.send(upgradeRequest("/refusal-fields"));
      const { origin } = await arrivalOf(rig, client, "/refusal-fields");
      origin.send(
        "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
          "Sec-WebSocket-Version: 13, 8\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nwhy ?",
      );
      const answered = await answerOf(rig, client);
      await rig.until(() => client.has("why ?") || client.ending !== "open", rig.quietMs);
      const version = headerValues(answered.answer, "sec-websocket-version").join(", ");
      const hasUpgrade = headerValues(answered.answer, "upgrade").length > 0;
      if (answered.answer.status !== 426)
        return changed(`The client gets ${firstLine(answered)} in place of 426.`);
      if (version !== "13, 8")
        return broken(`Sec-WebSocket-Version is ${quote(version)} at the client in place of "13, 8".`);
      if (!client.has("why ?")) return changed("The client gets status and fields, but another body.");
      if (!hasUpgrade) return changed("Status, versions and body pass; Upgrade is taken out of the 426.");
      return kept("Status, fields and body pass.");
    },
  },
];

/** Octets that are no HTTP: what becomes of them on a connection that speaks HTTP. */
async function sendsNoHttp(rig: Rig, client: End): Promise<Seen> {
  const data = frame("client", "is this a tunnel");
  // The empty line ends whatever the proxy takes it for.
  client.send(data, "\r\n\r\n");
  await rig.until(() => rig.hasArrived(data) || client.ending !== "open" || client.rest.length > 0);
  if (rig.hasArrived(data))
    return broken("The octets come to the server: the proxy has made a tunnel, although there was no 101.");
  const head = client.takeHead();
  if (head !== null) return kept(`The proxy answers ${firstLine({ head })}.`);
  return kept(`The octets do not come to the server, and ${endingOf(client)}.`);
}

/** Answers the second request of a connection if it comes, and says what the client gets. */
async function second(rig: Rig, client: End, path: string, fine: string): Promise<Seen> {
  const arrived = await rig.arrival(path, rig.quietMs);
  if (arrived === null) {
    await rig.until(() => client.ending !== "open" || client.rest.length > 0);
    const head = client.takeHead();
    if (head !== null) return changed(`The proxy answers it with ${firstLine({ head })} by itself.`);
    return client.ending === "open"
      ? broken(
          "The second request never comes to the server, and the connection stays open without an answer.",
        )
      : kept(`The second request is not read, and ${endingOf(client)}.`);
  }
  if (arrived.head === request(path))
    return broken("The second request comes to the server octet for octet: the proxy has not read it.");
  arrived.origin.send(refusing("200 OK", ["X-Answers: second"]));
  const answered = await rig.answer(client);
  if (answered === null)
    return broken(
      `The second request is answered by the server, and the client gets nothing; ${endingOf(client)}.`,
    );
  return headerValues(answered.answer, "x-answers").length > 0
    ? kept(fine)
    : broken(`The client gets ${firstLine(answered)} in place of the answer to its second request.`);
}

/** A request that a proxy has to change: it may not pass on the field that Connection names (RFC 9110 §7.6.1). */
function request(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nX-Hop: 1\r\nConnection: X-Hop\r\n\r\n`;
}
