import type { Case } from "../case/case.js";
import {
  mayRefuse,
  negotiates,
  observesOpening,
  answers,
  closedByScript,
  refusesOpening,
  type Expectation,
} from "../case/expect.js";
import { family } from "../case/family.js";
import { requestLines } from "../case/handshake.js";
import type { RequirementId } from "../case/requirements.js";
import { close } from "../case/steps.js";

const PROTOCOL = "Sec-WebSocket-Protocol";
const EXTENSIONS = "Sec-WebSocket-Extensions";
const INJECTED = "X-Wireproof-Injected";

const ONE_OF_THEM =
  "The server answers 101 with one of the subprotocols that were offered, written in the same way, or without Sec-WebSocket-Protocol. It may also refuse the request.";
const NEVER =
  "The server refuses the request with a status from 400 to 499, or it answers 101 without choosing this. It never sends it back.";

const LONG = 8192;

/** Values that have kept servers busy whose patterns go back and forth in them (CVE-2020-7662, CVE-2021-32640). */
const TIRING: readonly (readonly [what: string, header: string, value: string])[] = [
  ["blanks inside a subprotocol", PROTOCOL, `a${" ".repeat(LONG)}b`],
  ["commas between two subprotocols", PROTOCOL, `a${",".repeat(LONG)}b`],
  ["blanks inside an extension", EXTENSIONS, `a${" ".repeat(LONG)}b`],
  ["commas between two extensions", EXTENSIONS, `a${",".repeat(LONG)}b`],
  ["escapes in quotes that are not closed", EXTENSIONS, `a; b="${"\\c".repeat(LONG / 2)}`],
];

/** 21.1: what a server makes of the subprotocols that a request offers (RFC 6455 §4.2.2). */
const SUBPROTOCOLS: readonly Case[] = [
  protocols("21.1.1", "No subprotocol offered", [], "The request offers no subprotocol.", {
    expectation: "The answer has no Sec-WebSocket-Protocol.",
    requirements: ["6455-4.2.2-7"],
  }),
  protocols(
    "21.1.2",
    "One subprotocol offered",
    ["{subprotocol}"],
    "The request offers one subprotocol: the first one that was given with --subprotocol, or one that is made up.",
  ),
  protocols(
    "21.1.3",
    "Three subprotocols offered",
    ["one.wireproof, {subprotocol}, two.wireproof"],
    "The request offers three subprotocols in one header. The second one is the first one that was given with --subprotocol; the others are made up.",
  ),
  protocols(
    "21.1.4",
    "Only unknown subprotocols offered",
    ["one.wireproof, two.wireproof"],
    "The request offers two subprotocols that do not exist.",
    { requirements: ["6455-4.2.2-7", "6455-4.2.2-6"] },
  ),
  protocols(
    "21.1.5",
    "Subprotocols offered in two headers",
    ["one.wireproof", "{subprotocol}"],
    "The request has two Sec-WebSocket-Protocol headers, which together are one list (RFC 6455 §11.3.4).",
  ),
  protocols(
    "21.1.6",
    "Subprotocol offered with capital and small letters",
    ["WireProof.Example"],
    "The request offers a subprotocol that is written with capital and small letters. A server that compares without regard to case must not answer with its own spelling.",
  ),
  {
    ...protocols(
      "21.1.7",
      "Subprotocol offered twice",
      ["one.wireproof, one.wireproof"],
      "The request offers the same subprotocol twice, which a client must not do. No rule says what a server makes of it.",
      { requirements: ["6455-4.1-19"] },
    ),
    expectation: "Nothing is required. What the server does is recorded.",
    expect: observesOpening(closedByScript(answers())),
    differs: ["observed-only"],
  },
  ...family(
    "21.1.8",
    [
      ["an empty value", "", "The header has no value at all."],
      ["a blank inside", "wire proof", "A subprotocol is a token, which has no blanks."],
      ["quotes", '"wireproof"', "A subprotocol is a token, which has no quotes."],
      [
        "a letter that is not ASCII",
        "wireproof\u00e9",
        "A subprotocol is a token, which is ASCII. The last octet is E9.",
      ],
    ],
    (id, [what = "", value = "", why]) =>
      protocols(id, `Subprotocol with ${what}`, [value], `The request offers "${value}". ${why}`, {
        expectation: NEVER,
        requirements: ["6455-4.2.2-6", "6455-4.2.1-1"],
      }),
  ),
  ...family(
    "21.1.9",
    [
      [
        "an encoded end of line",
        `wireproof%0d%0a${INJECTED}:%20yes`,
        "The name has an encoded end of line, and what would be another header behind it.",
      ],
      [
        "a folded line",
        `wireproof\r\n ${INJECTED}: yes`,
        "The header goes on in a second line that begins with a blank. This old form of HTTP is refused or read as one line (RFC 9112 §5.2).",
      ],
    ],
    (id, [what = "", value = "", why]) => ({
      ...protocols(id, `Subprotocol with ${what}`, [value], `${why}`, {
        expectation: `No answer has a header ${INJECTED}. ${NEVER}`,
        requirements: ["6455-10.7-1", "6455-4.2.2-6"],
      }),
      expect: mayRefuse({ neverField: INJECTED }),
    }),
  ),
];

/** 21.2: what a server makes of the extensions that a request offers (RFC 6455 §9.1). */
const OFFERED_EXTENSIONS: readonly Case[] = [
  extensions(
    "21.2.1",
    "Unknown extension",
    ["x-wireproof; p=1"],
    "The request offers an extension that does not exist.",
    {
      expectation: "The server answers 101 without the extension. It may also refuse the request.",
      requirements: ["6455-9.1-3", "6455-9-1"],
      expect: mayRefuse(),
    },
  ),
  ...family(
    "21.2.2",
    [
      [";", "There is no name in front of the semicolon."],
      ["a;;", "There is no parameter between the semicolons."],
      ["a; =1", "The parameter has no name."],
      [
        ",,",
        "The list has no element at all. Empty elements are allowed in a list, but they do not count, and one element has to be there.",
      ],
      ["a b", "A blank stands inside the name."],
      ['a; b="c', "The quotes are not closed."],
    ],
    (id, [value = "", why]) =>
      extensions(
        id,
        `Malformed: ${value}`,
        [value],
        `The header does not follow the grammar of RFC 6455 §9.1. ${why}`,
        {
          expectation:
            "The server does not open the connection: it answers with an HTTP error, or closes TCP.",
          requirements: ["6455-9.1-1", "6455-4.2.1-1"],
          expect: refusesOpening({ mayDrop: true }),
        },
      ),
  ),
  ...family("21.2.3", ["client_max_window_bits", "server_max_window_bits"], (id, name) =>
    extensions(
      id,
      `${name}="10", in quotes`,
      [`permessage-deflate; ${name}="10"`],
      "The value of the parameter is in quotes, which is allowed: it means the same as without.",
      {
        expectation:
          "The server accepts the offer as if there were no quotes, or it declines. If it declines, the case says nothing about it.",
        requirements: ["6455-4.3-1", "6455-9.1-2"],
        expect: negotiates("accepted"),
      },
    ),
  ),
  extensions(
    "21.2.4",
    "Value in quotes that is no token",
    ['x-wireproof; a="b c"'],
    "Without its quotes the value is no token, which it has to be (RFC 6455 §9.1). The extension does not exist.",
    {
      expectation:
        "The server refuses the request with a status from 400 to 499, or it answers 101 without the extension.",
      requirements: ["6455-4.3-1", "6455-9.1-1"],
      expect: mayRefuse(),
    },
  ),
  extensions(
    "21.2.5",
    "Offers in two headers",
    ["permessage-deflate; server_max_window_bits=10", "permessage-deflate"],
    "The request has two Sec-WebSocket-Extensions headers, which together are one list, in order of preference (RFC 6455 §9.1).",
    {
      expectation:
        "The server accepts one of the two offers at most. If it accepts none, the case says nothing about it.",
      requirements: ["7692-5-3", "6455-9.1-2"],
      expect: negotiates("accepted"),
    },
  ),
  extensions(
    "21.2.6",
    "permessage-deflate and an unknown extension",
    ["permessage-deflate, x-wireproof"],
    "The request offers two extensions, of which one does not exist.",
    {
      expectation: "The answer has permessage-deflate at most. The server may also refuse the request.",
      requirements: ["6455-4.2.2-8", "6455-9.1-3"],
      expect: mayRefuse(),
    },
  ),
  extensions(
    "21.2.7",
    "x-webkit-deflate-frame",
    ["x-webkit-deflate-frame"],
    "The request offers an extension that some browsers had before RFC 7692, and that is not registered.",
    {
      expectation: "Nothing is required. What the server does is recorded.",
      requirements: ["6455-9.1-3"],
      expect: observesOpening(closedByScript(answers())),
    },
  ),
  ...family("21.2.8", TIRING, (id, [what, header, value]) => ({
    id,
    title: `8 KiB of ${what}`,
    description: `The header ${header} has 8 KiB of ${what}. Patterns that go back and forth in such a value take very long.`,
    expectation: "The server answers within the usual time limit, in any way, or closes TCP.",
    requirements: ["6455-10.4-1"],
    peer: "server",
    request: { lines: requestLines({ [header]: `${header}: ${value}` }) },
    script: [close(1000)],
    expect: mayRefuse({ mustAnswer: true }),
    since: "0.2.0",
  })),
];

/** 21: subprotocols and extensions in the opening handshake of a server. */
export const SUBPROTOCOLS_AND_EXTENSIONS: readonly Case[] = [...SUBPROTOCOLS, ...OFFERED_EXTENSIONS];

interface Judged {
  readonly expectation?: string;
  readonly requirements?: readonly [RequirementId, ...RequirementId[]];
}

/** A request with these values of Sec-WebSocket-Protocol, a header each. */
function protocols(
  id: string,
  title: string,
  values: readonly string[],
  description: string,
  { expectation = ONE_OF_THEM, requirements = ["6455-4.2.2-6", "6455-4.2.2-7"] }: Judged = {},
): Case {
  return {
    id,
    title,
    description,
    expectation,
    requirements,
    peer: "server",
    request: { lines: requestLines({ [PROTOCOL]: values.map((value) => `${PROTOCOL}: ${value}`) }) },
    script: [close(1000)],
    expect: mayRefuse(),
    since: "0.2.0",
  };
}

/** A request with these values of Sec-WebSocket-Extensions, a header each. */
function extensions(
  id: string,
  title: string,
  values: readonly string[],
  description: string,
  judged: Required<Judged> & { readonly expect: Expectation },
): Case {
  const offered = values.map((value) => `"${value}"`).join(" and ");
  return {
    id,
    title,
    description: `${description} The value is ${offered}.`,
    peer: "server",
    request: { lines: requestLines({ [EXTENSIONS]: values.map((value) => `${EXTENSIONS}: ${value}`) }) },
    script: [close(1000)],
    since: "0.2.0",
    ...judged,
  };
}
