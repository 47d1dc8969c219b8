import { inflateRawSync } from "node:zlib";

import type { PageDetail, PageEvent } from "../../../src/report/page/page-event.js";

/** What a report page holds: its events, and the details of cases by the number of their block. */
export interface Unpacked {
  readonly events: readonly PageEvent[];
  readonly details: ReadonlyMap<number, readonly PageDetail[]>;
}

export function unpack(html: string): Unpacked {
  const events: PageEvent[] = [];
  const details = new Map<number, readonly PageDetail[]>();
  for (const [, kind, number, packed = ""] of html.matchAll(
    /<script type="text\/plain" data-(events|detail)="(\d+)">([A-Za-z0-9+/=]*)<\/script>/g,
  )) {
    const text = inflateRawSync(Buffer.from(packed, "base64")).toString();
    const lines = text.split("\n").map((line) => JSON.parse(line) as unknown);
    if (kind === "events") events.push(...(lines as PageEvent[]));
    else details.set(Number(number), lines as PageDetail[]);
  }
  return { events, details };
}
