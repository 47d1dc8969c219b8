import type { Case, DeflateOffer } from "../case/case.js";
import type { RequirementId } from "../case/requirements.js";
import type { CorpusName } from "../case/steps.js";
import { deflateFamily } from "./deflate-messages.js";

interface Data {
  readonly corpus: CorpusName;
  readonly name: string;
  /** What it is and how it compresses. */
  readonly nature: string;
}

const DEFLATE_OFFER: DeflateOffer = {
  offers: ["permessage-deflate; client_no_context_takeover; client_max_window_bits"],
  acceptor: "plain",
};

const REQUIREMENTS: readonly [RequirementId, ...RequirementId[]] = [
  "7692-6.2-1",
  "7692-6.1-1",
  "7692-5-7",
  "7692-7.2.2-1",
  "7692-7.2.2-2",
  "6455-6.2-1",
];

const DATA: readonly Data[] = [
  {
    corpus: "json",
    name: "JSON",
    nature:
      "Indented JSON text in which the same words come again and again, so it compresses to a small part of its size.",
  },
  {
    corpus: "bitmap",
    name: "Bitmap",
    nature:
      "A greyscale bitmap like a photograph, in which hardly anything comes twice, so compression saves little.",
  },
  {
    corpus: "german",
    name: "German prose",
    nature:
      "German prose, sent as binary messages. Some letters are much more frequent than others, and words come again.",
  },
  {
    corpus: "html",
    name: "HTML",
    nature:
      "HTML text made of many similar table rows, so it compresses to a small part of its size. Some of its characters take several octets.",
  },
  {
    corpus: "document",
    name: "Compressed document",
    nature:
      "A document that is mostly compressed already. Compressing it again saves almost nothing and can add octets.",
  },
];

/** 12.x: permessage-deflate with five kinds of data (RFC 7692 §7). */
export const DEFLATE: readonly Case[] = DATA.flatMap(({ corpus, name, nature }, index) =>
  deflateFamily(`12.${index + 1}`, {
    title: name,
    about: `${nature} The tester sets no conditions for how the peer compresses it.`,
    corpus,
    deflate: DEFLATE_OFFER,
    requirements: REQUIREMENTS,
  }),
);
