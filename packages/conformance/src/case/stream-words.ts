/**
 * What a text says of TCP, said of a stream of HTTP/2, which takes its place: END_STREAM is its end, and RST_STREAM its reset
 * (RFC 8441 §5).
 *
 * @param text - What is said of TCP.
 * @param isWholeLost - The stream went with the whole HTTP/2 connection, of which it is said then. Default false.
 * @returns The same of the stream.
 */
export function overStream(text: string, isWholeLost = false): string {
  const what = isWholeLost ? "the HTTP/2 connection" : "the stream";
  const said = text
    // The wire log calls TCP that has ended in order a stream, too.
    .replaceAll("ended the stream", `ended ${what}`)
    .replaceAll("no TCP connection", "no stream")
    .replaceAll(/\b(?:the )?TCP\b(?: connection)?/g, what);
  return /^(?:The )?TCP\b/.test(text) ? `T${said.slice(1)}` : said;
}
