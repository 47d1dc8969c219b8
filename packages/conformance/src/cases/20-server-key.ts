import type { Case } from "../case/case.js";
import { family } from "../case/family.js";
import { requestLines } from "../case/handshake.js";
import type { RequirementId } from "../case/requirements.js";
import { opens, opensBehind, refuses, watches } from "./server-openings.js";

const KEY: readonly [RequirementId, ...RequirementId[]] = ["6455-4.2.1-6", "6455-4.2.1-1"];
const VERSION: readonly [RequirementId, ...RequirementId[]] = ["6455-4.2.1-7", "6455-4.2.1-1"];

interface BadKey {
  readonly title: string;
  readonly key: string;
}

function badKey(id: string, { title, key }: BadKey): Case {
  return refuses({
    id,
    title,
    description: `The Sec-WebSocket-Key is ${key.length > 60 ? "8,192 letters A" : `"${key}"`}, which is not 16 octets in base64.`,
    requirements: KEY,
    lines: { "Sec-WebSocket-Key": `Sec-WebSocket-Key: ${key}`.trim() },
  });
}

/**
 * RFC 6455 §4.2.1 wants a key that decodes to 16 octets, and §4.2.2 says that a server need not decode it. So a server that
 * takes such a key breaks no MUST.
 */
function wrongSize(id: string, bad: BadKey): Case {
  return { ...badKey(id, bad), requirements: ["6455-10.7-3", "6455-4.2.1-6"] };
}

/** Keys with all sorts of octets and letters. */
const GOOD_KEYS: readonly (readonly [what: string, key: string])[] = [
  ["zero octets", "AAAAAAAAAAAAAAAAAAAAAA=="],
  ["octets FF", "/////////////////////w=="],
  ["plus signs", "+++++++++++++++++++++A=="],
  ["slashes and plus signs", "+/+/+/+/+/+/+/+/+/+/+w=="],
  ["the octets 0 to 15", "AAECAwQFBgcICQoLDA0ODw=="],
  ["octets that spell CRLF", "DQoNCg0KDQoNCg0KDQoNCg=="],
  ["letters that spell a word", "WebSocketWebSocketWebQ=="],
  ["digits", "123456789012345678901Q=="],
];

/** 20.4: Sec-WebSocket-Key. */
const KEYS: readonly Case[] = [
  refuses({
    id: "20.4.1",
    title: "No Sec-WebSocket-Key",
    description: "An opening handshake without the Sec-WebSocket-Key header.",
    requirements: KEY,
    lines: { "Sec-WebSocket-Key": [] },
  }),
  badKey("20.4.2", { title: "An empty Sec-WebSocket-Key", key: "" }),
  ...family(
    "20.4.3",
    [
      { title: "A key of 15 octets", key: "AAECAwQFBgcICQoLDA0O" },
      { title: "A key of 17 octets", key: "AAECAwQFBgcICQoLDA0ODxA=" },
      { title: "A key of 32 octets", key: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" },
    ],
    wrongSize,
  ),
  ...family(
    "20.4.4",
    [
      { title: "A key with letters that base64 does not have", key: "AAECAwQ!BgcICQ.LDA0ODw==" },
      { title: "A key in the base64 of URLs", key: "-_-_-_-_-_-_-_-_-_-_-w==" },
    ],
    badKey,
  ),
  ...family(
    "20.4.5",
    [
      { title: "A key without padding", key: "AAECAwQFBgcICQoLDA0ODw" },
      { title: "A key with padding in its middle", key: "AAECAwQFBgc=CQoLDA0ODw==" },
    ],
    badKey,
  ),
  watches({
    id: "20.4.6",
    title: "A key whose pad bits are not 0",
    description:
      "The key is AAECAwQFBgcICQoLDA0ODz==. Its last letter has bits that encode nothing and are not 0 (erratum 3150). A server may take it or refuse it.",
    requirements: ["4648-3.5-1"],
    request: { key: "AAECAwQFBgcICQoLDA0ODz==" },
  }),
  ...family(
    "20.4.7",
    [
      { title: "The same key twice", keys: ["{key}", "{key}"] },
      { title: "Two different keys", keys: ["{key}", "AAECAwQFBgcICQoLDA0ODw=="] },
    ],
    (id, { title, keys }) =>
      refuses({
        id,
        title,
        description: "The header Sec-WebSocket-Key is there twice. It may be in a request only once.",
        requirements: ["6455-11.3.1-1", ...KEY],
        lines: { "Sec-WebSocket-Key": keys.map((key) => `Sec-WebSocket-Key: ${key}`) },
      }),
  ),
  opens({
    id: "20.4.8",
    title: "Spaces and tabs around the key",
    description:
      "A space, a tab and two spaces in front of the key, a tab and a space behind it. They are no part of the value.",
    requirements: ["6455-4.2.2-10"],
    lines: { "Sec-WebSocket-Key": "Sec-WebSocket-Key: \t  {key}\t " },
  }),
  wrongSize("20.4.9", { title: "A key of 8 KiB", key: "A".repeat(8192) }),
  ...family("20.4.10", GOOD_KEYS, (id, [what, key]) =>
    opens({
      id,
      title: `A key of ${what}`,
      description: `The Sec-WebSocket-Key is ${key}.`,
      requirements: ["6455-4.2.2-10"],
      request: { key },
    }),
  ),
];

/** What is registered as a version may be one that a server speaks besides 13: drafts of RFC 6455. */
const VERSIONS: readonly (readonly [version: string, isDraft: boolean])[] = [
  ["0", true],
  ["7", true],
  ["8", true],
  ["12", true],
  ["14", false],
  ["25", false],
  ["99", false],
  ["255", false],
];

/** 20.5: Sec-WebSocket-Version. */
const VERSION_CASES: readonly Case[] = [
  refuses({
    id: "20.5.1",
    title: "No Sec-WebSocket-Version",
    description: "An opening handshake without the Sec-WebSocket-Version header.",
    requirements: VERSION,
    lines: { "Sec-WebSocket-Version": [] },
  }),
  ...family("20.5.2", VERSIONS, (id, [version, isDraft]) =>
    (isDraft ? watches : refuses)({
      id,
      title: `Version ${version}`,
      description: isDraft
        ? `Sec-WebSocket-Version is ${version}, a draft of RFC 6455, which a server may speak as well.`
        : `Sec-WebSocket-Version is ${version}, which is the version of nothing.`,
      requirements: isDraft ? ["6455-4.2.2-4"] : ["6455-4.2.2-4", ...VERSION],
      lines: { "Sec-WebSocket-Version": `Sec-WebSocket-Version: ${version}` },
    }),
  ),
  ...family("20.5.3", ["13a", "013", "13.0", "+13", "-1", "", "1 3"], (id, version) =>
    refuses({
      id,
      title: version === "" ? "An empty Sec-WebSocket-Version" : `Version "${version}"`,
      description: `Sec-WebSocket-Version is ${version === "" ? "empty" : `"${version}"`}, and not 13.`,
      requirements: VERSION,
      lines: { "Sec-WebSocket-Version": `Sec-WebSocket-Version: ${version}`.trim() },
    }),
  ),
  ...family(
    "20.5.4",
    [
      ["13", "13"],
      ["8", "13"],
    ],
    (id, versions) =>
      refuses({
        id,
        title: `Versions ${versions.join(" and ")} in two headers`,
        description:
          "The header Sec-WebSocket-Version is there twice. It may be in a request only once, with one value.",
        requirements: ["6455-11.3.5-1", ...VERSION],
        lines: { "Sec-WebSocket-Version": versions.map((version) => `Sec-WebSocket-Version: ${version}`) },
      }),
  ),
  refuses({
    id: "20.5.5",
    title: "Versions 13 and 8 in one header",
    description: 'Sec-WebSocket-Version is "13, 8". A request has one version.',
    requirements: VERSION,
    lines: { "Sec-WebSocket-Version": "Sec-WebSocket-Version: 13, 8" },
  }),
  refuses({
    id: "20.5.6",
    title: "The versions in the answer to version 99",
    description: "Sec-WebSocket-Version is 99. The answer has to say which versions the server speaks.",
    expectation:
      "The server answers with an HTTP error, such as 426 or 400, whose Sec-WebSocket-Version header has 13.",
    requirements: ["6455-4.2.2-4", "6455-4.4-1"],
    lines: { "Sec-WebSocket-Version": "Sec-WebSocket-Version: 99" },
    refusal: { carries: [{ name: "Sec-WebSocket-Version", element: "13" }] },
  }),
  refuses({
    id: "20.5.7",
    title: "The Upgrade header in an answer with status 426",
    description:
      "Sec-WebSocket-Version is 99. If the server answers 426, the answer has to name a protocol in an Upgrade header.",
    expectation:
      "The server does not open the connection. If its status is 426, it sends an Upgrade header with websocket.",
    requirements: ["9110-7.8-1"],
    lines: { "Sec-WebSocket-Version": "Sec-WebSocket-Version: 99" },
    refusal: { carries: [{ name: "Upgrade", status: 426 }] },
  }),
  // RFC 6455 §4.4 lets a client try again, and asks no server to keep the connection for that: one that closes is not at fault.
  opensBehind({
    id: "20.5.8",
    title: "Version 99, and then 13 on the same connection",
    description:
      "A request with version 99. If the server leaves the connection open behind its answer, the usual request follows on it, with a key of its own.",
    requirements: ["6455-4.2.2-9", "6455-4.4-1", "6455-4.2.2-10"],
    request: {
      before: {
        lines: requestLines({ "Sec-WebSocket-Version": "Sec-WebSocket-Version: 99" }),
        next: "when-answered",
        refusedBy: "6455-4.2.2-4",
      },
    },
  }),
];

/** 20.4 and 20.5: Sec-WebSocket-Key and Sec-WebSocket-Version (RFC 6455 §4.2.1, §4.4). */
export const SERVER_KEY: readonly Case[] = [...KEYS, ...VERSION_CASES];
