/**
 * What a text says of TCP, said of a stream of HTTP/2, which takes its place: END_STREAM is its end, and RST_STREAM its reset
 * (RFC 8441 §5).
 *
 * @param text - What is said of TCP.
 * @returns The same of the stream.
 *
 * @example
 * ```ts
 * import { overStream } from "wireproof/page";
 *
 * console.assert(overStream("The peer ended TCP") === "The peer ended the stream");
 * ```
 */
export function overStream(text: string): string {
  const said = text
    .replaceAll("no TCP connection", "no stream")
    .replaceAll(/\b(?:the )?TCP\b(?: connection)?/g, "the stream");
  return /^(?:The )?TCP\b/.test(text) ? `T${said.slice(1)}` : said;
}
