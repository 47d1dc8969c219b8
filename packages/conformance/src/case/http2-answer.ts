/**
 * What a tester that is the server answers to an extended CONNECT instead of the usual 200; such a case is for clients only.
 *
 * @example
 * ```ts
 * import { cases, type Http2Answer } from "wireproof";
 *
 * const answer: Http2Answer | undefined = cases.find(({ id }) => id === "35.2.3.1")?.http2?.answer;
 * console.assert(answer?.fields?.[0]?.join() === ":status,404");
 * ```
 */
export interface Http2Answer {
  /** The fields in order, as they are written here. Default: the usual ones. */
  readonly fields?: readonly (readonly [name: string, value: string])[];
  /** The fields of an informational answer that comes before. Default: there is none. */
  readonly interim?: readonly (readonly [name: string, value: string])[];
  /** The head is cut into HEADERS and CONTINUATION frames of so many octets, 1 or more. */
  readonly cut?: number;
  /** HEADERS has so many octets of padding, 1 to 255. */
  readonly padding?: number;
}
