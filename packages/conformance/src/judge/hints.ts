import type { HandshakeRecord } from "../record/record.js";
import { headerValues, parseResponse } from "../wire/http1.js";
import type { Observation } from "./observation.js";

/** How to mend a fault, in a sentence or two; undefined where nothing of use is known. */
export function hintFor(requirement: string | undefined, observation: Observation): string | undefined {
  return HINTS[`${requirement ?? ""}/${observation}`] ?? BY_OBSERVATION[observation];
}

const BY_OBSERVATION: Readonly<Partial<Record<Observation, string>>> = {
  delayed:
    "That is what Nagle's algorithm and delayed acknowledgements cost together: switch the former off (TCP_NODELAY), or write the header and the payload of a frame at once.",
  crash: "Run it with --start COMMAND: the report then has what it printed before it ended.",
  hang: "Play the cases before the first that got no answer one by one, with --concurrency 1: the last that is answered is probably the one that stops it.",
};

const READ_WHOLE =
  "Join consecutive fragments up to the one with FIN, and take the type of the message from the first of them.";
const VALIDATE =
  "Check every text message with a strict decoder before it is delivered, such as one that throws on errors, and fail the connection with 1007. Characters may be cut between fragments.";

const HINTS: Readonly<Record<string, string>> = {
  "6455-6.2-1/frames-lost":
    "TCP has no frames: a read may bring several of them, or a part of one. Keep what was read in a buffer, and take frames from it in a loop for as long as a whole one is there.",
  "6455-5.5.1-5/no-close-frame":
    "When a Close frame comes, send one with the same code, and only then end TCP. End it for writing; to destroy the socket can discard the frame.",
  "6455-5.5.1-5/no-close-answer":
    "When a frame with opcode 8 comes, send a Close frame with the same code, then end TCP.",
  "6455-5.5.1-8/tcp-left-open": "After it has sent and received a Close frame, a server ends TCP at once.",
  "6455-7.1.7-3/no-close-frame":
    "Send a Close frame with a fitting code, such as 1002 or 1007, before TCP is ended.",
  "6455-5.5.2-1/wrong-answer": "Answer each frame with opcode 9 with one of opcode 10 and the same payload.",
  "6455-5.5.3-1/wrong-answer": "Send the payload of the Ping back in the Pong, unchanged.",
  "6455-5.4-6/wrong-answer": READ_WHOLE,
  "6455-5.4-1/wrong-answer":
    "Handle frames with opcodes 8 to 10 at once, wherever they come, and keep the fragments of the message that has begun.",
  "6455-5.1-2/illegal-accepted":
    "Look at the mask bit of every frame: if a client leaves it out, fail the connection with 1002.",
  "6455-5.1-4/violation": "Leave the mask bit and the masking key out of what the server sends.",
  "6455-5.1-1/violation": "Mask every frame that the client sends, control frames too.",
  "6455-5.2-2/illegal-accepted":
    "Compare the three bits behind FIN with 0, in every frame, and fail the connection with 1002. Only permessage-deflate gives RSV1 a meaning.",
  "6455-5.2-3/illegal-accepted": "Fail the connection with 1002 for opcodes other than 0, 1, 2, 8, 9 and 10.",
  "6455-5.4-2/illegal-accepted":
    "Fail the connection with 1002 if FIN is clear in a frame with an opcode of 8 or more.",
  "6455-5.4-4/illegal-accepted":
    "Inside a fragmented message only continuation and control frames are legal: fail the connection with 1002.",
  "6455-5.4-10/illegal-accepted":
    "Remember whether a fragmented message has begun, and fail the connection with 1002 if none has.",
  "6455-5.5-1/illegal-accepted":
    "Fail the connection with 1002 if the length of a control frame is 126 or 127.",
  "6455-5.6-1/illegal-accepted": VALIDATE,
  "6455-8.1-1/illegal-accepted": VALIDATE,
  "6455-5.3-1/violation": "Draw four random octets for every frame.",
  "6455-5.3-2/violation": "Take masking keys from a cryptographic source of randomness.",
  "6455-4.2.2-10/handshake-faulty":
    "Sec-WebSocket-Accept is base64(SHA-1(key + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11)), with the key as text and the digest as octets.",
  "6455-4.1-25/handshake-faulty":
    "Sec-WebSocket-Accept is base64(SHA-1(key + 258EAFA5-E914-47DA-95CA-C5AB0DC85B11)), with the key as text and the digest as octets.",
  "6455-6.2-1/lengths-lost":
    "A length of 126 is followed by two octets with the length, 127 by eight, both in network byte order; then comes the masking key.",
  "6455-6.2-1/type-lost":
    "Take frames with opcode 1 as text and with opcode 2 as binary, and send each back as it came.",
  "6455-10.7-1/violation":
    "Check length, code and reason of a Close frame before its code is sent back; answer 1002, or 1007 for the reason.",
  "6455-7.1.7-3/wrong-close-code":
    "Say what is wrong: 1002 for the protocol, 1007 for text that is not UTF-8, 1009 for too much.",
  "6455-4.2.1-1/handshake-accepted":
    "Check method, version of HTTP, Host, Upgrade, Connection, Sec-WebSocket-Key and Sec-WebSocket-Version, and answer 400 (426 for the version) if one does not fit.",
  "7692-6.2-1/wrong-answer":
    "Inflate raw DEFLATE data, with 00 00 ff ff put behind the payload of each message, and keep the window unless no context takeover was agreed on.",
};

/** What may help when nothing is at the address of a peer. */
export const ABSENT_HINT =
  "Is the server started, and is this its address? --start COMMAND starts it, and --wait SECONDS gives it time.";

/** What may help when an opening handshake was refused; undefined where nothing of use is known. */
export function refusalHint(handshake: HandshakeRecord, banner: string): string | undefined {
  const { response, status, noAnswer } = handshake;
  if (response === null || status === undefined) return bannerHint(response ?? banner, noAnswer);
  const head = parseResponse(response);
  const value = (name: string): string | undefined => headerValues(head, name)[0];
  if (isSwallowed(status, (name) => headerValues(head, name))) {
    return "Probably the proxy in between does not pass Upgrade on. In nginx: proxy_http_version 1.1, proxy_set_header Upgrade $http_upgrade and proxy_set_header Connection upgrade.";
  }
  const location = value("location");
  if (status >= 300 && status < 400) {
    return location === undefined
      ? undefined
      : `It redirects to ${location}: test that address (https is wss).`;
  }
  return BY_STATUS[status];
}

const BY_STATUS: Readonly<Record<number, string>> = {
  200: "This is an ordinary answer of HTTP: is WebSocket at another path?",
  400: "The body often says what it misses. Some servers need --origin or --subprotocol.",
  401: "It asks for credentials: --header 'Authorization: …' sends them.",
  403: "It refuses this client: --origin sends the Origin of a page that it knows, --header other credentials.",
  404: "Nothing is at this path: put the path of the WebSocket into the URL.",
  407: "A proxy asks for credentials: test the server without it.",
  426: "It wants another protocol or version: is this the address of its WebSocket? The Upgrade and Sec-WebSocket-Version headers of its answer say what it takes.",
  429: "It limits how many connections it takes: --concurrency 1 opens one at a time.",
  502: "A proxy cannot reach the server behind it.",
  503: "The server, or what it stands behind, is not ready: --wait gives a command more time, --concurrency 1 is gentler.",
  504: "A proxy did not get an answer from the server behind it.",
};

/** A proxy that takes away Connection and Upgrade lets a server see an ordinary request. */
function isSwallowed(status: number, values: (name: string) => readonly string[]): boolean {
  if (status !== 200 && status !== 400 && status !== 426) return false;
  const isProxy =
    values("via").length > 0 ||
    values("server").some((name) => /nginx|openresty|envoy|varnish|cloudflare/i.test(name));
  return isProxy;
}

function bannerHint(banner: string, noAnswer: HandshakeRecord["noAnswer"]): string | undefined {
  if (banner.startsWith("SSH-"))
    return "An SSH server listens there: the port of the WebSocket server is another one.";
  if (/^[\x14-\x17]\x03/.test(banner)) return "It speaks TLS: test it as wss://.";
  if (/^220[ -]/.test(banner))
    return "A mail or FTP server listens there: the port of the WebSocket server is another one.";
  if (noAnswer === "late")
    return "It takes the connection and says nothing: is it a WebSocket server, and is ws:// or wss:// right there?";
  return undefined;
}
