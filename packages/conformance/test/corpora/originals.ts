import type { CorpusName } from "../../src/corpora/corpus.js";

/**
 * What the original's files measure. Sizes from its own descriptions. Ratios (compressed octets ÷ octets, deflate level
 * 6) as its reports record them for the messages it sent in 12.x.1, 12.x.3, 12.x.4, 12.x.5, 12.x.7 and 12.x.10, in the
 * reports that the repository of the gws project publishes: reports/servers for contexts reset after each message,
 * reports/clients for contexts kept.
 */
export interface Original {
  readonly octets: number;
  readonly units: number;
  readonly reset: readonly number[];
  readonly kept: readonly number[];
  /** Window of 9 bits, kept: recorded for the JSON only, in 13.3, as a peer's zlib compressed it (ixwebsocket). */
  readonly keptNarrow?: readonly number[];
}

/** Message lengths in units, of the columns of each row below. */
export const LENGTHS = [16, 256, 1024, 4096, 16_384, 131_072] as const;

export const ORIGINALS: Readonly<Record<CorpusName, Original>> = {
  json: {
    octets: 194_056,
    units: 194_056,
    reset: [0.985, 0.521, 0.17, 0.075, 0.051, 0.044],
    kept: [0.292, 0.067, 0.057, 0.048, 0.044, 0.043],
    keptNarrow: [0.304, 0.075, 0.06, 0.043, 0.038, 0.038],
  },
  bitmap: {
    octets: 263_222,
    units: 263_222,
    reset: [1.174, 1.008, 0.949, 0.889, 0.865, 0.853],
    kept: [1.103, 0.966, 0.909, 0.859, 0.85, 0.85],
  },
  german: {
    octets: 222_218,
    units: 222_218,
    reset: [1.122, 0.725, 0.564, 0.481, 0.432, 0.393],
    kept: [0.727, 0.482, 0.422, 0.396, 0.387, 0.385],
  },
  html: {
    octets: 263_647,
    units: 263_620,
    reset: [1.048, 0.623, 0.262, 0.112, 0.069, 0.057],
    kept: [0.413, 0.078, 0.066, 0.059, 0.055, 0.055],
  },
  document: {
    octets: 1_042_328,
    units: 1_042_328,
    reset: [1.175, 1.004, 0.9, 0.855, 0.793, 0.763],
    kept: [1.084, 0.973, 0.786, 0.777, 0.763, 0.759],
  },
};
