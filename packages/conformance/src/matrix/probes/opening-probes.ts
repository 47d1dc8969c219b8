import { randomBytes } from "node:crypto";
import { acceptFor, headerValues, type RequestHead, type ResponseHead } from "../../wire/http1.js";
import { quote } from "../../report/escape.js";
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
  KEY,
  open,
  switching,
  unknown,
  upgradeRequest,
  type Probe,
  type Seen,
} from "./probe.js";

const OFFER = "permessage-deflate; client_max_window_bits; server_no_context_takeover";
const AGREED = "permessage-deflate; server_no_context_takeover; client_max_window_bits=12";

/** What a proxy makes of the opening handshake. */
export const OPENING_PROBES: readonly Probe[] = [
  {
    name: "request-fields",
    asks: "Does the server see Host, Origin, Cookie, a field of the application and the fields of WebSocket as the client has sent them?",
    requirement: "RFC 6455 §4.2.1",
    play: async (rig) => {
      const sent = {
        host: HOST,
        origin: "https://page.example",
        cookie: "session=1; theme=dark",
        "x-application": "Some Value",
        "sec-websocket-key": KEY,
        "sec-websocket-version": "13",
        "sec-websocket-protocol": "chat.v2, chat.v1",
      };
      const { request } = await open(rig, "/request-fields", {
        request: {
          further: [
            `Origin: ${sent.origin}`,
            `Cookie: ${sent.cookie}`,
            `X-Application: ${sent["x-application"]}`,
            `Sec-WebSocket-Protocol: ${sent["sec-websocket-protocol"]}`,
          ],
        },
        answer: ["Sec-WebSocket-Protocol: chat.v2"],
      });
      const names = new Set([...Object.keys(sent), "upgrade", "connection"]);
      const added = request.headers.map(([name]) => name).filter((name) => !names.has(name));
      const more = added.length === 0 ? "" : ` It adds ${[...new Set(added)].join(", ")}.`;
      return compared(sent, request, "The server sees every field as the client has sent it.", more);
    },
  },
  {
    name: "answer-fields",
    asks: "Does the client see the fields of the 101 as the server has sent them, and no field about a body?",
    requirement: "RFC 9110 §8.6",
    play: async (rig) => {
      const { answer, request } = await open(rig, "/answer-fields", {
        request: { further: ["Sec-WebSocket-Protocol: chat.v2"] },
        answer: ["Sec-WebSocket-Protocol: chat.v2", "X-Application: Some Value", "Set-Cookie: a=1"],
      });
      const [key = ""] = headerValues(request, "sec-websocket-key");
      const sent = {
        "sec-websocket-accept": acceptFor(key),
        "sec-websocket-protocol": "chat.v2",
        "x-application": "Some Value",
        "set-cookie": "a=1",
      };
      const body = ["content-length", "transfer-encoding"].filter(
        (name) => headerValues(answer, name).length > 0,
      );
      if (body.length > 0) return broken(`It adds ${body.join(" and ")} to the 101, which has no body.`);
      const upgrade = headerValues(answer, "upgrade").join(", ");
      const connection = headerValues(answer, "connection").join(", ");
      if (!/^websocket$/i.test(upgrade) || !/(^|,)\s*upgrade\s*(,|$)/i.test(connection))
        return broken(
          `In the 101 at the client, Upgrade is ${quote(upgrade)} and Connection is ${quote(connection)}.`,
        );
      const names = new Set([...Object.keys(sent), "upgrade", "connection"]);
      const added = answer.headers.map(([name]) => name).filter((name) => !names.has(name));
      const more = added.length === 0 ? "" : ` It adds ${[...new Set(added)].join(", ")}.`;
      return compared(sent, answer, "The client sees every field as the server has sent it.", more);
    },
  },
  {
    name: "permessage-deflate",
    asks: "Do offer and answer of permessage-deflate pass as they are, and compressed frames behind them?",
    requirement: "RFC 6455 §9.1",
    play: async (rig) => {
      const { request, answer, client, origin } = await open(rig, "/permessage-deflate", {
        request: { further: [`Sec-WebSocket-Extensions: ${OFFER}`] },
        answer: [`Sec-WebSocket-Extensions: ${AGREED}`],
      });
      const offered = headerValues(request, "sec-websocket-extensions").join(", ");
      const agreed = headerValues(answer, "sec-websocket-extensions").join(", ");
      if (offered !== OFFER)
        return broken(`The server sees the offer ${quote(offered)} in place of ${quote(OFFER)}.`);
      if (agreed !== AGREED)
        return broken(`The client sees the answer ${quote(agreed)} in place of ${quote(AGREED)}.`);
      // "Hello", compressed: the octets do not matter here, only that they pass.
      const compressed = Buffer.from("f248cdc9c90700", "hex");
      const down = frame("server", compressed, { rsv: 4 });
      const up = frame("client", compressed, { rsv: 4 });
      origin.send(down);
      client.send(up);
      const passed = await rig.until(() => client.rest.equals(down) && origin.rest.equals(up));
      return passed
        ? kept("Offer, answer and compressed frames pass unchanged.")
        : broken("Offer and answer pass unchanged, but the compressed frames do not come as they were sent.");
    },
  },
  {
    name: "hop-by-hop",
    asks: "Is a field that Connection names removed before the request goes to the server?",
    requirement: "RFC 9110 §7.6.1",
    play: async (rig) => {
      const { request } = await open(rig, "/hop-by-hop", {
        request: { connection: "Upgrade, X-Hop", further: ["X-Hop: for the proxy only"] },
      });
      const connection = headerValues(request, "connection").join(", ");
      const isThere = headerValues(request, "x-hop").length > 0;
      const isNamed = /x-hop/i.test(connection);
      if (!isThere && !isNamed) return kept("The field that Connection names is removed.");
      if (!isThere)
        return kept(
          `The field that Connection names is removed; Connection still says ${quote(connection)}.`,
        );
      return broken(
        `The field X-Hop, which Connection names, is passed on to the server; there, Connection says ${quote(connection)}.`,
      );
    },
  },
  {
    name: "other-token",
    asks: "What becomes of an upgrade to another protocol than WebSocket?",
    requirement: "RFC 9110 §7.8",
    play: async (rig) => {
      const client = await rig.dial();
      client.send(upgradeRequest("/other-token", { upgrade: "x-probe" }));
      const arrived = await arrivalOf(rig, client, "/other-token");
      const [token] = headerValues(arrived.request, "upgrade");
      if (token === undefined) return changed("The server sees no Upgrade: a usual request comes to it.");
      if (token !== "x-probe")
        return broken(`The server sees Upgrade ${quote(token)} in place of "x-probe".`);
      arrived.origin.send(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x-probe\r\nConnection: Upgrade\r\n\r\n",
      );
      const { head, answer } = await answerOf(rig, client);
      if (answer.status !== 101)
        return changed(`The server sees it and answers 101, and the client gets ${firstLine({ head })}.`);
      const ping = randomBytes(16);
      client.send(ping);
      return (await rig.until(() => arrived.origin.has(ping)))
        ? kept("Any protocol may be switched to, and its octets pass.")
        : broken("The 101 passes, but octets of the new protocol do not.");
    },
  },
  {
    name: "http-1.0",
    asks: "Is Upgrade in a request of HTTP/1.0 ignored?",
    requirement: "RFC 9110 §7.8",
    play: async (rig) => {
      const client = await rig.dial();
      client.send(upgradeRequest("/http-1.0", { version: "HTTP/1.0" }));
      const arrived = await rig.arrival("/http-1.0", rig.quietMs);
      if (arrived === null) {
        const answered = await rig.answer(client);
        if (answered === null)
          return unknown(`The request does not come to the server, and ${endingOf(client)}.`);
        return kept(`The proxy answers ${firstLine(answered)} by itself.`);
      }
      const { version, headers } = arrived.request;
      if (headerValues({ headers }, "upgrade").length === 0)
        return kept("The server sees the request without Upgrade.");
      if (version === "HTTP/1.0")
        return kept("The server sees that the request is HTTP/1.0, with its Upgrade, and can ignore it.");
      return broken(`The server sees an upgrade by ${version}, although the client speaks HTTP/1.0.`);
    },
  },
  {
    name: "unasked-101",
    asks: "Is a 101 that the client has not asked for kept from it?",
    requirement: "RFC 9110 §7.8",
    play: async (rig) => {
      const client = await rig.dial();
      client.send(`GET /unasked-101 HTTP/1.1\r\nHost: ${HOST}\r\nSec-WebSocket-Key: ${KEY}\r\n\r\n`);
      const arrived = await arrivalOf(rig, client, "/unasked-101");
      arrived.origin.send(switching(arrived));
      const answered = await rig.answer(client);
      if (answered === null) return kept(`The client gets no 101; ${endingOf(client)}.`);
      if (answered.answer.status !== 101) return kept(`The client gets ${firstLine(answered)}.`);
      const probe = frame("client", "unasked");
      client.send(probe);
      return (await rig.until(() => arrived.origin.has(probe), rig.quietMs))
        ? broken(
            "The client gets a 101 that it has not asked for, and what it sends then passes to the server.",
          )
        : changed(
            `The client gets a 101 that it has not asked for, but no tunnel is made: ${endingOf(client)}.`,
          );
    },
  },
];

/** Compares the values of fields with those that were sent. Lists in one field or in several are the same. */
function compared(
  sent: Readonly<Record<string, string>>,
  head: RequestHead | ResponseHead,
  fine: string,
  more: string,
): Seen {
  const differing = Object.entries(sent).flatMap(([name, value]) => {
    const got = headerValues(head, name).join(", ");
    if (got === value) return [];
    return [{ name, text: `${name} is ${got === "" ? "missing" : quote(got)} in place of ${quote(value)}` }];
  });
  if (differing.length === 0) return kept(fine + more);
  const text = `${differing.map((one) => one.text).join("; ")}.${more}`;
  const seen = text.charAt(0).toUpperCase() + text.slice(1);
  return differing.some(({ name }) => name.startsWith("sec-websocket-")) ? broken(seen) : changed(seen);
}
