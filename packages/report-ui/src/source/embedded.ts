import type { PageCase, PageDetail, PageEvent } from "wireproof/page";
import { linesOfBlock } from "./inflate.js";
import type { Source } from "./source.js";

/** Blocks of details that are kept unpacked. */
const KEPT_BLOCKS = 8;

/** Events that are in the page itself. Details are unpacked when a case page asks for them. */
export function embeddedSource(document: Document): Source {
  const unpacked = new Map<string, Promise<unknown[]>>();
  const block = (number: number): Promise<unknown[]> => {
    const key = String(number);
    const known = unpacked.get(key);
    if (known !== undefined) return known;
    const element = document.querySelector(`script[data-detail="${number}"]`);
    const lines = linesOfBlock(element?.textContent ?? "");
    unpacked.set(key, lines);
    const [oldest] = unpacked.keys();
    if (unpacked.size > KEPT_BLOCKS && oldest !== undefined) unpacked.delete(oldest);
    return lines;
  };
  return {
    isLive: false,
    open: (listener) => {
      void sendAll(document, listener.events).finally(listener.settled);
    },
    detail: async (result) => {
      if (result.block === undefined || result.block === null) return null;
      const details = (await block(result.block)) as PageDetail[];
      return details.findLast((one) => isDetailOf(one, result)) ?? null;
    },
  };
}

/** All at once: a matrix that is drawn again for every block takes longer than the blocks do. */
async function sendAll(document: Document, send: (events: readonly PageEvent[]) => void): Promise<void> {
  const elements = [...document.querySelectorAll("script[data-events]")];
  const blocks = await Promise.all(elements.map((element) => linesOfBlock(element.textContent ?? "")));
  send(blocks.flat() as PageEvent[]);
}

function isDetailOf({ end }: PageDetail, result: PageCase): boolean {
  return end.peer === result.peer && end.case === result.case && end.attempt === result.attempt;
}
