import type { JSX } from "preact";

import type { Http2FrameView } from "wireproof/page";
import { count, visible } from "../model/text.js";

/** A frame of HTTP/2 (RFC 9113 §4.1): the fields of a head, what the payload means, and its octets. */
export function Http2View({ frame }: { readonly frame: Http2FrameView }): JSX.Element {
  const { fields = [], says, padding, payload, stream, length } = frame;
  const where = stream === 0 ? "On the whole connection" : `On stream ${stream}`;
  const padded = padding === undefined ? "" : `, ${padding} of them padding`;
  return (
    <div class="http2">
      <p>
        {where}, {count(length, "octet")}
        {padded}
        {says === undefined ? "" : `: ${visible(says)}`}
      </p>
      {fields.length > 0 && (
        <pre tabIndex={0}>{fields.map((field) => visible(field.join(": "))).join("\n")}</pre>
      )}
      {payload !== undefined && payload !== "" && (
        <pre tabIndex={0}>
          {payload.replaceAll(/(..)/g, "$1 ").trim()}
          {payload.length < 2 * length ? " …" : ""}
        </pre>
      )}
    </div>
  );
}
