import type { Case, DeflateOffer } from "../case/case.js";
import { CORPUS_UNITS } from "../case/corpus.js";
import type { DifferenceId } from "../case/difference.js";
import { echoesAll } from "../case/expect.js";
import { family } from "../case/family.js";
import type { RequirementId } from "../case/requirements.js";
import { closeAfter, echoLoop, type CorpusName } from "../case/steps.js";
import { grouped } from "../case/words.js";

/** What the messages of a family have in common. */
export interface DeflateFamily {
  /** Begins the titles. */
  readonly title: string;
  /** What is sent and how it was agreed to be compressed, in full sentences. */
  readonly about: string;
  readonly corpus: CorpusName;
  readonly deflate: DeflateOffer;
  readonly requirements: readonly [RequirementId, ...RequirementId[]];
}

interface Row {
  readonly length: number;
  readonly limitSeconds: number;
  readonly fragmentSize?: number;
  /** What is special about this row. */
  readonly why: string;
}

const COUNT = 1000;

/** The messages of every family of sections 12 and 13. DEFLATE refers back by at most 32 KiB, its largest window. */
const ROWS: readonly Row[] = [
  {
    length: 16,
    limitSeconds: 60,
    why: "Such a short message gains from compression only if the window still holds earlier messages.",
  },
  {
    length: 64,
    limitSeconds: 60,
    why: "Such messages gain little by themselves and much from earlier messages.",
  },
  { length: 256, limitSeconds: 120, why: "Two of them fill a window of 512 octets." },
  { length: 1024, limitSeconds: 240, why: "Each is twice as long as a window of 512 octets." },
  { length: 4096, limitSeconds: 480, why: "Eight of them fill the largest window of 32 KiB." },
  { length: 8192, limitSeconds: 480, why: "Four of them fill the largest window of 32 KiB." },
  { length: 16_384, limitSeconds: 480, why: "Two of them fill the largest window of 32 KiB." },
  { length: 32_768, limitSeconds: 480, why: "Each is as long as the largest window." },
  {
    length: 65_536,
    limitSeconds: 480,
    why: "Each fills the largest window twice, so the window wraps inside a message.",
  },
  { length: 131_072, limitSeconds: 480, why: "Each is four times as long as the largest window of 32 KiB." },
  inFragments(8192, 256, "A long message that compresses well becomes only a few fragments."),
  inFragments(
    16_384,
    256,
    "The cuts are anywhere in the compressed stream, also inside a DEFLATE block or symbol.",
  ),
  inFragments(32_768, 256, "A message as long as the largest window arrives in small pieces."),
  inFragments(65_536, 256, "The receiver's window wraps while a message is still incomplete."),
  inFragments(
    131_072,
    256,
    "No other case of this family cuts a message into so many fragments: 512 and more if it does not compress.",
  ),
  inFragments(131_072, 1024, "A fragment fits into a network packet."),
  inFragments(131_072, 4096, "A fragment takes a few network packets."),
  inFragments(
    131_072,
    32_768,
    "A message that compresses to less than the size of a fragment is not cut at all.",
  ),
];

/** The 18 cases of a family: messages from 16 to 131,072 units, the last eight in fragments. */
export function deflateFamily(id: string, facts: DeflateFamily): readonly Case[] {
  return family(id, ROWS, (caseId, row) => deflateCase(caseId, row, facts));
}

function inFragments(length: number, fragmentSize: number, why: string): Row {
  return { length, limitSeconds: 480, fragmentSize, why };
}

function deflateCase(id: string, row: Row, facts: DeflateFamily): Case {
  const { length, limitSeconds, fragmentSize, why } = row;
  const { corpus, deflate, requirements } = facts;
  const size = `${grouped(length)} ${CORPUS_UNITS[corpus]}s`;
  const cutTitle = fragmentSize === undefined ? "" : `, fragments of ${grouped(fragmentSize)} octets`;
  const cut =
    fragmentSize === undefined
      ? ""
      : ` Each compressed message is cut into fragments of ${grouped(fragmentSize)} octets. Where its length is a multiple of that, the autobahn profile adds an empty last fragment.`;
  return {
    id,
    title: `${facts.title}: ${size}${cutTitle}`,
    description: `${facts.about} At full intensity the tester sends ${grouped(COUNT)} messages, one at a time: consecutive pieces of ${size}.${cut} ${why}`,
    expectation:
      "The peer agrees to permessage-deflate and echoes every message with the same type and octets. The echo is compressed as agreed or not at all, in one or more fragments. A peer that declines is reported as one without the extension. The tester then closes with 1000 and the peer answers.",
    requirements: fragmentSize === undefined ? requirements : [...requirements, "6455-5.4-6", "6455-5.4-3"],
    script: [
      closeAfter(limitSeconds),
      echoLoop({ from: "corpus", corpus, length, count: COUNT }, fragmentSize),
    ],
    expect: echoesAll(),
    quiet: true,
    deflate,
    reports: { time: true, ratio: true },
    differs: differsOf(row),
  };
}

function differsOf({ fragmentSize }: Row): readonly DifferenceId[] {
  return fragmentSize === undefined
    ? ["agreed-window-kept", "limit-is-a-capability"]
    : ["agreed-window-kept", "limit-is-a-capability", "no-empty-last-fragment"];
}
